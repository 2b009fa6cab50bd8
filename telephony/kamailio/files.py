"""The files that Kamailio is given for a site."""

from collections.abc import Iterable
from importlib.resources import files

from telephony.kamailio.site import Node, Site, hosts, networks_of

MARK = "# Made by `mostrador scale kamailio`: change what it was made from, and make it again."
MOST_TRIES = 5
"""Devices that a call is offered to before its caller hears that all are busy."""
TAKEN_MS = 3_000
"""A device has taken the call and neither rings nor answers, until another one is tried."""
SAMPLE_SECONDS = 2
"""For which strangers' messages are counted."""

README = """{mark}

How to run it, on Debian 12 (`apt-get install kamailio kamailio-tls-modules`):

    kamailio -c -f {folder}/kamailio.cfg             # does it read well?
    kamailio -f {folder}/kamailio.cfg -DD -E         # in the foreground
    echo 'CFGFILE={folder}/kamailio.cfg' >> /etc/default/kamailio; systemctl restart kamailio

Devices come and go without a restart, and no call notices: make the files again, then

    kamcmd dispatcher.reload                         # dispatcher.list: the devices
    kamcmd permissions.addressReload                 # sources.list: who may call
    kamcmd dispatcher.list                           # which are there, which are not
    kamcmd htable.dump load                          # what they have said of their load
    kamcmd dispatcher.set_state dp 1 sip:DEVICE      # no new calls to this one; "ap" takes it back

What is said in kamailio.cfg itself (addresses, limits, TLS) needs a restart: calls that are up go on, their sound does
not come through here.

Each device needs, in its own settings:

    [sip]
    show_load = true
    [sip.callers]
    allowed = [{proxies}]
    trusted = [{proxies}]
"""


def render(site: Site, folder: str) -> dict[str, str]:
    """Name → text of each file, to lie in `folder` where the proxy runs. The site has no contradictions."""
    listening = hosts(site)
    proxies = ", ".join(f'"{host}"' for host in dict.fromkeys(host.strip("[]") for _, host, _ in listening))
    made = {
        "kamailio.cfg": _settings(site, folder),
        "routing.cfg": f"{MARK}\n{(files('telephony.kamailio') / 'routing.cfg').read_text('utf-8')}",
        "dispatcher.list": _lines(_destination(node) for node in site.nodes),
        "sources.list": _lines((*_addresses(1, site.sources), *_addresses(2, site.trusted))),
        "README": README.format(mark=MARK, folder=folder, proxies=proxies),
    }
    if _secured(site):
        made["tls.cfg"] = _tls(site)
    return made


def _settings(site: Site, folder: str) -> str:
    listening = hosts(site)
    _, host, port = listening[0]
    words = {
        "FOLDER": folder,
        "DEAD_MS": round(1_000 * site.dead_after),
        "TAKEN_MS": TAKEN_MS,
        "RING_MS": round(1_000 * site.ring_seconds),
        "STRANGERS": SAMPLE_SECONDS * site.strangers_per_second,
        "SAMPLE_SECONDS": SAMPLE_SECONDS,
        "CALLS_A_SECOND": site.calls_per_second,
        "RETRY_SECONDS": site.retry_after,
        "MOST_TRIES": MOST_TRIES,
        "PROXY": f"{host}:{port}",
    }
    lines = ["#!KAMAILIO", MARK]
    lines += [f'#!substdef "!M_{word}!{value}!g"' for word, value in words.items()]
    lines += [
        "debug=2", "log_stderror=no", "children=4", "tcp_children=2", "auto_aliases=no", "server_signature=no",
        "sip_warning=0", "rev_dns=no", "max_while_loops=1000", "tcp_connect_timeout=2", "tcp_max_connections=2048",
    ]  # fmt: skip
    if _several_addresses(listening):
        lines.append("mhomed=yes")
    if _secured(site):
        lines += ["enable_tls=yes", 'loadmodule "tls.so"', f'modparam("tls", "config", "{folder}/tls.cfg")']
    lines += [f"listen={transport}:{address}:{number}" for transport, address, number in listening]
    lines += [f'alias="{domain}"' for domain in site.domains]
    lines.append(f'include_file "{folder}/routing.cfg"')
    return "\n".join(lines) + "\n"


def _several_addresses(listening: list[tuple[str, str, int]]) -> bool:
    return len({host for _, host, _ in listening}) > 1


def _secured(site: Site) -> bool:
    return any(transport == "tls" for transport, _, _ in hosts(site))


def _destination(node: Node) -> str:
    """Set 1, no flags, no priority."""
    return f"1 {node.uri} 0 0 share={node.weight}"


def _addresses(group: int, texts: tuple[str, ...]) -> list[str]:
    return [f"{group} {_bracketed(str(net.network_address))} {net.prefixlen}" for net in networks_of(texts)]


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _tls(site: Site) -> str:
    asked = "yes" if site.tls.authorities else "no"
    vouching = f"ca_list = {site.tls.authorities}\n" if site.tls.authorities else ""
    return (
        f"{MARK}\n[server:default]\nmethod = TLSv1.2+\nverify_certificate = {asked}\nrequire_certificate = {asked}\n"
        f"certificate = {site.tls.certificate}\nprivate_key = {site.tls.key}\n{vouching}\n"
        f"[client:default]\nmethod = TLSv1.2+\nverify_certificate = {asked}\nrequire_certificate = {asked}\n{vouching}"
    )


def _lines(rows: Iterable[str]) -> str:
    return "\n".join((MARK, *rows)) + "\n"
