"""The messages of RFC 4475: valid ones that look broken, and broken ones. Compared with its text in November 2026.

`messages(tag, host, port)` gives all 49, odd in just what the RFC's are odd in; they differ from those in names, plain
headers and the topmost Via, because answers must come back to whoever sends them.
"""
# ruff: noqa: E501  lines of SIP are read more easily whole

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Wanted(Enum):
    """What becomes of one: answered with anything but 400, because nothing is wrong with its form; refused with 400 to
    699, or dropped; served though its form is wrong, which the RFC leaves open; not answered, because it is a response.
    """

    UNDERSTOOD = "understood"
    REFUSED = "refused"
    TOLERATED = "tolerated"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Torture:
    """`name` and `section` as in the RFC."""

    name: str
    section: str
    wanted: Wanted
    raw: bytes


SDP = (
    "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
    "m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
)
VIAS = ("Via:", "v:", "V:", "ViA:", "VIa:", "via:", "viA:", "vIA:", "V :", "v :", "V  :", "Via :", "Via  :")
UNDERSTOOD, REFUSED, TOLERATED, SILENT = Wanted


class Maker:
    def __init__(self, tag: str, host: str, port: int, transport: str) -> None:
        self.tag, self.here, self.transport = tag, f"{host}:{port}", transport

    def via(self, name: str) -> str:
        return f"Via: SIP/2.0/{self.transport} {self.here};branch=z9hG4bK-{name}-{self.tag}"

    def message(
        self, name: str, method: str = "OPTIONS", *, start: str = "", body: str = "", more: tuple[str, ...] = (),
        without: tuple[str, ...] = (), length: int | str | None = None, **headers: str,
    ) -> bytes:  # fmt: skip
        """A plain request in which `headers` (by the name in small letters) are other whole lines; `length`: what the
        body is said to be, or the whole line."""
        lines = {
            "via": self.via(name),
            "max_forwards": "Max-Forwards: 70",
            "from": f"From: <sip:caller@{self.here}>;tag={name}-{self.tag}",
            "to": f"To: <sip:counter@{self.here}>",
            "call_id": f"Call-ID: {name}.{self.tag}",
            "cseq": f"CSeq: 1 {method}",
            "contact": f"Contact: <sip:caller@{self.here}>",
        }
        lines |= headers
        lines |= {"type": "Content-Type: application/sdp"} if body and "type" not in lines else {}
        size = len(body.encode()) if length is None else length
        lines["length"] = size if isinstance(size, str) else f"Content-Length: {size}"
        head = [start or f"{method} sip:counter@example.com SIP/2.0"]
        head += [line for key, line in lines.items() if key not in without]
        return ("\r\n".join([*head, *more, "", ""]) + body).encode("utf-8", "surrogateescape")

    def invite(self, name: str, **given: object) -> bytes:
        return self.message(name, "INVITE", **{"body": SDP, **given})  # type: ignore[arg-type]

    def response(self, name: str, status: str, **given: object) -> bytes:
        return self.message(name, "INVITE", start=f"SIP/2.0 {status}", **given)  # type: ignore[arg-type]


def messages(tag: str, host: str, port: int, transport: str = "UDP") -> list[Torture]:
    """`tag`: makes them differ from those of another time; answers go to `host` and `port`."""
    make = Maker(tag, host, port, transport)
    return [
        *_valid(make), *_invalid(make), *_application(make),
        Torture(
            "inv2543", "3.4.1", REFUSED,
            make.invite(
                "inv2543", via=f"Via: SIP/2.0/{transport} {make.here}", without=("max_forwards", "contact", "length"),
                to="To: sip:+16505552222@ss1.example.net;user=phone",
                more=("Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>",),
                **{"from": "From: <sip:+13035551111@ift.client.example.net;user=phone>"},
            ),
        ),
    ]  # fmt: skip


def _valid(make: Maker) -> Iterator[Torture]:
    """Section 3.1.1."""
    tag = make.tag
    wsinv = (
        "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
        f"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 19{tag}\r\n"
        f'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8{tag}\r\n'
        f"MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.{tag}\r\nContent-Length   : {len(SDP)}\r\ncseq: 0009\r\n  INVITE\r\n"
        f"Via  : SIP  /   2.0\r\n /{make.transport}\r\n    {make.here};branch=390skdjuw{tag}\r\ns :\r\n"
        "NewFangledHeader:   newfangled value\r\n continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
        "Content-Type: application/sdp\r\nRoute:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
        f"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111"
        "   ; branch=\r\n z9hG4bK30239\r\n"
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n'
    )
    yield Torture("wsinv", "3.1.1.1", UNDERSTOOD, (wsinv + SDP).encode())
    odd = "!interesting-Method0123456789_*+`.%indeed'~"
    extended = make.message(
        "intmeth",
        odd,
        via=f"Via: SIP/2.0/{make.transport} {make.here};branch=z9hG4bK-intmeth-{tag}-.!%66*_+`'~",
        max_forwards="Max-Forwards: 255",
        start=f"{odd} sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        to='To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        **{
            "from": f"From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\u0440\u0430\u0431\u043e\u0442\u0430\u044e\u0449\u0438\u0439\";tag=_token~1'+`*%!-.{tag}"
        },
        call_id=f"Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}}{{{tag}",
        cseq=f"CSeq: 139122385 {odd}",
        more=("extensionHeader-!.%*+_`'~:\ufeff\u5927\u505c\u96fb",),
    )
    yield Torture("intmeth", "3.1.1.2", UNDERSTOOD, extended)
    yield Torture(
        "esc01",
        "3.1.1.3",
        UNDERSTOOD,
        make.invite(
            "esc01",
            start="INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
            to="To: sip:%75se%72@example.com",
            contact="Contact:\r\n  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>",
            type="C: application/sdp",
            call_id=f"i: esc01.{tag}",
            **{"from": f"From: <sip:I%20have%20spaces@example.net>;tag=esc01{tag}"},
        ),
    )
    yield Torture(
        "escnull",
        "3.1.1.4",
        UNDERSTOOD,
        make.message(
            "escnull",
            "REGISTER",
            start="REGISTER sip:example.com SIP/2.0",
            to="To: sip:null-%00-null@example.com",
            contact="Contact: <sip:%00@host5.example.com>\r\nContact: <sip:%00%00@host5.example.com>",
            length="L:0",
            **{"from": f"From: sip:null-%00-null@example.com;tag=escnull{tag}"},
        ),
    )
    yield Torture(
        "esc02",
        "3.1.1.5",
        UNDERSTOOD,
        make.message(
            "esc02",
            "RE%47IST%45R",
            start="RE%47IST%45R sip:registrar.example.com SIP/2.0",
            to='To: "%Z%45" <sip:resource@example.com>',
            via=make.via("esc02") + "%fzsnel234",
            contact="Contact: <sip:alias1@host1.example.com>",
            more=("C%6Fntact: <sip:alias2@host2.example.com>", "Contact: <sip:alias3@host3.example.com>"),
            **{"from": f'From: "%Z%45" <sip:resource@example.com>;tag=f232{tag}'},
        ),
    )
    yield Torture(
        "lwsdisp",
        "3.1.1.6",
        UNDERSTOOD,
        make.message("lwsdisp", **{"from": f"From: caller<sip:caller@example.com>;tag=lwsdisp{tag}"}),
    )
    long = "long"
    yield Torture(
        "longreq",
        "3.1.1.7",
        UNDERSTOOD,
        make.invite(
            "longreq",
            to=f'To: "I have a user name of {"extreme" * 10} proportion"<sip:user@example.com:6000;unknownparam1=very{long * 40}value;longparam{"name" * 30}=shortvalue;very{long * 40}ParameterNameWithNoValue>',
            via=make.via("longreq")
            + "".join(f"\r\n{VIAS[n % len(VIAS)]} SIP/2.0/TCP sip{n}.example.com" for n in range(33, 0, -1))
            + f"\r\nVia: SIP/2.0/TCP host.example.com;received=192.0.2.5;branch=very{long * 50}branchvalue",
            contact=f"Contact: <sip:{'amazinglylongcallername' * 5}@host5.example.net>",
            call_id=f"Call-ID: longreq.one{'really' * 40}longcallid{tag}",
            more=(
                f"Unknown-{'-'.join([long] * 40)}-Name: unknown-{'-'.join([long] * 40)}-value; unknown-{'-'.join([long] * 20)}-parameter-name = unknown-{long * 20}-parameter-value",
            ),
            **{
                "from": f"F: sip:{'amazinglylongcallername' * 5}@example.net;tag=12{'982' * 90}424;unknownheaderparam{'name' * 40}=unknowheaderparam{'value' * 40};unknownValueless{'param' * 30}"
            },
        ),
    )
    yield Torture(
        "dblreq",
        "3.1.1.8",
        UNDERSTOOD,
        make.message("dblreq", "REGISTER", start="REGISTER sip:example.com SIP/2.0", call_id=f"I: dblreq.{tag}")
        + make.invite("dblreq-2", to="t: sip:joe@example.com", body=SDP.replace("m=video", "m =video")),
    )
    yield Torture(
        "semiuri",
        "3.1.1.9",
        UNDERSTOOD,
        make.message(
            "semiuri",
            start="OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0",
            more=("Accept: application/sdp, application/pkcs7-mime,\r\n        multipart/mixed, message/sipfrag",),
        ),
    )
    kinds = ("UDP t1", "SCTP t2", "TLS t3", "UNKNOWN t4", "TCP t5")
    more = "".join(f"\r\nVia: SIP/2.0/{kind}.example.com;branch=z9hG4bK-{kind[-2:]}{tag}" for kind in kinds)
    yield Torture("transports", "3.1.1.10", UNDERSTOOD, make.message("transports", via=make.via("transports") + more))
    parts = (
        "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nHello\r\n"
        "--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        + bytes(range(256)).decode("ascii", "surrogateescape")
        + "\r\n--7a9cbec02ceef655--\r\n"
    )
    raw = parts.encode("utf-8", "surrogateescape")
    yield Torture(
        "mpart01",
        "3.1.1.11",
        UNDERSTOOD,
        make.message(
            "mpart01",
            "MESSAGE",
            body=parts,
            length=len(raw),
            without=("contact",),
            type="Content-Type: multipart/mixed;boundary=7a9cbec02ceef655",
            more=("Route: <sip:127.0.0.1:9>", f"Identity: {'r5mwreLuyDRY' * 14}=", "Content-Transfer-Encoding: binary"),
        ),
    )
    phrase = "200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e \u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u043e \u0434\u0435\u0432\u044f\u0442\u044c - \u043f\u0440\u043e\u0441\u0442\u043e\u0435"
    yield Torture("unreason", "3.1.1.12", SILENT, make.response("unreason", phrase, body=SDP))
    yield Torture("noreason", "3.1.1.13", SILENT, make.response("noreason", "100 "))


def _invalid(make: Maker) -> Iterator[Torture]:
    """Sections 3.1.2 and 3.2."""
    tag = make.tag
    yield Torture(
        "badinv01",
        "3.1.2.1",
        REFUSED,
        make.invite(
            "badinv01",
            via=f"Via: SIP/2.0/{make.transport} {make.here};;,;,,",
            contact='Contact: "Joe" <sip:joe@example.org>;;;;',
        ),
    )
    yield Torture("clerr", "3.1.2.2", REFUSED, make.invite("clerr", length=9999))
    yield Torture("ncl", "3.1.2.3", REFUSED, make.invite("ncl", length=-999, cseq="CSeq: 0 INVITE"))
    yield Torture(
        "scalar02",
        "3.1.2.4",
        REFUSED,
        make.message(
            "scalar02",
            "REGISTER",
            start="REGISTER sip:example.com SIP/2.0",
            cseq="CSeq: 36893488147419103232 REGISTER",  # 2 ** 65
            max_forwards="Max-Forwards: 300",
            more=(f"Expires: 1{'0' * 100}",),
            contact="Contact: <sip:user@host129.example.com>\r\n  ;expires=280297596632815",
        ),
    )
    yield Torture(
        "scalarlg",
        "3.1.2.5",
        SILENT,
        make.response(
            "scalarlg",
            "503 Service Unavailable",
            cseq="CSeq: 9292394834772304023312 OPTIONS",
            more=("Retry-After: 949302838503028349304023988", 'Warning: 1812 overture "In Progress"'),
        ),
    )
    yield Torture("quotbal", "3.1.2.6", REFUSED, make.invite("quotbal", to='To: "Mr. J. User <sip:j.user@example.com>'))
    late = SDP.replace("t=0 0", "t=3149328700 0")
    for name, section, wanted, start, odd in (
        ("ltgtruri", "3.1.2.7", REFUSED, "INVITE <sip:user@example.com> SIP/2.0",
         {"via": f"Via: SIP/2.0/{make.transport} {make.here}", "body": late}),
        ("lwsruri", "3.1.2.8", REFUSED, "INVITE sip:user@example.com; lr SIP/2.0",
         {"to": f"To: sip:user@example.com;tag=3xfe-{tag}", "cseq": "CSeq: 2130706432 INVITE", "body": late}),
        ("lwsstart", "3.1.2.9", TOLERATED, "INVITE  sip:user@example.com  SIP/2.0", {}),
        ("trws", "3.1.2.10", TOLERATED, "OPTIONS sip:remote-target@example.com SIP/2.0  ", {}),
        ("escruri", "3.1.2.11", TOLERATED, "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0", {}),
    ):  # fmt: skip
        made = make.message(name, start=start) if start.startswith("OPTIONS") else make.invite(name, start=start, **odd)
        yield Torture(name, section, wanted, made)
    yield Torture(
        "baddate", "3.1.2.12", TOLERATED, make.invite("baddate", more=("Date: Fri, 01 Jan 2010 16:00:00 EST",))
    )
    yield Torture(
        "regbadct",
        "3.1.2.13",
        REFUSED,
        make.message(
            "regbadct",
            "REGISTER",
            start="REGISTER sip:example.com SIP/2.0",
            contact="Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        ),
    )
    yield Torture(
        "badaspec",
        "3.1.2.14",
        TOLERATED,
        make.message(
            "badaspec",
            to='To: "Watson, Thomas" < sip:t.watson@example.org >',
            **{"from": f'From: "Bell, Alexander" <sip:a.g.bell@example.com>;tag=43{tag}'},
        ),
    )
    yield Torture(
        "baddn",
        "3.1.2.15",
        TOLERATED,
        make.message(
            "baddn",
            to="To: Watson, Thomas <sip:t.watson@example.org>",
            **{"from": f"From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43{tag}"},
        ),
    )
    yield Torture(
        "badvers",
        "3.1.2.16",
        REFUSED,
        make.message(
            "badvers",
            start="OPTIONS sip:t.watson@example.org SIP/7.0",
            via=f"Via: SIP/7.0/{make.transport} {make.here};branch=z9hG4bK-badvers-{tag}",
        ),
    )
    yield Torture("mismatch01", "3.1.2.17", REFUSED, make.message("mismatch01", cseq="CSeq: 8 INVITE"))
    yield Torture(
        "mismatch02",
        "3.1.2.18",
        REFUSED,
        make.invite(
            "mismatch02",
            start="NEWMETHOD sip:user@example.com SIP/2.0",
            cseq="CSeq: 8 INVITE",
            body=SDP.replace("s=-\r\n", "").replace("t=0 0\r\n", ""),
        ),
    )
    yield Torture("bigcode", "3.1.2.19", SILENT, make.response("bigcode", "4294967301 better not break the receiver"))
    yield Torture(
        "badbranch",
        "3.2.1",
        TOLERATED,
        make.message("badbranch", via=f"Via: SIP/2.0/{make.transport} {make.here};branch=z9hG4bK"),
    )


def _application(make: Maker) -> Iterator[Torture]:
    """Section 3.3."""
    register = "REGISTER sip:example.com SIP/2.0"
    yield Torture(
        "insuf", "3.3.1", REFUSED, make.invite("insuf", without=("call_id", "from", "to", "max_forwards", "contact"))
    )
    yield Torture(
        "unkscm",
        "3.3.2",
        REFUSED,
        make.message("unkscm", start="OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"),
    )
    yield Torture(
        "novelsc", "3.3.3", REFUSED, make.message("novelsc", start="OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0")
    )
    yield Torture(
        "unksm2",
        "3.3.4",
        UNDERSTOOD,
        make.message(
            "unksm2",
            "REGISTER",
            start=register,
            to="To: isbn:2983792873",
            contact="Contact: <name:John_Smith>",
            **{"from": f"From: <http://www.example.com>;tag=32{make.tag}"},
        ),
    )
    yield Torture(
        "bext01",
        "3.3.5",
        REFUSED,
        make.message(
            "bext01",
            more=(
                "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis",
                "Require: nothingSupportsThis, nothingSupportsThisEither",
            ),
        ),
    )
    yield Torture(
        "invut",
        "3.3.6",
        REFUSED,
        make.invite(
            "invut",
            body='<audio>\r\n <pcmu port="443"/>\r\n</audio>\r\n',
            type="Content-Type: application/unknownformat",
        ),
    )
    # PJSIP can't read credentials of a scheme that it does not know: it drops what it can't read.
    yield Torture(
        "regaut01",
        "3.3.7",
        REFUSED,
        make.message(
            "regaut01",
            "REGISTER",
            start=register,
            length="Content-Length:0",
            more=("Authorization: NoOneKnowsThisScheme opaque-data=here",),
        ),
    )
    yield Torture(
        "multi01",
        "3.3.8",
        REFUSED,
        make.invite(
            "multi01",
            more=(
                "CSeq: 59 INVITE",
                "Contact: <sip:caller@host36.example.net>",
                f"Call-ID: other.{make.tag}",
                "Max-Forwards: 5",
                "From: <sip:other@example.com>;tag=3413415",
                "To: sip:other@example.net",
            ),
        ),
    )
    yield Torture(
        "mcl01",
        "3.3.9",
        REFUSED,
        make.message(
            "mcl01",
            body="There's no way to know how many octets are supposed to be here.\r\n",
            type="Content-Type: text/plain",
            length=13,
            more=("Content-Length: 5",),
        ),
    )
    yield Torture(
        "bcast",
        "3.3.10",
        SILENT,
        make.response(
            "bcast",
            "200 OK",
            via=f"Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324{make.tag}\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber{make.tag}",
            body=SDP,
        ),
    )
    yield Torture("zeromf", "3.3.11", UNDERSTOOD, make.message("zeromf", max_forwards="Max-Forwards: 0"))
    for name, section, contact in (  # the last in short forms
        ("cparam01", "3.3.12", "Contact: sip:+19725552222@gw1.example.net;unknownparam"),
        ("cparam02", "3.3.13", "Contact: <sip:+19725552222@gw1.example.net;unknownparam>"),
        ("regescrt", "3.3.14", "M: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
    ):
        yield Torture(name, section, UNDERSTOOD, make.message(name, "REGISTER", start=register, contact=contact))
    yield Torture("sdp01", "3.3.15", UNDERSTOOD, make.invite("sdp01", more=("Accept: text/nobodyKnowsThis",)))
