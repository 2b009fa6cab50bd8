/* Whose sound is heard in a call: that of the other side of it, and of nobody else who finds the port.
 *
 * PJMEDIA changes over to another source after ten packets from there without one from the old: whoever sends fast
 * enough takes the call over. Here it is decided below PJMEDIA, where packets come from the network. The same goes for
 * reports on the sound (RTCP). Encrypted sound is not looked at: what somebody else sends fails authentication.
 */
#pragma once

#include "flood_gate.hpp"

#ifndef SWIG
#include <cstddef>

#include <pjmedia.h>
#endif

namespace mostrador {

/* Which source is the other side. The address in the SDP is. Until something has come from there, the first that sends
 * is (its sound passes a router). After three seconds without a packet another port of the same address is, too (the
 * router has forgotten the old one). */
class SoundSource
{
public:
    /* What the SDP says. */
    void expect(const std::string &address, unsigned port)
    {
        Address words;
        Address::read(address, words);
        expect(words, port);
    }
    /* Whether a packet is the other side's. `now`: seconds. */
    bool hears(const std::string &address, unsigned port, double now)
    {
        Address words;
        return Address::read(address, words) && hears(words, port, now);
    }
    /* Whether a report is, from whatever port: sound's source has the same address, or the SDP names it. */
    bool believes(const std::string &address) const
    {
        Address words;
        return Address::read(address, words) && believes(words);
    }

#ifndef SWIG
    /* `reports`: where the SDP says that these come from. */
    void expect(const Address &address, unsigned port, const Address &reports = {})
    {
        said_ = {address, port};
        reports_ = reports;
        from_ = {};
    }

    bool hears(const Address &address, unsigned port, double now)
    {
        const Place place{address, port};
        const bool moved = address == from_.address && now - heard_ >= SILENT;
        if (!(place == from_ || place == said_ || from_.port == 0 || moved))
            return false;
        from_ = place;
        heard_ = now;
        return true;
    }

    bool believes(const Address &address) const
    {
        return from_.port == 0 || address == from_.address || address == said_.address || address == reports_;
    }

private:
    struct Place
    {
        Address address;
        unsigned port = 0;  /* 0: nobody's yet */
        bool operator==(const Place &other) const { return port == other.port && address == other.address; }
    };
    static constexpr double SILENT = 3;
    Place said_, from_;
    Address reports_;
    double heard_ = 0;
#endif
};

#ifndef SWIG

namespace rtp {

/* Between a socket and whoever reads it. It lives as long as the transport that it belongs to, whose operations are
 * replaced by `op`. */
struct Guard
{
    pjmedia_transport_op op;  /* the first: the transport's operations lead back to us */
    pjmedia_transport_op *real;
    pjmedia_transport *transport;
    std::mutex lock;
    SoundSource source;
    bool encrypted = false;
    void *user = nullptr;
    void (*rtp)(void *, void *, pj_ssize_t) = nullptr;
    void (*rtp2)(pjmedia_tp_cb_param *) = nullptr;
    void (*rtcp)(void *, void *, pj_ssize_t) = nullptr;
};

inline Guard *of(pjmedia_transport *transport) { return reinterpret_cast<Guard *>(transport->op); }

inline void on_rtp(pjmedia_tp_cb_param *param)
{
    auto *guard = static_cast<Guard *>(param->user_data);
    if (param->size > 0 && param->src_addr && !guard->encrypted) {
        const auto &from = *static_cast<const pj_sockaddr *>(param->src_addr);
        const Address address = Address::of(from);
        const unsigned port = pj_sockaddr_get_port(&from);
        std::lock_guard<std::mutex> hold(guard->lock);
        if (!guard->source.hears(address, port, seconds())) {
            turned.sound.add(address, port);
            return;
        }
    }
    param->user_data = guard->user;
    if (guard->rtp2)
        guard->rtp2(param);
    else if (guard->rtp)
        guard->rtp(guard->user, param->pkt, param->size);
}

inline void on_rtcp(void *user, void *packet, pj_ssize_t size)
{
    auto *guard = static_cast<Guard *>(user);
    if (size > 0 && !guard->encrypted) {
        pjmedia_transport_info info;
        pjmedia_transport_info_init(&info);
        guard->real->get_info(guard->transport, &info);  /* nothing else tells where it came from */
        const Address address = Address::of(info.src_rtcp_name);
        std::lock_guard<std::mutex> hold(guard->lock);
        if (!guard->source.believes(address)) {
            turned.sound.add(address, pj_sockaddr_get_port(&info.src_rtcp_name));
            return;
        }
    }
    if (guard->rtcp)
        guard->rtcp(guard->user, packet, size);
}

/* Whether what reads the socket decrypts it. */
inline bool decrypts(const pjmedia_transport_attach_param *param)
{
    if (param->user_data == param->stream)
        return false;
    auto *above = static_cast<pjmedia_transport *>(param->user_data);
    pjmedia_transport_info info;
    pjmedia_transport_info_init(&info);
    if (pjmedia_transport_get_info(above, &info) != PJ_SUCCESS)
        return false;
    const auto *srtp = static_cast<const pjmedia_srtp_info *>(
        pjmedia_transport_info_get_spc_info(&info, PJMEDIA_TRANSPORT_TYPE_SRTP));
    return srtp && srtp->active;
}

inline pj_status_t attach(pjmedia_transport *transport, pjmedia_transport_attach_param *param)
{
    Guard *guard = of(transport);
    const bool encrypted = decrypts(param);
    {
        std::lock_guard<std::mutex> hold(guard->lock);
        guard->source.expect(
            Address::of(param->rem_addr), pj_sockaddr_get_port(&param->rem_addr), Address::of(param->rem_rtcp));
        guard->encrypted = encrypted;
        guard->user = param->user_data;
        guard->rtp = param->rtp_cb;
        guard->rtp2 = param->rtp_cb2;
        guard->rtcp = param->rtcp_cb;
    }
    pjmedia_transport_attach_param ours = *param;
    ours.user_data = guard;
    ours.rtp_cb = NULL;
    ours.rtp_cb2 = &on_rtp;
    ours.rtcp_cb = &on_rtcp;
    return guard->real->attach2(transport, &ours);
}

inline void detach(pjmedia_transport *transport, void *)
{
    Guard *guard = of(transport);
    guard->real->detach(transport, guard);
}

inline void gone(void *guard) { delete static_cast<Guard *>(guard); }

}  // namespace rtp

extern "C" {

pj_status_t __real_pjmedia_transport_udp_attach(
    pjmedia_endpt *endpt, const char *name, const pjmedia_sock_info *sockets, unsigned options,
    pjmedia_transport **made);

pj_status_t __wrap_pjmedia_transport_udp_attach(
    pjmedia_endpt *endpt, const char *name, const pjmedia_sock_info *sockets, unsigned options,
    pjmedia_transport **made)
{
    const pj_status_t status = __real_pjmedia_transport_udp_attach(endpt, name, sockets, options, made);
    if (status != PJ_SUCCESS || !(*made)->grp_lock || !(*made)->op->attach2)
        return status;
    auto *guard = new rtp::Guard();
    guard->real = (*made)->op;
    guard->transport = *made;
    guard->op = *(*made)->op;
    guard->op.attach2 = &rtp::attach;
    guard->op.detach = &rtp::detach;
    if (pj_grp_lock_add_handler((*made)->grp_lock, NULL, guard, &rtp::gone) == PJ_SUCCESS)
        (*made)->op = &guard->op;
    else
        delete guard;
    return status;
}

}

#endif

}
