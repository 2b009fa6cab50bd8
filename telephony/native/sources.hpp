/* Who sends, and how often: addresses, networks and token buckets, all in memory whose size is known beforehand. */
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <arpa/inet.h>

#ifndef SWIG
#include <pjlib.h>
#endif

namespace mostrador {

#ifndef SWIG

/* An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d, in network order. */
struct Address
{
    std::array<uint8_t, 16> bytes{};

    bool operator==(const Address &other) const { return bytes == other.bytes; }
    bool v4() const
    {
        static constexpr uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        return std::memcmp(bytes.data(), mapped, sizeof mapped) == 0;
    }
    /* Who counts as one: an IPv4 address, the /64 of an IPv6 one, which is one customer's. */
    Address neighbourhood() const
    {
        Address one = *this;
        if (!v4())
            std::memset(&one.bytes[8], 0, 8);
        return one;
    }
    std::string text() const
    {
        char words[INET6_ADDRSTRLEN] = "";
        if (v4())
            inet_ntop(AF_INET, &bytes[12], words, sizeof words);
        else
            inet_ntop(AF_INET6, bytes.data(), words, sizeof words);
        return words;
    }

    static Address v4_of(const void *four)
    {
        Address made;
        made.bytes[10] = made.bytes[11] = 0xff;
        std::memcpy(&made.bytes[12], four, 4);
        return made;
    }
    static Address v6_of(const void *sixteen)
    {
        Address made;
        std::memcpy(made.bytes.data(), sixteen, 16);
        return made;
    }
    static Address of(const pj_sockaddr &from)
    {
        const auto *address = pj_sockaddr_get_addr(&from);
        if (!address)
            return {};
        return from.addr.sa_family == pj_AF_INET6() ? v6_of(address) : v4_of(address);
    }
    /* Whether `words` are one. */
    static bool read(const std::string &words, Address &into)
    {
        uint8_t raw[16];
        if (inet_pton(AF_INET, words.c_str(), raw) == 1)
            into = v4_of(raw);
        else if (inet_pton(AF_INET6, words.c_str(), raw) == 1)
            into = v6_of(raw);
        else
            return false;
        return true;
    }
};

struct Network
{
    Address address;
    unsigned bits;  /* of the sixteen bytes */

    bool contains(const Address &other) const
    {
        const unsigned whole = bits / 8, rest = bits % 8;
        if (std::memcmp(address.bytes.data(), other.bytes.data(), whole) != 0)
            return false;
        const uint8_t mask = rest ? uint8_t(0xff << (8 - rest)) : 0;
        return ((address.bytes[whole % 16] ^ other.bytes[whole % 16]) & mask) == 0;
    }
};

struct Rate
{
    double each = 0;  /* tokens a second */
    double burst = 0;
};

struct Bucket
{
    double tokens = 0;
    double at = 0;  /* seconds of a monotonic clock */

    bool take(const Rate &rate, double cost, double now)
    {
        tokens = std::min(rate.burst, tokens + rate.each * std::max(0.0, now - at));
        at = now;
        if (tokens < cost)
            return false;
        tokens -= cost;
        return true;
    }
};

/* What is remembered of a source. `calls`: for messages of calls that are up, which have a bucket of their own. */
struct Source
{
    Address address;
    bool used = false;
    Bucket any, calls;
};

/* The sources heard of last: four places for each value of a hash that nobody outside can foresee; the one that has
 * been silent longest makes room. Whoever is forgotten begins anew with a full bucket. */
class Sources
{
public:
    Source &at(const Address &address, double burst, double callBurst, double now)
    {
        Source *set = &places_[place(address) * WAYS];
        Source *oldest = set;
        for (Source *one = set; one != set + WAYS; ++one) {
            if (one->used && one->address == address)
                return *one;
            if (!one->used || (oldest->used && one->any.at < oldest->any.at))
                oldest = one;
        }
        *oldest = Source{address, true, {burst, now}, {callBurst, now}};
        return *oldest;
    }

    void forget() { places_.assign(places_.size(), Source{}); }

private:
    static constexpr size_t WAYS = 4, SETS = 1024;

    size_t place(const Address &address) const
    {
        uint64_t high, low;
        std::memcpy(&high, &address.bytes[0], 8);
        std::memcpy(&low, &address.bytes[8], 8);
        uint64_t mixed = (high ^ secret_[0]) * 0x9e3779b97f4a7c15u ^ (low ^ secret_[1]);
        mixed = (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93u;
        return (mixed ^ (mixed >> 32)) % SETS;
    }

    static uint64_t chance()
    {
        std::random_device device;
        return uint64_t(device()) << 32 | device();
    }

    std::vector<Source> places_{WAYS * SETS};
    const uint64_t secret_[2] = {chance(), chance()};
};

/* How much was not wanted since it was last asked, by source: sixteen of them, and the rest as one. For any thread. */
class Ledger
{
public:
    void add(const Address &address, unsigned port)
    {
        std::lock_guard<std::mutex> guard(lock_);
        for (size_t at = 0; at < known_; ++at)
            if (entries_[at].address == address) {
                ++entries_[at].count;
                return;
            }
        if (known_ == entries_.size())
            ++others_;
        else
            entries_[known_++] = {address, port, 1};
    }

    /* A line for each: "`kind` address port count"; those who have no place are at "*". */
    std::string take(const char *kind)
    {
        std::lock_guard<std::mutex> guard(lock_);
        std::string lines;
        const auto line = [&](const std::string &from, unsigned port, uint64_t count) {
            lines += std::string(kind) + " " + from + " " + std::to_string(port) + " " + std::to_string(count) + "\n";
        };
        for (size_t at = 0; at < known_; ++at)
            line(entries_[at].address.text(), entries_[at].port, entries_[at].count);
        if (others_)
            line("*", 0, others_);
        known_ = others_ = 0;
        return lines;
    }

private:
    struct Entry
    {
        Address address;
        unsigned port;
        uint64_t count;
    };
    std::mutex lock_;
    std::array<Entry, 16> entries_;
    size_t known_ = 0;
    uint64_t others_ = 0;
};

inline double seconds()
{
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

#endif /* SWIG */

}  // namespace mostrador
