"""sipp scenarios put together from steps: `scenario(invite(), answered(), ack(), pause(500), bye())`."""

SOUND = """v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] {address}
t=0 0
m=audio {port} RTP/AVP {codec} 101
a=rtpmap:{codec} {name}/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a={direction}
"""
CODECS = {0: "PCMU", 8: "PCMA"}

HEAD = """{method} sip:counter@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}
From: <sip:tester@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:counter@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {number} {cseq}
Contact: <sip:tester@[local_ip]:[local_port]>
Max-Forwards: 70
{more}Content-Length: [len]
"""


def scenario(*steps: str) -> str:
    return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="test">\n{"".join(steps)}</scenario>\n'


def sound_of(
    direction: str = "sendrecv", *, codec: int = 0, port: int = 0, address: str = "[media_ip]", keys: bool = True
) -> str:
    """`port` 0: sipp's own; `keys`: RFC 4733 is on offer."""
    body = SOUND.format(
        direction=direction, codec=codec, name=CODECS[codec], port=port or "[media_port]", address=address
    )
    return body if keys else "".join(line + "\n" for line in body.replace(" 101\n", "\n").splitlines()
                                     if ":101 " not in line)  # fmt: skip


def prack(number: int = 2) -> str:
    """Acknowledges the provisional answer whose RSeq was checked last."""
    return _send("PRACK", number, tag=True, more="RAck:[$found] 1 INVITE\n", retransmit=True)


def invite(
    *,
    sound: bool = True,
    number: int = 1,
    again: bool = False,
    direction: str = "sendrecv",
    body: str = "",
    more: str = "",
) -> str:
    """`body`: another offer than `sound_of(direction)`; `more`: further headers, each with its end of line."""
    body = body or (sound_of(direction) if sound else "")
    kind = "application/sdp" if body else ""
    return _send("INVITE", number, tag=again, kind=kind, body=body, more=more, retransmit=True)


def authentication(user: str, password: str) -> str:
    """A header for `more`: the answer to the challenge received last."""
    return f"[authentication username={user} password={password}]\n"


def options() -> str:
    return _send("OPTIONS", 1, retransmit=True)


def receive(code: int, *, optional: bool = False, check: str = "", challenge: bool = False) -> str:
    """`check`: a header that must be there; `challenge`: is answered by the next `authentication`."""
    head = f'<recv response="{code}" optional="{"true" if optional else "false"}" rtd="true"'
    head += ' auth="true"' if challenge else ""
    if not check:
        return f"{head}/>\n"
    action = f'<ereg regexp=".+" search_in="hdr" header="{check}:" check_it="true" assign_to="found"/>'
    return f'{head}><action>{action}</action></recv>\n<Reference variables="found"/>\n'


def receive_either(one: int, other: int) -> str:
    return f'<recv response="{one}" optional="true" next="1"/>\n<recv response="{other}"/>\n<label id="1"/>\n'


def ringing() -> str:
    return receive(100, optional=True) + receive(180, optional=True)


def answered() -> str:
    return ringing() + receive(200)


def ack(number: int = 1, *, sound: bool = False, refused: bool = False) -> str:
    """`refused`: belongs to the INVITE's own transaction."""
    body, kind = (sound_of(), "application/sdp") if sound else ("", "")
    return _send("ACK", number, tag=True, kind=kind, body=body, branch="[branch-4]" if refused else "[branch]")


def bye(number: int = 2) -> str:
    return _send("BYE", number, tag=True, retransmit=True)


def cancel(back: int) -> str:
    """`back`: how many messages ago the INVITE was."""
    return _send("CANCEL", 1, branch=f"[branch-{back}]", retransmit=True)


def info(digit: str, number: int, *, bare: bool = False) -> str:
    """`bare`: as application/dtmf, nothing but the key."""
    kind, body = ("dtmf", f"{digit}\n") if bare else ("dtmf-relay", f"Signal={digit}\nDuration=160\n")
    return _send("INFO", number, tag=True, kind=f"application/{kind}", body=body, retransmit=True)


def refer(to: str, number: int = 2) -> str:
    return _send("REFER", number, tag=True, more=f"Refer-To: <{to}>\n", retransmit=True)


def notify(code: int, number: int, *, final: bool = False) -> str:
    """What has become of a REFER so far."""
    state = "terminated;reason=noresource" if final else "active;expires=60"
    more = f"Event: refer\nSubscription-State: {state}\n"
    body = f"SIP/2.0 {code} Told\n"
    kind = "message/sipfrag;version=2.0"
    return _send("NOTIFY", number, tag=True, kind=kind, body=body, more=more, retransmit=True) + receive(200)


def expect(method: str, *, check: str = "", like: str = ".+") -> str:
    """`check`: a header that must be there, with something in it that is `like`."""
    if not check:
        return f'<recv request="{method}"/>\n'
    action = f'<ereg regexp="{like}" search_in="hdr" header="{check}:" check_it="true" assign_to="{check}"/>'
    return f'<recv request="{method}"><action>{action}</action></recv>\n<Reference variables="{check}"/>\n'


def invited(*, check: str = "", like: str = ".+") -> str:
    """The call, remembered for `late`; `check` and `like` as for `expect`."""
    kept = "".join(
        f'<ereg regexp=".*" search_in="hdr" header="{name}:" assign_to="{name.lower()}"/>' for name in ("Via", "CSeq")
    )
    plain = expect("INVITE", check=check, like=like) if check else '<recv request="INVITE"><action></action></recv>\n'
    return plain.replace("<action>", f"<action>{kept}") + '<Reference variables="via,cseq"/>\n'


def late(code: int, tag: str = "[pid]s[call_number]") -> str:
    """An answer to the call when something else has come since."""
    plain = reply(code, sound=code == 200)
    answer = plain.replace("[last_Via:]", "Via:[$via]").replace("[last_CSeq:]", "CSeq:[$cseq]")
    return answer.replace("[pid]s[call_number]", tag)


def respond(code: int, *, more: str = "") -> str:
    """To a request within the call. `more`: lines of header."""
    lines = (
        f"SIP/2.0 {code} Said\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
        f"Contact: <sip:tester@[local_ip]:[local_port]>\n{more}Content-Length: 0\n"
    )
    return f"<send><![CDATA[\n{lines}\n]]></send>\n"


def accept(body: str = "") -> str:
    """200 to the request received last; `body` answers its offer."""
    kind = "Content-Type: application/sdp\n" if body else ""
    lines = (
        "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
        f"Contact: <sip:tester@[local_ip]:[local_port]>\n{kind}Content-Length: [len]\n"
    )
    return f"<send><![CDATA[\n{lines}\n{body}]]></send>\n"


def reply(code: int, *, more: str = "", sound: bool = False) -> str:
    """Answer the request received last. `more`: lines of header."""
    body = sound_of() if sound else ""
    more += "Content-Type: application/sdp\n" if sound else ""
    lines = (
        f"SIP/2.0 {code} Said\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]s[call_number]\n[last_Call-ID:]\n"
        f"[last_CSeq:]\nContact: <sip:tester@[local_ip]:[local_port]>\n{more}Content-Length: [len]\n\n{body}"
    )
    return f"<send><![CDATA[\n{lines}]]></send>\n"


def pause(milliseconds: int) -> str:
    return f'<pause milliseconds="{milliseconds}"/>\n'


def _send(
    method: str, number: int, *, tag: bool = False, kind: str = "", body: str = "", more: str = "",
    branch: str = "[branch]", retransmit: bool = False,
) -> str:  # fmt: skip
    more += f"Content-Type: {kind}\n" if kind else ""
    peer = "[peer_tag_param]" if tag else ""
    head = HEAD.format(method=method, cseq=method, number=number, tag=peer, branch=branch, more=more)
    start = '<send retrans="500">' if retransmit else "<send>"
    return f"{start}<![CDATA[\n{head}\n{body}]]></send>\n"
