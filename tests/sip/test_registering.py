"""Accounts: kamailio as registrar and proxy, sipp as one that misbehaves."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sip.certificates import make
from tests.sip.kamailio import Registrar
from tests.sip.phones import LIMIT, Server, Start, free_port, run_sipp, sipp
from tests.sip.scenario import accept, ack, answered, bye, expect, invite, pause, receive, reply, scenario

pytestmark = pytest.mark.sip

PLAIN = scenario(invite(), answered(), ack(), pause(300), bye(), receive(200))


@pytest.fixture
def join(start: Start) -> Start:
    """Starts a server with one account: `join(account, *options, **settings)`."""

    def begin(account: dict[str, Any], *options: str, **settings: object) -> Server:
        one = {"name": "pbx", "user": "counter", "secret": "sesame", **account}
        return start("echo", *options, **{"accounts": [one], "response_seconds": 1.0, **settings})

    return begin


def state(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda news: news.get("account") == "pbx" and news.get("state") == name


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_it_registers_with_digest_and_unregisters_when_it_stops(
    join: Start, registrar: Registrar, transport: str
) -> None:
    kamailio = registrar()
    server = join({"server": kamailio.address, "transport": transport}, transports=["udp", "tcp"])
    assert server.wait(state("registered"))["hop"] == kamailio.address
    assert "expires=300" in kamailio.saw("SAW REGISTER counter")[0]
    server.stop()
    assert "expires=0" in kamailio.saw("SAW REGISTER counter", 2)[-1]
    assert server.wait(state("stopped"))


def test_it_registers_by_tls_with_a_server_it_trusts_and_with_no_other(
    join: Start, registrar: Registrar, tmp_path: Path
) -> None:
    pair, other = make(tmp_path, "registrar"), make(tmp_path, "other")
    kamailio = registrar(pair=pair)
    account = {"server": kamailio.tls, "transport": "tls"}
    trusting = join(account, transports=["udp", "tls"], tls={"port": 0, "authorities": str(pair.certificate)})
    trusting.wait(state("registered"))
    wary = join(account, transports=["udp", "tls"], tls={"port": 0, "authorities": str(other.certificate)})
    assert wary.wait(state("unreachable"))["code"] >= 500
    assert not [news for news in wary.news if state("registered")(news)]


def test_a_registration_is_refreshed_in_time(join: Start, registrar: Registrar) -> None:
    kamailio = registrar(expires=7)
    join({"server": kamailio.address})
    kamailio.saw("SAW REGISTER counter", 3)


def test_a_call_through_the_registrar_comes_by_the_account(join: Start, registrar: Registrar, tmp_path: Path) -> None:
    kamailio = registrar()
    server = join({"server": kamailio.address})
    server.wait(state("registered"))
    run_sipp(tmp_path, PLAIN, kamailio.address, "-m", "3", "-rtp_echo")
    assert {news["by"] for news in server.wait_for(lambda news: "remote" in news, 3)} == {"pbx"}
    run_sipp(tmp_path, PLAIN, server.address, "-m", "1")  # from an address of the registrar's, too: sipp is there
    assert {news["cause"] for news in server.wait_for(lambda news: news.get("event") == "Ended", 4)} == {"customer"}


def test_a_call_out_goes_by_the_account_and_says_the_password(
    join: Start, registrar: Registrar, tmp_path: Path
) -> None:
    outside = free_port()
    kamailio = registrar(outside=outside)
    callee = scenario(
        expect("INVITE"), reply(180), reply(200, sound=True), expect("ACK"), expect("BYE"), accept()
    )  # fmt: skip
    phone = sipp(tmp_path, callee, "", "-p", str(outside), "-m", "1")
    server = join({"server": kamailio.address}, "--dial", "300")
    assert server.wait(lambda news: news.get("called") == "300" and news["event"] == "Ended")["cause"] == "goodbye"
    assert {news["by"] for news in server.news if "called" in news} == {"pbx"}
    kamailio.saw("SAW CALL counter")
    assert phone.wait(LIMIT) == 0


def test_two_registrations_and_a_trunk_at_once(start: Start, registrar: Registrar, tmp_path: Path) -> None:
    """Each is up, each calls by its own way, and who calls for one of them comes by it."""
    ports = [free_port() for _ in range(3)]
    first, second = registrar(outside=ports[0]), registrar(outside=ports[1])
    accounts = [
        {"name": "first", "server": first.address, "user": "counter", "secret": "sesame"},
        {"name": "second", "server": second.address, "user": "shop", "secret": "sesame"},
        {"name": "line", "kind": "trunk", "server": f"127.0.0.1:{ports[2]}", "keepalive": 0},
    ]
    callee = scenario(expect("INVITE"), reply(200, sound=True), expect("ACK"), expect("BYE"), accept())
    phones = [sipp(tmp_path, callee, "", "-p", str(port), "-m", "1") for port in ports]
    server = start("echo", "--dial", "300", accounts=accounts)
    over = server.wait_for(lambda news: "called" in news and news["event"] == "Ended", 3)
    assert {(news["by"], news["cause"]) for news in over} == {(one["name"], "goodbye") for one in accounts}
    assert [phone.wait(LIMIT) for phone in phones] == [0, 0, 0]
    first.saw("SAW CALL counter")
    second.saw("SAW CALL shop")
    run_sipp(tmp_path, PLAIN, first.address, "-m", "1", "-rtp_echo")
    assert server.wait(lambda news: "remote" in news)["by"] == "first"
    server.stop()
    assert {news["account"] for news in server.news if news.get("state") == "stopped"} == {"first", "second"}


def test_a_dead_proxy_is_passed_over(join: Start, registrar: Registrar) -> None:
    kamailio, dead = registrar(), f"127.0.0.1:{free_port()}"
    server = join({"server": kamailio.address, "proxies": [dead, kamailio.address]})
    assert server.wait(state("unreachable"))["code"] == 408
    assert server.wait(state("registered"))["hop"] == kamailio.address


@pytest.mark.parametrize(("expires", "keepalive"), [(7, 0), (3600, 0.5)], ids=["refresh", "keepalive"])
def test_when_the_proxy_in_use_dies_the_next_takes_over(
    join: Start, registrar: Registrar, tmp_path: Path, expires: int, keepalive: float
) -> None:
    """Found out when the registration is refreshed, or before, by asking."""
    one, two = registrar(expires=expires), registrar(expires=expires)
    account = {"server": "shop.test", "proxies": [one.address, two.address], "keepalive": keepalive}
    server = join(account)
    assert server.wait(state("registered"))["hop"] == one.address
    one.stop()
    assert server.wait(lambda news: state("registered")(news) and news["hop"] == two.address)
    run_sipp(tmp_path, PLAIN, two.address, "-m", "1")
    assert server.wait(lambda news: "remote" in news)["by"] == "pbx"


def test_a_call_outlives_the_proxy_that_it_came_through(join: Start, registrar: Registrar, tmp_path: Path) -> None:
    one, two = registrar(), registrar()
    server = join({"server": "shop.test", "proxies": [one.address, two.address], "keepalive": 0.5})
    server.wait(state("registered"))
    caller = sipp(tmp_path, scenario(invite(), answered(), ack(), pause(60_000)), one.address, "-m", "1", "-rtp_echo")
    try:
        server.wait(lambda news: "heard" in news)
        one.stop()
        server.wait(lambda news: state("registered")(news) and news["hop"] == two.address)
        heard = len([news for news in server.news if "heard" in news])
        server.wait_for(lambda news: "heard" in news, heard + 2)
        assert not server.events("Ended")
    finally:
        caller.kill()
        caller.wait()


def test_a_registrar_that_comes_back_is_found_again(join: Start, registrar: Registrar) -> None:
    kamailio = registrar(expires=7)
    server = join({"server": kamailio.address})
    server.wait(state("registered"))
    kamailio.stop()
    assert server.wait(state("unreachable"))["retry"] > 0
    registrar(port=kamailio.port)
    assert len(server.wait_for(state("registered"), 2)) == 2


def test_a_wrong_password_is_refused_and_shown_nowhere(
    join: Start, registrar: Registrar, capfd: pytest.CaptureFixture[str]
) -> None:
    kamailio = registrar()
    server = join({"server": kamailio.address, "secret": "open-barley"})
    refused = server.wait(state("refused"))
    assert refused["code"] in (401, 403)
    assert refused["retry"] >= 30  # asking again at once would look like guessing
    server.stop()
    out, err = capfd.readouterr()
    assert "sip_registration_refused" in err
    assert "open-barley" not in out + err + json.dumps(server.news)


@pytest.mark.parametrize(
    ("code", "more", "becomes", "least"),
    [(403, "", "refused", 30), (503, "Retry-After: 77\n", "unreachable", 77), (500, "", "unreachable", 2)],
)
def test_a_registrar_that_says_no(
    join: Start, tmp_path: Path, code: int, more: str, becomes: str, least: float
) -> None:
    port = free_port()
    refusing = sipp(tmp_path, scenario(expect("REGISTER"), reply(code, more=more)), "", "-p", str(port), "-m", "1")
    server = join({"server": f"127.0.0.1:{port}"})
    said = server.wait(state(becomes))
    assert said["code"] == code
    assert said["retry"] >= least
    assert refusing.wait(LIMIT) == 0


def test_it_registers_by_ipv6(join: Start, tmp_path: Path) -> None:
    port = free_port()
    yes = (expect("REGISTER"), reply(200, more="Expires: 300\n"))
    registering = sipp(tmp_path, scenario(*yes, *yes), "", "-i", "::1", "-p", str(port), "-m", "1")
    server = join({"server": f"[::1]:{port}", "keepalive": 0}, host6="::1")
    assert server.wait(state("registered"))["hop"] == f"[::1]:{port}"
    server.stop()
    assert registering.wait(LIMIT) == 0


def test_a_registrar_that_says_nothing(join: Start) -> None:
    server = join({"server": f"127.0.0.1:{free_port()}"})
    assert server.wait(state("unreachable"))["code"] == 408
    server.wait_for(state("unreachable"), 2)  # it tries again


def test_the_hosts_of_a_domain_are_tried_in_the_order_of_its_srv_records(
    join: Start, registrar: Registrar, tmp_path: Path
) -> None:
    kamailio, dead, dns = registrar(), free_port(), free_port()
    records = [f"_sip._udp.shop.test,localhost,{dead},10", f"_sip._udp.shop.test,localhost,{kamailio.port},20"]
    command = [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", f"--port={dns}",
        "--listen-address=127.0.0.1", "--bind-interfaces", "--user=", f"--pid-file={tmp_path / 'pid'}",
        *(f"--srv-host={record}" for record in records),
    ]  # fmt: skip
    server_of_names = subprocess.Popen(command)
    try:
        server = join({"server": "shop.test"}, nameservers=[f"127.0.0.1:{dns}"])
        assert server.wait(state("unreachable"))["code"] in (408, 503)
        assert server.wait(state("registered"))["hop"] == kamailio.address
    finally:
        server_of_names.terminate()
        server_of_names.wait()


def test_a_name_that_nobody_knows_is_looked_up_again(join: Start) -> None:
    server = join({"server": "nowhere.invalid"}, nameservers=["127.0.0.1:9"])
    server.wait_for(state("unreachable"), 2)
