"""Answers one call with nothing but the library, and leaves: for a Python that has no more, of another machine.

`python answering.py`: prints its port, then what it has found. Exit code 0: the library was left cleanly.
"""

import array
import gc
import sys
import time

import pjsua2 as pj
from bare import prepared  # beside this file: there is no package of ours


class Call(pj.Call):
    over = False
    port = None

    def onCallState(self, prm):  # type: ignore[no-untyped-def]
        self.over = self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED

    def onCallMediaState(self, prm):  # type: ignore[no-untyped-def]
        audio = self.getAudioMedia(-1)
        self.port = pj.RingPort(16_000, 20, 2_000, 2_000)
        self.port.createPort("one")
        audio.startTransmit(self.port)
        self.port.startTransmit(audio)
        self.port.write(array.array("h", [1_000] * 16_000))


class Account(pj.Account):
    call = None

    def onIncomingCall(self, prm):  # type: ignore[no-untyped-def]
        self.call = Call(self, prm.callId)
        answer = pj.CallOpParam()
        answer.statusCode = 200
        self.call.answer(answer)


def ring() -> None:
    port = pj.RingPort(16_000, 20, 2_000, 2_000)
    back = array.array("h", bytes(640))
    assert port.write(array.array("h", range(320))) == 320
    assert port.take(back) == 320
    assert back.tolist() == list(range(320))
    try:
        port.write("no samples")
    except TypeError:
        return
    raise AssertionError("text was taken for samples")


def main() -> None:
    ring()
    pj.setLogLevel(0)
    endpoint, number = prepared()
    secured = pj.TransportConfig()
    secured.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_TLS, secured)
    endpoint.libStart()
    pj.watchOptions()
    pj.setLoad(1, 2)
    address = endpoint.transportGetInfo(number).localName
    account = Account()
    settings = pj.AccountConfig()
    settings.idUri = f"sip:arm@{address}"
    account.create(settings)
    codecs = endpoint.codecEnum2()
    print(address.rpartition(":")[2], *(codecs[index].codecId for index in range(len(codecs))), flush=True)
    until = time.monotonic() + 60
    while not (account.call and account.call.over) and time.monotonic() < until:
        endpoint.libHandleEvents(10)
    answered = account.call is not None and account.call.over
    heard = account.call.port.played() if answered else 0
    account.call = None
    account.shutdown()
    del account
    gc.collect()
    endpoint.libDestroy(1)
    print("played", heard, flush=True)
    sys.exit(0 if answered and heard else 1)


if __name__ == "__main__":
    main()
