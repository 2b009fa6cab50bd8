"""`mostrador callout …`: calls that the device is to place. Works beside the device, or before it is started."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from core.errors import CalloutError

if TYPE_CHECKING:
    from runtime.callouts.book import Book, Kind

app = typer.Typer(
    help="Calls that the device places: ask for one, list them, cancel one, never call somebody again.",
    no_args_is_help=True,
)

out = Console()
err = Console(stderr=True)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="The device's settings (TOML).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

MASKED = "•••"


@app.command()
def add(
    number: Annotated[str, typer.Argument(help="Whom to call: +34…, or a SIP URI.")],
    customer: Annotated[str, typer.Option(help="Who that is, as your own system calls them.")],
    purpose: Annotated[str, typer.Option(help='One word that they agreed to: "delivery".')],
    why: Annotated[str, typer.Option(help="Said to whoever answers: nothing personal.")],
    message: Annotated[str, typer.Option(help="Said once the right person is there.")],
    consent: Annotated[str, typer.Option(help='How their consent is known: "signed form 12".')] = "",
    consent_day: Annotated[str, typer.Option(help="The day of it, 2026-01-31.")] = "",
    consent_purpose: Annotated[
        list[str] | None, typer.Option(help="What it is for, if not just the purpose; may be repeated.")
    ] = None,
    person: Annotated[str, typer.Option(help="Whom to ask for; without it, whoever answers is right.")] = "",
    language: Annotated[str, typer.Option(help="es or en; without it, that of \\[agent].")] = "",
    identity: Annotated[str, typer.Option("--id", help="Asked for twice by one id is asked for once.")] = "",
    zone: Annotated[str, typer.Option(help="Their time zone, if not that of \\[callouts]: America/New_York.")] = "",
    not_before: Annotated[str, typer.Option(help="ISO 8601, by their clock: 2026-11-25T16:00.")] = "",
    expires: Annotated[str, typer.Option(help="… and until when it makes sense.")] = "",
    attempts: Annotated[int, typer.Option(min=0, help="At most; 0: as \\[callouts] says.")] = 0,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Ask for a call. Refused without a consent to just this purpose, or if they must not be called."""
    from runtime.callouts.book import Book, new_id
    from runtime.callouts.request import Consent, Request
    from runtime.callouts.rules import admit, may_call
    from runtime.callouts.setup import book_path, rules_of
    from runtime.config import load
    from telephony.callerid import e164

    settings = load(config)
    rules, now = rules_of(settings), datetime.now(UTC)
    spoken = language or settings.agent.language
    if spoken not in ("es", "en"):
        raise typer.BadParameter(f"{language!r}: es or en", param_hint="--language")
    there = zone or rules.zone
    given = None
    if consent and consent_day:
        given = Consent(tuple(consent_purpose or [purpose]), _moment(consent_day, there, "--consent-day"), consent)
    request = Request(
        identity or new_id(), customer, _number(e164(number, settings.sip.country), settings), purpose, given,
        spoken, why, message, person, added=now.timestamp(),  # type: ignore[arg-type]
        not_before=_moment(not_before, there, "--not-before"), expires=_moment(expires, there, "--expires"),
        zone=zone, attempts=attempts,
    )  # fmt: skip
    admit(now, request)
    book = Book(book_path(settings))
    book.add(request)
    if not settings.callouts.enabled:
        err.print("[yellow]No device places calls yet: set `enabled = true` under \\[callouts]", highlight=False)
    entry = book.entry(request.id)
    assert entry is not None
    _print({"id": request.id, **_said(may_call(now, request, entry.history, rules))}, as_json)


@app.command("list")
def list_(
    config: Config = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show numbers and names.")] = False,
    as_json: Json = False,
) -> None:
    """All calls that were asked for: what has become of each, and when it is called next."""
    from runtime.callouts.book import Book
    from runtime.callouts.rules import may_call
    from runtime.callouts.setup import book_path, rules_of
    from runtime.config import load

    settings = load(config)
    rules, now = rules_of(settings), datetime.now(UTC)
    rows: list[dict[str, Any]] = []
    for entry in Book(book_path(settings)).entries():
        request, history = entry.request, entry.history
        rows.append(
            {
                "id": request.id,
                "customer": request.customer,
                "number": request.number if reveal or not request.number else MASKED,
                "person": request.person if reveal or not request.person else MASKED,
                "purpose": request.purpose,
                "attempts": [
                    {"at": _iso(attempt.began), "outcome": attempt.outcome or "going on"}
                    for attempt in history.attempts
                ],
                **_said(may_call(now, request, history, rules)),
            }
        )
    if as_json:
        sys.stdout.write(msgspec.json.encode(rows).decode() + "\n")
        return
    table = Table("id", "customer", "number", "purpose", "attempts", "next", "")
    for row in rows:
        tried = ", ".join(attempt["outcome"] for attempt in row["attempts"])
        cells = (row["id"], row["customer"], row["number"], row["purpose"], tried, row["next"], row["why"])
        table.add_row(*(str(cell) for cell in cells))
    out.print(table)


@app.command()
def cancel(
    identity: Annotated[str, typer.Argument(metavar="ID")], config: Config = None, as_json: Json = False
) -> None:
    """Call for this no more. What goes on already ends by itself, if it has been answered."""
    from runtime.callouts.book import Book
    from runtime.callouts.setup import book_path
    from runtime.config import load

    if not Book(book_path(load(config))).cancel(identity, datetime.now(UTC)):
        raise CalloutError("callout.unknown", f"nothing is called {identity!r}: see `mostrador callout list`")
    _print({"id": identity, "next": "never", "why": "cancelled"}, as_json)


@app.command()
def block(
    number: Annotated[str, typer.Argument(help="Never to be called again: +34…, or a SIP URI.")] = "",
    customer: Annotated[str, typer.Option(help="… or whoever your own system calls so.")] = "",
    why: Annotated[str, typer.Option(help="How it is known that they want no calls.")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Never call somebody again, whatever is asked for or has been agreed to. Only a hash of a number is kept."""
    book, listed = _listed(number, customer, config)
    for kind, who in listed:
        book.block(kind, who, datetime.now(UTC), why)
    _print({"blocked": _masked(listed)}, as_json)


@app.command()
def unblock(
    number: Annotated[str, typer.Argument(help="May be called again: +34…, or a SIP URI.")] = "",
    customer: Annotated[str, typer.Option(help="… or whoever your own system calls so.")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Take somebody off the list of `block`. A call that was refused meanwhile must be asked for again."""
    book, listed = _listed(number, customer, config)
    gone = [(kind, who) for kind, who in listed if book.unblock(kind, who)]
    if not gone:
        raise CalloutError("callout.unknown", "not on the list: numbers and customers are taken off separately")
    _print({"unblocked": _masked(gone)}, as_json)


@app.command()
def erase(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Whoever your own system calls so.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Remove all that was asked for and tried for a customer. Whoever must not be called stays so."""
    from runtime.callouts.book import Book
    from runtime.callouts.setup import book_path
    from runtime.config import load

    erased = Book(book_path(load(config))).erase(customer)
    if not erased:
        raise CalloutError("callout.unknown", f"nothing was asked for {customer!r}: see `mostrador callout list`")
    _print({"customer": customer, "erased": erased}, as_json)


def _listed(number: str, customer: str, config: Path | None) -> "tuple[Book, list[tuple[Kind, str]]]":
    """The book, and as what its list knows whoever is meant."""
    from runtime.callouts.book import Book
    from runtime.callouts.setup import book_path
    from runtime.config import load
    from telephony.callerid import e164

    if not number and not customer:
        raise typer.BadParameter("a number, or --customer")
    settings = load(config)
    listed: list[tuple[Kind, str]] = [("number", e164(number, settings.sip.country))] if number else []
    listed += [("customer", customer)] if customer else []
    return Book(book_path(settings)), listed


def _masked(listed: "list[tuple[Kind, str]]") -> list[str]:
    return [MASKED if kind == "number" else who for kind, who in listed]


def _number(number: str, settings: Any) -> str:
    """Raises CalloutError where it can't be dialled by what is configured."""
    uri = number.lower().startswith(("sip:", "sips:", "<sip"))
    if not uri and not number.lstrip("+").isdigit():
        raise CalloutError("callout.number", f"{number!r} is no number: write it with its country, +34911234567")
    if not uri and not settings.callouts.account:
        raise CalloutError("callout.account", "numbers are called through an account: set `account` under [callouts]")
    return number


def _moment(text: str, zone: str, option: str) -> float:
    """Unix seconds of a day or a moment by the clock of `zone`; 0 where nothing is given."""
    from runtime.callouts.windows import zone_of

    if not text:
        return 0.0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: write 2026-01-31, or 2026-01-31T16:00", param_hint=option) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone))).timestamp()


def _said(verdict: Any) -> dict[str, str]:
    from runtime.callouts.rules import Never, NotBefore

    match verdict:
        case NotBefore(when=when, why=why):
            return {"next": when.astimezone().isoformat(timespec="seconds"), "why": why}
        case Never(why=why):
            return {"next": "never", "why": why}
        case _:
            return {"next": "now", "why": ""}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().isoformat(timespec="seconds")


def _print(what: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    else:
        out.print("  ".join(f"{name} {value}" for name, value in what.items() if value), highlight=False)
