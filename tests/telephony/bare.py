"""pjsua2 with nothing of ours around it, not even a package: for processes that must not, or cannot, have it."""

import pjsua2 as pj


def prepared() -> tuple[pj.Endpoint, int]:
    """The library, silent and without threads, and the id of its UDP transport on loopback; `libStart` is still to be
    called."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    return endpoint, endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
