/* A port of the conference bridge whose two ends are rings of samples.
 *
 * The media clock is a thread of PJSIP's; Python reads and writes the rings whenever it gets round to it, so a busy
 * interpreter delays nobody's RTP. One eventfd, shared by every port, says "some port has heard something".
 */
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

#ifndef SWIG
#include <pjsua-lib/pjsua.h>
#include <pjsua2.hpp>
#endif

namespace mostrador {

/* The eventfd (nonblocking) that every port signals after hearing a frame. Opened once, never closed. */
inline int ringEventFd()
{
    static const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd;
}

#ifndef SWIG

/* Samples in order, at most `capacity`. Its owner holds the lock. The memory is touched only as it fills. */
class SampleRing
{
public:
    explicit SampleRing(size_t capacity) : capacity_(capacity), data_(new int16_t[capacity]) {}

    size_t size() const { return size_; }
    size_t room() const { return capacity_ - size_; }

    /* Takes what fits. A null `from` is silence. */
    size_t push(const int16_t *from, size_t count)
    {
        count = std::min(count, room());
        const size_t tail = (head_ + size_) % capacity_;
        const size_t first = std::min(count, capacity_ - tail);
        if (from) {
            std::memcpy(&data_[tail], from, first * sizeof(int16_t));
            std::memcpy(&data_[0], from + first, (count - first) * sizeof(int16_t));
        } else {
            std::memset(&data_[tail], 0, first * sizeof(int16_t));
            std::memset(&data_[0], 0, (count - first) * sizeof(int16_t));
        }
        size_ += count;
        return count;
    }

    size_t pop(int16_t *to, size_t count)
    {
        count = std::min(count, size_);
        const size_t first = std::min(count, capacity_ - head_);
        std::memcpy(to, &data_[head_], first * sizeof(int16_t));
        std::memcpy(to + first, &data_[0], (count - first) * sizeof(int16_t));
        return drop(count);
    }

    size_t drop(size_t count)
    {
        count = std::min(count, size_);
        size_ -= count;
        head_ = size_ ? (head_ + count) % capacity_ : 0;
        return count;
    }

private:
    size_t capacity_;
    std::unique_ptr<int16_t[]> data_;
    size_t head_ = 0;
    size_t size_ = 0;
};

/* Both sides of a call for whoever records it, in pairs of samples (heard, played): one tick of the bridge appends to
 * both, so that they cannot shift against each other. When its reader is late the oldest pairs go. */
class BothSides
{
public:
    BothSides(size_t frame, size_t capacity) : pairs_(2 * capacity), sent_(frame), tick_(2 * frame) {}

    /* `count` samples go out in this tick. */
    void sent(const int16_t *pcm, size_t count)
    {
        waiting_ = std::min(count, sent_.size());
        std::memcpy(sent_.data(), pcm, waiting_ * sizeof(int16_t));
    }

    /* `count` samples came in: the end of this tick. */
    void tick(const int16_t *pcm, size_t count)
    {
        if (tick_.size() < 2 * count)
            tick_.resize(2 * count);
        for (size_t at = 0; at < count; ++at) {
            tick_[2 * at] = pcm ? pcm[at] : 0;
            tick_[2 * at + 1] = at < waiting_ ? sent_[at] : 0;
        }
        waiting_ = 0;
        if (2 * count > pairs_.room())
            pairs_.drop(2 * count - pairs_.room());
        pairs_.push(tick_.data(), 2 * count);
        now_ += count;
    }

    size_t read(int16_t *pcm, size_t count)
    {
        start_ = now_ - pairs_.size() / 2;
        return pairs_.pop(pcm, count - count % 2);
    }

    uint64_t start() const { return start_; }
    uint64_t now() const { return now_; }

private:
    SampleRing pairs_;
    std::vector<int16_t> sent_;
    std::vector<int16_t> tick_;
    size_t waiting_ = 0;
    uint64_t now_ = 0;
    uint64_t start_ = 0;
};

/* Both directions and their counts. Outlives the port for as long as the bridge may still call. */
struct Rings
{
    Rings(unsigned frame, size_t heard_capacity, size_t play_capacity)
        : frame(frame), heard(heard_capacity), play(play_capacity), over(play_capacity)
    {}

    /* From the bridge: `count` samples came in. When the reader is late the oldest go. */
    void deliver(const int16_t *pcm, size_t count)
    {
        {
            std::lock_guard<std::mutex> guard(lock);
            if (count > heard.room()) {
                const size_t lost = heard.drop(count - heard.room());
                heard_lost += lost;
                position += lost;
                ++overruns;
            }
            heard.push(pcm, count);
            if (both)
                both->tick(pcm, count);
        }
        const uint64_t one = 1;
        if (write(ringEventFd(), &one, sizeof one) < 0) {
            /* EAGAIN: the counter is full, so the reader is woken anyway. */
        }
    }

    /* To the bridge: up to `count` samples go out; returns how many are real. */
    size_t take(int16_t *pcm, size_t count)
    {
        std::lock_guard<std::mutex> guard(lock);
        const size_t real = play.pop(pcm, count);
        played += real;
        underruns += real > 0 && real < count;
        const size_t filled = over.size() ? mixed(pcm, real, count) : real;
        if (both)
            both->sent(pcm, filled);
        return filled;
    }

    /* What is laid over the sound, whether there is any or not. Counts as nothing that was played. */
    size_t mixed(int16_t *pcm, size_t real, size_t count)
    {
        beep.resize(count);
        const size_t more = over.pop(beep.data(), count);
        if (more > real)
            std::memset(pcm + real, 0, (more - real) * sizeof(int16_t));
        for (size_t at = 0; at < more; ++at)
            pcm[at] = static_cast<int16_t>(std::max(-32768, std::min(32767, pcm[at] + beep[at])));
        return std::max(real, more);
    }

    const unsigned frame;
    std::mutex lock;
    SampleRing heard;
    SampleRing play;
    SampleRing over;
    std::vector<int16_t> beep;
    std::unique_ptr<BothSides> both;  /* none until somebody records */
    uint64_t position = 0;  /* stream position of the next heard sample */
    uint64_t heard_lost = 0;
    uint64_t played = 0;
    uint64_t play_dropped = 0;
    uint64_t underruns = 0;
    uint64_t overruns = 0;
};

#endif /* SWIG */

/* One call's sound, mono int16. Every method may be called from any thread but createPort, close and the
 * destructor, which belong to the thread that owns PJSIP. */
class RingPort : public pj::AudioMedia
{
public:
    RingPort(unsigned rate, unsigned frame_ms, unsigned heard_ms, unsigned play_ms)
        : rate_(rate),
          rings_(std::make_shared<Rings>(rate * frame_ms / 1000, size_t(rate) * heard_ms / 1000,
                                         size_t(rate) * play_ms / 1000))
    {}

    virtual ~RingPort() { close(); }

    /* Registers with the bridge. Throws pj::Error. */
    void createPort(const std::string &name);

    /* Leaves the bridge; reading and writing go on working. Safe to call twice. */
    void close();

    /* Heard samples into `pcm`; returns how many. */
    size_t readInto(int16_t *pcm, size_t count)
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        read_start_ = rings_->position;
        const size_t got = rings_->heard.pop(pcm, count);
        rings_->position += got;
        return got;
    }

    /* Stream position of the first sample that the last readInto gave. */
    uint64_t readStart() const { return read_start_; }

    /* Queues samples to be played; returns how many were taken. */
    size_t write(const int16_t *samples, size_t count)
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return rings_->play.push(samples, count);
    }

    /* Drops what waits to be played; returns how many samples. */
    size_t clear()
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        const size_t gone = rings_->play.drop(rings_->play.size());
        rings_->play_dropped += gone;
        return gone;
    }

    /* Lays samples over whatever is played from the next tick on; returns how many were taken. */
    size_t overlay(const int16_t *samples, size_t count)
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return rings_->over.push(samples, count);
    }

    /* Keeps both sides from now on, `ms` of them at most; 0: no longer. */
    void tap(unsigned ms)
    {
        std::unique_ptr<BothSides> both;
        if (ms)
            both = std::make_unique<BothSides>(rings_->frame, size_t(rate_) * ms / 1000);
        std::lock_guard<std::mutex> guard(rings_->lock);
        rings_->both.swap(both);
    }

    /* Pairs (heard, played) into `pcm`, oldest first; returns how many samples, two for each pair. */
    size_t readTap(int16_t *pcm, size_t count)
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return rings_->both ? rings_->both->read(pcm, count) : 0;
    }

    /* Pairs between the tap's beginning and the first that the last readTap gave. */
    uint64_t tapStart() const
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return rings_->both ? rings_->both->start() : 0;
    }

    /* Pairs since the tap's beginning: the clock of both sides. */
    uint64_t tapNow() const
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return rings_->both ? rings_->both->now() : 0;
    }

    uint64_t available() const { return size(&Rings::heard); }
    uint64_t queued() const { return size(&Rings::play); }
    uint64_t played() const { return count(&Rings::played); }
    uint64_t droppedPlay() const { return count(&Rings::play_dropped); }
    uint64_t droppedHeard() const { return count(&Rings::heard_lost); }
    /* Times that what was to be played ran out in the middle of a frame. */
    uint64_t underruns() const { return count(&Rings::underruns); }
    /* Times that heard samples were dropped because nobody read them. */
    uint64_t overruns() const { return count(&Rings::overruns); }

    /* What the bridge does at each tick, for tests without a bridge. */
    void deliver(const int16_t *samples, size_t count) { rings_->deliver(samples, count); }
    size_t take(int16_t *pcm, size_t count) { return rings_->take(pcm, count); }

private:
#ifndef SWIG
    uint64_t count(uint64_t Rings::*which) const
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return (*rings_).*which;
    }
    uint64_t size(SampleRing Rings::*which) const
    {
        std::lock_guard<std::mutex> guard(rings_->lock);
        return ((*rings_).*which).size();
    }
#endif

    unsigned rate_;
    std::shared_ptr<Rings> rings_;
    uint64_t read_start_ = 0;
    pjmedia_port *port_ = nullptr;
};

#ifndef SWIG

namespace bridge {

/* What the bridge holds: the rings stay alive until it has let go of the port. */
struct Port : pjmedia_port
{
    pj_pool_t *pool;
    std::shared_ptr<Rings> rings;
};

inline pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    Rings &rings = *static_cast<Port *>(base)->rings;
    if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO)
        rings.deliver(static_cast<const int16_t *>(frame->buf), frame->size / sizeof(int16_t));
    else
        rings.deliver(nullptr, rings.frame);  /* nobody speaks, or on hold: stream time goes on */
    return PJ_SUCCESS;
}

inline pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    Rings &rings = *static_cast<Port *>(base)->rings;
    auto *pcm = static_cast<int16_t *>(frame->buf);
    const size_t real = rings.take(pcm, rings.frame);
    if (real == 0) {
        frame->type = PJMEDIA_FRAME_TYPE_NONE;
        frame->size = 0;
        return PJ_SUCCESS;
    }
    std::memset(pcm + real, 0, (rings.frame - real) * sizeof(int16_t));
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = rings.frame * sizeof(int16_t);
    return PJ_SUCCESS;
}

inline pj_status_t on_destroy(pjmedia_port *base)
{
    Port *port = static_cast<Port *>(base);
    pj_pool_t *pool = port->pool;
    port->~Port();
    pj_pool_release(pool);
    return PJ_SUCCESS;
}

[[noreturn]] inline void refuse(pj_status_t status)
{
    throw pj::Error(status, "RingPort::createPort", "", __FILE__, __LINE__);
}

}  // namespace bridge

inline void RingPort::createPort(const std::string &name)
{
    if (port_)
        bridge::refuse(PJ_EEXISTS);
    pj_pool_t *pool = pjsua_pool_create("ring%p", 1024, 512);
    if (!pool)
        bridge::refuse(PJ_ENOMEM);
    auto *port = new (pj_pool_zalloc(pool, sizeof(bridge::Port))) bridge::Port();
    port->pool = pool;
    port->rings = rings_;
    pj_str_t label;
    pj_strdup2_with_null(pool, &label, name.c_str());
    pjmedia_port_info_init(&port->info, &label, PJMEDIA_SIG_CLASS_APP('R', 'N', 'G'), rate_, 1, 16, rings_->frame);
    port->put_frame = &bridge::put_frame;
    port->get_frame = &bridge::get_frame;
    port->on_destroy = &bridge::on_destroy;
    const pj_status_t status = pjmedia_port_init_grp_lock(port, pool, NULL);
    if (status != PJ_SUCCESS) {
        bridge::on_destroy(port);
        bridge::refuse(status);
    }
    port_ = port;
    try {
        registerMediaPort2(port, pool);
    } catch (...) {
        port_ = nullptr;
        pjmedia_port_destroy(port);
        throw;
    }
}

inline void RingPort::close()
{
    if (!port_)
        return;
    try {
        unregisterMediaPort();
    } catch (pj::Error &) {
        /* The endpoint is gone already, and the bridge with it. */
    }
    pjmedia_port_destroy(port_);  /* gives up our reference: freed when the bridge has given up its own */
    port_ = nullptr;
}

#endif /* SWIG */

}  // namespace mostrador
