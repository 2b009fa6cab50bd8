/* What PJSUA decides by itself and we want to decide: the answer to OPTIONS, what it tells of our load, and how long a
 * peer may be silent. */
#pragma once

#ifndef SWIG
#include <cstdio>

#include <pjsip.h>
#include <pjsua-lib/pjsua.h>
#endif

namespace mostrador {

#ifdef SWIG

/* Once for each library that is made: answer OPTIONS outside of calls as `setOptionsAnswer` says. */
bool watchOptions();
/* 200: PJSUA answers, with what we can do. Anything else is said as it is, with Retry-After in seconds. */
void setOptionsAnswer(int code, int retryAfter);
/* Said in every answer to OPTIONS as "X-Mostrador-Load: calls/limit"; a limit below 0: nothing is said. */
void setLoad(int calls, int limit);
/* How long a request may go without any response (timers B, F, H and J of RFC 3261), in milliseconds. */
void setResponseTimeout(unsigned milliseconds);

#else

inline int optionsCode = 200;
inline int optionsRetryAfter = 0;
inline int loadCalls = 0;
inline int loadLimit = -1;

/* PJSUA says 200 to OPTIONS whatever happens; a proxy that asks must learn that we take no calls now. */
inline pj_bool_t refuseOptions(pjsip_rx_data *rdata)
{
    if (optionsCode == 200 || pjsip_method_cmp(&rdata->msg_info.msg->line.req.method, pjsip_get_options_method()) != 0)
        return PJ_FALSE;
    pjsip_hdr headers;
    pj_list_init(&headers);
    pj_list_push_back(&headers, pjsip_retry_after_hdr_create(rdata->tp_info.pool, optionsRetryAfter));
    pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, optionsCode, NULL, &headers, NULL);
    return PJ_TRUE;
}

/* On its way out, so that it is on PJSUA's own answers too. */
inline pj_status_t sayLoad(pjsip_tx_data *tdata)
{
    const auto *cseq = static_cast<pjsip_cseq_hdr *>(pjsip_msg_find_hdr(tdata->msg, PJSIP_H_CSEQ, NULL));
    if (loadLimit < 0 || !cseq || pjsip_method_cmp(&cseq->method, pjsip_get_options_method()) != 0)
        return PJ_SUCCESS;
    const pj_str_t name = pj_str(const_cast<char *>("X-Mostrador-Load"));
    if (pjsip_msg_find_hdr_by_name(tdata->msg, &name, NULL))
        return PJ_SUCCESS;  /* sent again */
    char text[32];
    std::snprintf(text, sizeof text, "%d/%d", loadCalls, loadLimit);
    const pj_str_t value = pj_str(text);
    auto *header = pjsip_generic_string_hdr_create(tdata->pool, &name, &value);
    pjsip_msg_add_hdr(tdata->msg, reinterpret_cast<pjsip_hdr *>(header));
    return PJ_SUCCESS;
}

inline bool watchOptions()
{
    static pjsip_module module;
    pj_bzero(&module, sizeof(module));
    module.name = pj_str(const_cast<char *>("mod-mostrador-options"));
    module.id = -1;
    module.priority = PJSIP_MOD_PRIORITY_APPLICATION - 1;
    module.on_rx_request = &refuseOptions;
    module.on_tx_response = &sayLoad;
    return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module) == PJ_SUCCESS;
}

inline void setOptionsAnswer(int code, int retryAfter)
{
    optionsCode = code;
    optionsRetryAfter = retryAfter;
}

inline void setLoad(int calls, int limit)
{
    loadCalls = calls;
    loadLimit = limit;
}

inline void setResponseTimeout(unsigned milliseconds)
{
    pjsip_tsx_set_timers(0, 0, 0, milliseconds);
}

#endif

}
