/* PJSIP's limits for a counter that answers many calls at once. Asserts are compiled out by -DNDEBUG: an odd packet
 * must never end the process. */
#define PJSUA_MAX_CALLS          512
#define PJSUA_MAX_CONF_PORTS     2048
#define PJSUA_MAX_ACC            32
#define PJ_HAS_IPV6              1
#define PJ_IOQUEUE_MAX_HANDLES   4096
#define PJSIP_MAX_TSX_COUNT      4095
#define PJSIP_MAX_DIALOG_COUNT   2047
#define PJSIP_UDP_SO_SNDBUF_SIZE (4 * 1024 * 1024)
#define PJSIP_UDP_SO_RCVBUF_SIZE (4 * 1024 * 1024)
/* An INVITE with certificates of the caller and a long route is longer than their 4000 bytes. */
#define PJSIP_MAX_PKT_LEN        8000
/* Connections that we turn away count as failures to accept: it must go on after any number of them. */
#define PJ_ACTIVESOCK_MAX_CONSECUTIVE_ACCEPT_ERROR 0x7fffffff
/* A connection that is used for nothing any more (s). */
#define PJSIP_TRANSPORT_SERVER_IDLE_TIME 300
/* A connection that says nothing for half a minute is closed (s). */
#define PJSIP_TCP_INITIAL_TIMEOUT 30
/* Reports on the sound go beside where the sound goes; who sends three from elsewhere does not get ours
 * (rtp_guard.hpp). */
#define PJMEDIA_RTCP_NAT_PROBATION_CNT 0x7fffffff
