"""PJSIP as a caller with a password, in a process of its own: `python -m tests.sip.credentials URI USER PASSWORD`.

Exit code 0: the call was answered. Prints the last status.
"""

import gc
import sys
import time

import pjsua2 as pj

from tests.telephony.bare import prepared

LIMIT = 20.0


class Call(pj.Call):  # type: ignore[misc]
    state, code = 0, 0

    def onCallState(self, prm: object) -> None:
        info = self.getInfo()
        self.state, self.code = info.state, info.lastStatusCode


def dial(uri: str, user: str, password: str) -> int:
    """The last SIP status."""
    endpoint, _ = prepared()
    endpoint.libStart()
    account, settings = pj.Account(), pj.AccountConfig()
    settings.idUri = f"sip:{user}@127.0.0.1"
    settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    credentials = pj.AuthCredInfoVector()
    credentials.append(pj.AuthCredInfo("digest", "*", user, 0, password))
    settings.sipConfig.authCreds = credentials
    account.create(settings)
    call = Call(account)
    call.makeCall(uri, pj.CallOpParam(True))
    until = time.monotonic() + LIMIT
    while call.state not in (pj.PJSIP_INV_STATE_CONFIRMED, pj.PJSIP_INV_STATE_DISCONNECTED):
        endpoint.libHandleEvents(10)
        if time.monotonic() > until:
            break
    code = int(call.code)
    if call.state == pj.PJSIP_INV_STATE_CONFIRMED:
        call.hangup(pj.CallOpParam())
        while call.state != pj.PJSIP_INV_STATE_DISCONNECTED and time.monotonic() < until:
            endpoint.libHandleEvents(10)
    del call
    account.shutdown()
    del account
    gc.collect()
    endpoint.libDestroy()
    return code


if __name__ == "__main__":
    status = dial(*sys.argv[1:4])
    print(status)
    sys.exit(status != 200)
