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
/* A connection that says nothing for half a minute is closed (s). */
#define PJSIP_TCP_INITIAL_TIMEOUT 30
