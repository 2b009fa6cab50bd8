"""sipp scenarios put together from steps: `scenario(invite(), answered(), ack(), pause(500), bye())`."""

SOUND = """v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a={direction}
"""

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


def invite(
    *, sound: bool = True, number: int = 1, again: bool = False, direction: str = "sendrecv", more: str = ""
) -> str:
    """`more`: lines of header."""
    body = SOUND.format(direction=direction) if sound else ""
    kind = "application/sdp" if sound else ""
    return _send("INVITE", number, tag=again, kind=kind, body=body, more=more, retransmit=True)


def prack(number: int = 2) -> str:
    """Acknowledges the provisional answer whose RSeq was checked last."""
    return _send("PRACK", number, tag=True, more="RAck:[$found] 1 INVITE\n", retransmit=True)


def receive(code: int, *, optional: bool = False, check: str = "") -> str:
    """`check`: a header that must be there."""
    head = f'<recv response="{code}" optional="{"true" if optional else "false"}" rtd="true"'
    if not check:
        return f"{head}/>\n"
    action = f'<ereg regexp=".+" search_in="hdr" header="{check}:" check_it="true" assign_to="found"/>'
    return f'{head}><action>{action}</action></recv>\n<Reference variables="found"/>\n'


def ringing() -> str:
    return receive(100, optional=True) + receive(180, optional=True)


def answered() -> str:
    return ringing() + receive(200)


def ack(number: int = 1, *, sound: bool = False, refused: bool = False) -> str:
    """`refused`: belongs to the INVITE's own transaction."""
    body, kind = (SOUND.format(direction="sendrecv"), "application/sdp") if sound else ("", "")
    return _send("ACK", number, tag=True, kind=kind, body=body, branch="[branch-4]" if refused else "[branch]")


def bye(number: int = 2) -> str:
    return _send("BYE", number, tag=True, retransmit=True)


def cancel(back: int) -> str:
    """`back`: how many messages ago the INVITE was."""
    return _send("CANCEL", 1, branch=f"[branch-{back}]", retransmit=True)


def info(digit: str, number: int) -> str:
    body = f"Signal={digit}\nDuration=160\n"
    return _send("INFO", number, tag=True, kind="application/dtmf-relay", body=body, retransmit=True)


def refer(to: str, number: int = 2) -> str:
    return _send("REFER", number, tag=True, more=f"Refer-To: <{to}>\n", retransmit=True)


def options() -> str:
    return _send("OPTIONS", 1, retransmit=True)


def expect(method: str) -> str:
    return f'<recv request="{method}"/>\n'


def accept() -> str:
    """200 to the request received last."""
    lines = (
        "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
        "Contact: <sip:tester@[local_ip]:[local_port]>\nContent-Length: 0\n\n"
    )
    return f"<send><![CDATA[\n{lines}]]></send>\n"


def reply(code: int, *, more: str = "", sound: bool = False) -> str:
    """Answer the request received last. `more`: lines of header."""
    body = SOUND.format(direction="sendrecv") if sound else ""
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
