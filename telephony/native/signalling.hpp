/* What PJSUA decides by itself and we want to decide: the answer to OPTIONS, and how long a peer may be silent. */
#pragma once

#ifndef SWIG
#include <pjsip.h>
#include <pjsua-lib/pjsua.h>
#endif

namespace mostrador {

#ifdef SWIG

/* Once for each library that is made: answer OPTIONS outside of calls as `setOptionsAnswer` says. */
bool watchOptions();
/* 200: PJSUA answers, with what we can do. Anything else is said as it is, with Retry-After in seconds. */
void setOptionsAnswer(int code, int retryAfter);
/* How long a request may go without any response (timers B, F, H and J of RFC 3261), in milliseconds. */
void setResponseTimeout(unsigned milliseconds);

#else

inline int optionsCode = 200;
inline int optionsRetryAfter = 0;

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

inline bool watchOptions()
{
    static pjsip_module module;
    pj_bzero(&module, sizeof(module));
    module.name = pj_str(const_cast<char *>("mod-mostrador-options"));
    module.id = -1;
    module.priority = PJSIP_MOD_PRIORITY_APPLICATION - 1;
    module.on_rx_request = &refuseOptions;
    return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module) == PJ_SUCCESS;
}

inline void setOptionsAnswer(int code, int retryAfter)
{
    optionsCode = code;
    optionsRetryAfter = retryAfter;
}

inline void setResponseTimeout(unsigned milliseconds)
{
    pjsip_tsx_set_timers(0, 0, 0, milliseconds);
}

#endif

}
