import pytest

from tests.sip.phones import Server
from tests.sip.soak import soak

pytestmark = pytest.mark.sip


def test_many_short_calls_leave_nothing_behind() -> None:
    server = Server("echo")
    try:
        report = soak(server.address, server.pid, calls=200, warm_up=200)
        server.stop()
    finally:
        server.kill()
    assert report.failed == 0
    assert report.growth <= 1.05
