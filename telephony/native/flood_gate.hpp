/* What strangers may send to the SIP port, decided before PJSIP reads it: so many messages and so many connections.
 *
 * The linker sends PJSIP's own calls through here (--wrap in build.py). Messages are looked at on the one thread that
 * polls PJSIP. Known are the networks that may call and the PBXs that we have accounts at: each of their addresses has a
 * limit of its own, far above what a trunk sends. Messages of calls that are up have another one, whoever sends them.
 */
#pragma once

#include <map>
#include <string>

#include "sources.hpp"

#ifndef SWIG
#include <strings.h>
#include <sys/socket.h>

#include <pjsip.h>
#endif

namespace mostrador {

#ifdef SWIG

/* Messages a second and at once: from each stranger, from all of them. Before it is called everything passes. */
void floodLimits(double each, double burst, double allEach, double allBurst);
/* The same from each known address, and as many again of calls that are up; 0: all are read. */
void floodKnownLimit(double each, double burst);
/* Connections at once: from each stranger, from all of them; from each known address, from all of those. */
void floodConnections(unsigned each, unsigned all, unsigned knownEach, unsigned knownAll);
/* A network that is known: an address and the bits of it that count. False: it is none. */
bool floodKnow(const std::string &address, unsigned bits);
/* Nobody is known any more. */
void floodForget();
/* A call is up, or over. */
void floodCall(const std::string &callId, bool up);
/* What was turned away since it was last asked: lines "messages|connections|handshakes|sound|broken address port count". */
std::string floodReport();
/* Whether a message would be read, for tests without a network. `now`: seconds. */
bool floodAdmits(const std::string &address, const std::string &message, double now);

#else

/* Turned away since it was last asked. */
struct Turned
{
    Ledger messages, connections, handshakes, sound, broken;
};
inline Turned turned;

struct Connections
{
    unsigned each = 0, all = 0;
};

class FloodGate
{
public:
    void limit(const Rate &each, const Rate &all)
    {
        each_ = each;
        all_ = all;
        together_ = {all.burst, 0};
        sources_.forget();
        on_ = true;
    }

    void limit_known(const Rate &each)
    {
        known_each_ = each;
        known_sources_.forget();
    }

    void allow(const Connections &strangers, const Connections &known)
    {
        allowed_[false] = strangers;
        allowed_[true] = known;
    }

    void know(const Network &network)
    {
        std::lock_guard<std::mutex> guard(lock_);
        known_.push_back(network);
    }

    void forget()
    {
        std::lock_guard<std::mutex> guard(lock_);
        known_.clear();
    }

    void call(const std::string &id, bool up)
    {
        const uint64_t name = hash(id.data(), id.size());
        if (up && calls_up_ < calls_.size())
            calls_[calls_up_++] = name;
        else if (!up)
            for (size_t at = 0; at < calls_up_; ++at)
                if (calls_[at] == name) {
                    calls_[at] = calls_[--calls_up_];
                    return;
                }
    }

    bool is_known(const Address &address)
    {
        std::lock_guard<std::mutex> guard(lock_);
        for (const Network &network : known_)
            if (network.contains(address))
                return true;
        return false;
    }

    /* Whether PJSIP may read `size` bytes that came from `address`. */
    bool admits(const Address &address, const char *message, size_t size, double now)
    {
        if (!on_)
            return true;
        const bool known = is_known(address);
        if (known && known_each_.each <= 0)
            return true;
        const double cost = 1 + double(size / COSTLY);
        const Rate &each = known ? known_each_ : each_, &of_calls = known ? known_each_ : OF_CALLS;
        Source &source = known ? known_sources_.at(address, each.burst, of_calls.burst, now)
                               : sources_.at(address.neighbourhood(), each.burst, of_calls.burst, now);
        if (calls_up_ && is_of_call(message, size) && source.calls.take(of_calls, cost, now))
            return true;
        return source.any.take(each, cost, now) && (known || together_.take(all_, cost, now));
    }

    /* Whether one more connection from `address` may be open; if so it is, until `closed`. */
    bool opened(pj_sock_t socket, const Address &address, double now)
    {
        if (!on_)
            return true;
        const bool known = is_known(address);
        const Address who = known ? address : address.neighbourhood();
        std::lock_guard<std::mutex> guard(lock_);
        unsigned own = 0, all = 0;
        for (const auto &one : open_)
            if (one.second.known == known) {
                ++all;
                own += one.second.address == who;
            }
        if (own >= allowed_[known].each || all >= allowed_[known].all)
            return false;
        if (!known) {
            Source &source = sources_.at(who, each_.burst, OF_CALLS.burst, now);
            if (!source.any.take(each_, OF_CONNECTION, now) || !together_.take(all_, OF_CONNECTION, now))
                return false;
        }
        open_[socket] = {who, known};
        return true;
    }

    void closed(pj_sock_t socket)
    {
        std::lock_guard<std::mutex> guard(lock_);
        open_.erase(socket);
    }

private:
    struct Connection
    {
        Address address;
        bool known;
    };
    static constexpr Rate OF_CALLS{50, 100};
    static constexpr double OF_CONNECTION = 5;  /* a handshake costs more than a message */
    static constexpr size_t COSTLY = 2048;  /* bytes that cost as much as one more message */
    static constexpr size_t HEAD = 4096;  /* bytes in which a Call-ID is looked for */

    static uint64_t hash(const char *text, size_t size)
    {
        uint64_t sum = 0xcbf29ce484222325u;
        while (size--)
            sum = (sum ^ uint8_t(*text++)) * 0x100000001b3u;
        return sum;
    }

    /* By its Call-ID, which whoever is not in the call does not know. */
    bool is_of_call(const char *message, size_t size) const
    {
        const char *end = message + std::min(size, HEAD), *line = message;
        while ((line = static_cast<const char *>(std::memchr(line, '\n', size_t(end - line)))) != nullptr) {
            ++line;
            const size_t left = size_t(end - line);
            size_t name = 0;
            if (left > 8 && strncasecmp(line, "Call-ID", 7) == 0)
                name = 7;
            else if (left > 2 && (*line == 'i' || *line == 'I'))
                name = 1;
            if (!name)
                continue;
            const char *at = line + name;
            while (at < end && (*at == ' ' || *at == '\t'))
                ++at;
            if (at == end || *at++ != ':')
                continue;
            while (at < end && (*at == ' ' || *at == '\t'))
                ++at;
            const char *stop = at;
            while (stop < end && *stop != '\r' && *stop != '\n' && *stop != ' ' && *stop != '\t')
                ++stop;
            const uint64_t id = hash(at, size_t(stop - at));
            for (size_t each = 0; each < calls_up_; ++each)
                if (calls_[each] == id)
                    return true;
            return false;
        }
        return false;
    }

    bool on_ = false;
    Rate each_, all_, known_each_;
    Bucket together_;
    Sources sources_, known_sources_;
    std::array<uint64_t, 1024> calls_;
    size_t calls_up_ = 0;
    Connections allowed_[2];  /* of strangers, of who is known */
    std::mutex lock_;  /* of what other threads ask for: sockets are closed on any */
    std::vector<Network> known_;
    std::map<pj_sock_t, Connection> open_;
};

inline FloodGate &gate()
{
    static FloodGate *one = new FloodGate();  /* sockets are closed until the very end */
    return *one;
}

inline void floodLimits(double each, double burst, double allEach, double allBurst)
{
    gate().limit({each, burst}, {allEach, allBurst});
}

inline void floodKnownLimit(double each, double burst) { gate().limit_known({each, burst}); }

inline void floodConnections(unsigned each, unsigned all, unsigned knownEach, unsigned knownAll)
{
    gate().allow({each, all}, {knownEach, knownAll});
}

inline bool floodKnow(const std::string &address, unsigned bits)
{
    Network network;
    if (!Address::read(address, network.address))
        return false;
    network.bits = std::min(128u, network.address.v4() ? bits + 96 : bits);
    gate().know(network);
    return true;
}

inline void floodForget() { gate().forget(); }

inline void floodCall(const std::string &callId, bool up) { gate().call(callId, up); }

inline std::string floodReport()
{
    return turned.messages.take("messages") + turned.connections.take("connections") +
           turned.handshakes.take("handshakes") + turned.sound.take("sound") + turned.broken.take("broken");
}

inline bool floodAdmits(const std::string &address, const std::string &message, double now)
{
    Address from;
    return Address::read(address, from) && gate().admits(from, message.data(), message.size(), now);
}

extern "C" {

pj_ssize_t __real_pjsip_tpmgr_receive_packet(pjsip_tpmgr *mgr, pjsip_rx_data *rdata);
pj_status_t __real_pj_sock_accept(pj_sock_t server, pj_sock_t *made, pj_sockaddr_t *from, int *length);
pj_status_t __real_pj_sock_close(pj_sock_t socket);
pj_status_t __real_pjsip_tls_transport_start2(
    pjsip_endpoint *endpoint, const pjsip_tls_setting *wanted, const pj_sockaddr *local, const pjsip_host_port *shown,
    unsigned accepts, pjsip_tpfactory **made);

/* A stranger who sends too much over a connection loses it. A datagram that fills the buffer had more in it: what is left
 * of such a message may look whole and is not. */
pj_ssize_t __wrap_pjsip_tpmgr_receive_packet(pjsip_tpmgr *mgr, pjsip_rx_data *rdata)
{
    const auto size = rdata->pkt_info.len;
    const Address from = Address::of(rdata->pkt_info.src_addr);
    pjsip_transport *transport = rdata->tp_info.transport;
    const bool datagram = transport->flag & PJSIP_TRANSPORT_DATAGRAM, cut = datagram && size >= PJSIP_MAX_PKT_LEN;
    const bool admitted = size <= 0 || gate().admits(from, rdata->pkt_info.packet, size_t(size), seconds());
    if (admitted && !cut)
        return __real_pjsip_tpmgr_receive_packet(mgr, rdata);
    (admitted ? turned.broken : turned.messages).add(from, pj_sockaddr_get_port(&rdata->pkt_info.src_addr));
    if (!datagram)
        pjsip_transport_shutdown(transport);
    return size;
}

/* PJSIP is told only of those that may stay; at most sixteen are turned away at a time, the rest at its next turn. */
pj_status_t __wrap_pj_sock_accept(pj_sock_t server, pj_sock_t *made, pj_sockaddr_t *from, int *length)
{
    for (int times = 0; times < 16; ++times) {
        pj_sockaddr peer;
        int size = sizeof peer;
        const pj_status_t status = __real_pj_sock_accept(server, made, &peer, &size);
        if (status != PJ_SUCCESS)
            return status;
        const Address address = Address::of(peer);
        if (gate().opened(*made, address, seconds())) {
            if (from && length) {
                std::memcpy(from, &peer, size_t(std::min(*length, size)));
                *length = size;
            }
            return PJ_SUCCESS;
        }
        turned.connections.add(address, pj_sockaddr_get_port(&peer));
        const linger at_once = {1, 0};
        setsockopt(int(*made), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        __real_pj_sock_close(*made);
        *made = PJ_INVALID_SOCKET;
    }
    return PJ_STATUS_FROM_OS(PJ_BLOCKING_ERROR_VAL);
}

pj_status_t __wrap_pj_sock_close(pj_sock_t socket)
{
    gate().closed(socket);  /* before its number can be used again */
    return __real_pj_sock_close(socket);
}

/* PJSIP says nothing of those who begin a handshake and end it: they speak no TLS, an old one, or don't trust us. */
inline void handshake_failed(const pjsip_tls_on_accept_fail_param *param)
{
    const auto &from = *static_cast<const pj_sockaddr *>(param->remote_addr);
    turned.handshakes.add(Address::of(from), pj_sockaddr_get_port(&from));
}

pj_status_t __wrap_pjsip_tls_transport_start2(
    pjsip_endpoint *endpoint, const pjsip_tls_setting *wanted, const pj_sockaddr *local, const pjsip_host_port *shown,
    unsigned accepts, pjsip_tpfactory **made)
{
    pjsip_tls_setting setting = *wanted;  /* what it points at PJSIP copies */
    setting.on_accept_fail_cb = &handshake_failed;
    return __real_pjsip_tls_transport_start2(endpoint, &setting, local, shown, accepts, made);
}

}

#endif

}
