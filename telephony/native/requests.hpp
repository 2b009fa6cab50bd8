/* Requests that PJSIP would take up, or say nothing to, and that RFC 3261 wants refused. */
#pragma once

#include "flood_gate.hpp"

#ifndef SWIG
#include <pjsip.h>
#include <pjsua-lib/pjsua.h>
#include <pjsua2.hpp>
#endif

namespace mostrador {

#ifdef SWIG

/* Once for each library that is made: answer 400 to what contradicts itself, 420 to extensions that we don't have, and
 * 405 to what nobody else has answered. */
bool watchRequests();

/* Answer 200 to a request in a call, which PJSIP does not know, from within `Call::onCallTsxState`. */
bool takeUp(const pj::TsxStateEvent &event);

#else

/* Two of a header that can be there only once, another method in CSeq, or a body shorter than it is said to be. */
inline bool contradicts_itself(const pjsip_rx_data *rdata)
{
    static constexpr pjsip_hdr_e ONCE[] = {PJSIP_H_FROM, PJSIP_H_TO, PJSIP_H_CALL_ID, PJSIP_H_CSEQ,
                                           PJSIP_H_MAX_FORWARDS, PJSIP_H_CONTENT_LENGTH};
    const pjsip_msg *msg = rdata->msg_info.msg;
    unsigned seen = 0;
    for (const pjsip_hdr *header = msg->hdr.next; header != &msg->hdr; header = header->next)
        for (unsigned at = 0; at < PJ_ARRAY_SIZE(ONCE); ++at)
            if (header->type == ONCE[at]) {
                if (seen & 1u << at)
                    return true;
                seen |= 1u << at;
            }
    const pjsip_clen_hdr *length = rdata->msg_info.clen;
    const bool whole = !msg->body || msg->body->print_body == &pjsip_print_text_body;  /* not in parts */
    if (whole && length && length->len > 0 && unsigned(length->len) > (msg->body ? msg->body->len : 0))
        return true;
    return pjsip_method_cmp(&rdata->msg_info.cseq->method, &msg->line.req.method) != 0;
}

inline void refuse(pjsip_rx_data *rdata, int code, const pjsip_hdr *headers)
{
    turned.broken.add(Address::of(rdata->pkt_info.src_addr), unsigned(rdata->pkt_info.src_port));
    if (rdata->msg_info.msg->line.req.method.id != PJSIP_ACK_METHOD)
        pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, code, NULL, headers, NULL);
}

inline pj_bool_t refuseBroken(pjsip_rx_data *rdata)
{
    if (contradicts_itself(rdata)) {
        refuse(rdata, PJSIP_SC_BAD_REQUEST, NULL);
        return PJ_TRUE;
    }
    const pjsip_require_hdr *required = rdata->msg_info.require;
    const pjsip_method_e method = rdata->msg_info.msg->line.req.method.id;
    if (!required || method == PJSIP_ACK_METHOD || method == PJSIP_CANCEL_METHOD)
        return PJ_FALSE;
    pjsip_endpoint *endpoint = pjsua_get_pjsip_endpt();
    auto *unknown = pjsip_unsupported_hdr_create(rdata->tp_info.pool);
    for (unsigned at = 0; at < required->count; ++at)
        if (!pjsip_endpt_has_capability(endpoint, PJSIP_H_SUPPORTED, NULL, &required->values[at]))
            unknown->values[unknown->count++] = required->values[at];
    if (!unknown->count)
        return PJ_FALSE;
    pjsip_hdr headers;
    pj_list_init(&headers);
    pj_list_push_back(&headers, unknown);
    refuse(rdata, PJSIP_SC_BAD_EXTENSION, &headers);
    return PJ_TRUE;
}

inline pj_bool_t refuseTheRest(pjsip_rx_data *rdata)
{
    if (rdata->msg_info.msg->line.req.method.id == PJSIP_ACK_METHOD)
        return PJ_FALSE;
    pjsip_hdr headers;
    pj_list_init(&headers);
    if (const auto *allowed = pjsip_endpt_get_capability(pjsua_get_pjsip_endpt(), PJSIP_H_ALLOW, NULL))
        pj_list_push_back(&headers, pjsip_hdr_clone(rdata->tp_info.pool, allowed));
    pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, PJSIP_SC_METHOD_NOT_ALLOWED, NULL, &headers, NULL);
    return PJ_TRUE;
}

inline bool watchRequests()
{
    static pjsip_module first, last;
    const auto watch = [](pjsip_module &module, const char *name, int priority, pj_bool_t (*what)(pjsip_rx_data *)) {
        pj_bzero(&module, sizeof module);
        module.name = pj_str(const_cast<char *>(name));
        module.id = -1;
        module.priority = priority;
        module.on_rx_request = what;
        return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module) == PJ_SUCCESS;
    };
    return watch(first, "mod-mostrador-broken", PJSIP_MOD_PRIORITY_TSX_LAYER - 1, &refuseBroken) &&
           watch(last, "mod-mostrador-rest", PJSIP_MOD_PRIORITY_APPLICATION + 100, &refuseTheRest);
}

inline bool takeUp(const pj::TsxStateEvent &event)
{
    auto *transaction = static_cast<pjsip_transaction *>(event.tsx.pjTransaction);
    auto *request = static_cast<pjsip_rx_data *>(event.src.rdata.pjRxData);
    if (event.type != PJSIP_EVENT_RX_MSG || !transaction || !request || transaction->status_code >= 200)
        return false;
    pjsip_dialog *dialog = pjsip_tsx_get_dlg(transaction);
    pjsip_tx_data *answer;
    return dialog && pjsip_dlg_create_response(dialog, request, PJSIP_SC_OK, NULL, &answer) == PJ_SUCCESS &&
           pjsip_dlg_send_response(dialog, transaction, answer) == PJ_SUCCESS;
}

#endif

}
