"""Who the customer is: nothing is told or done below the level that a flow states. On the real embedder."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import AgentError, PackError
from runtime.agent import ANONYMOUS, DialogState, Effect, Expect, Frame, Heard, Identity, Plan
from runtime.agent.briefing import Story
from runtime.agent.database import Database
from runtime.agent.ledger import last_deed
from runtime.agent.pack import Pack, load_pack
from runtime.agent.pins import Pins
from runtime.agent.planner import Agent
from runtime.agent.route import Judge
from runtime.commands.pack import app
from runtime.events import Replied, encode
from tests.agent.conversation import TUESDAY
from tests.identity_pack import CUSTOMER, OTHER, PIN, identity_pack

pytestmark = pytest.mark.engine

ASK = "what is your address?"
"""Which leads to the account here."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_pack(identity_pack(tmp_path_factory.mktemp("packs")))


@pytest.fixture
def store(bank: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "bank.db", bank)
    made.prepare(TUESDAY)
    return made


class Call:
    """One conversation, in words and keys."""

    def __init__(self, agent: Agent, identity: str) -> None:
        self.agent, self.identity = agent, identity
        self.state = DialogState()
        self.plan: Plan | None = None
        self.action = ""
        self.written = b""

    def _turn(self, heard: Heard) -> str:
        self.plan = self.agent.plan(self.state, heard, self.identity)
        reply, self.state = self.agent.commit(self.plan, self.identity)
        self.action = reply.action
        effects = tuple(f"{effect.tool}:{effect.key}" for effect in self.plan.effects)
        self.written += encode(
            Replied(
                intent=self.plan.intent, why=self.plan.why, confidence=1.0, messages=reply.messages,
                action=reply.action, state=self.state, effects=effects,
            )
        )  # fmt: skip
        return " ".join(message.text for message in reply.messages)

    def say(self, text: str) -> str:
        return self._turn(Heard(text, "en"))

    def key(self, pin: str) -> str:
        return self._turn(Heard("••••", "en", spoken=False, token=self.agent.keep(memoryview(pin.encode()))))

    def code(self) -> str:
        with self.agent.database.reading() as db:
            return str(db.execute("SELECT body FROM outbox ORDER BY id DESC").fetchone()[0])[-6:]

    def claimed(self) -> "Call":
        self.say(ASK)
        self.say(CUSTOMER)
        return self

    def verified(self) -> "Call":
        self.claimed().say("by PIN")
        self.key(PIN)
        identity = self.state.identity
        assert (identity.level, identity.customer, identity.how) == ("verified", CUSTOMER, "pin")
        return self


class Clock:
    now = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(bank: Pack, store: Database, judge: Judge, clock: Clock) -> Callable[[str], Call]:
    agent = Agent(bank, store, judge, lambda: TUESDAY, now=lambda: clock.now)
    return lambda identity: Call(agent, identity)


def test_a_flow_waits_until_it_is_known_who_asks(ring: Callable[[str], Call]) -> None:
    call = ring("c1")
    assert call.say(ASK) == "Who are you, in four digits?"
    assert call.state.identity == ANONYMOUS
    assert "By PIN or code?" in call.say("two zero zero one")
    assert call.state.identity == Identity("claimed", CUSTOMER)
    assert "Key in your PIN" in call.say("the PIN")
    assert call.state.expect.keeper == "pack"
    said = call.key(PIN)
    assert "Ada Lovelace" in said
    assert call.state.identity == Identity("verified", CUSTOMER, "pin")
    assert call.say("no") == "It stays."
    assert "Ada Lovelace" in call.say(ASK), "asked once, not again"


def test_a_code_by_message_is_good_once(ring: Callable[[str], Call]) -> None:
    call = ring("c1").claimed()
    assert "sent a code" in call.say("code")
    code = call.code()
    assert "Ada Lovelace" in call.say(code)
    again = ring("c2").claimed()
    again.agent.database.check(  # what has been used is worth nothing, even before a new one is sent
        Effect("find_customer", {}, "k", check=True), {}, {"number": CUSTOMER}
    )
    again.say("code")
    assert "not right" in again.say(code)
    assert "Ada Lovelace" in again.say(again.code())


def test_a_code_expires(ring: Callable[[str], Call], clock: Clock) -> None:
    call = ring("c1").claimed()
    call.say("code")
    clock.now += 301
    assert "not right" in call.say(call.code())
    assert call.state.identity.level == "claimed"


def test_three_failures_lead_to_a_person(ring: Callable[[str], Call]) -> None:
    call = ring("c1")
    call.say(ASK)
    assert "Nobody has that number" in call.say("1111")
    assert "Nobody has that number" in call.say("1112")
    assert call.say("1113") == "I could not make sure who you are."
    assert call.action == "to_person"
    assert call.say(ASK) == "I could not make sure who you are.", "and no more tries if nobody takes the call"
    assert call.action == "to_person"


def test_who_is_let_in_gets_no_new_guesses(ring: Callable[[str], Call]) -> None:
    """Failures stay counted: somebody with an account of their own can't try the numbers of others in between."""
    call = ring("c1")
    call.say(ASK)
    call.say("1111")
    call.verified()
    assert call.state.identity.failures == 1
    call.say("No, I'm someone else")
    call.say("1112")
    assert call.say("1113") == "I could not make sure who you are."
    assert call.action == "to_person"


def test_failures_outlive_the_call(ring: Callable[[str], Call], clock: Clock) -> None:
    for number in ("c1", "c2"):
        call = ring(number).claimed()
        call.say("PIN")
        assert "not right" in call.key("0000")
    call = ring("c3").claimed()
    call.say("PIN")
    assert "locked" in call.key("0000")
    assert call.action == "to_person"
    call = ring("c4").claimed()
    call.say("PIN")
    assert "locked" in call.key(PIN), "the right one does not help any more"
    call = ring("c5").claimed()
    assert "cannot send" in call.say("code"), "nor does another way"
    clock.now += 24 * 3600
    assert ring("c6").verified().state.identity.level == "verified"


def test_a_person_lets_them_in_from_the_command_line(
    ring: Callable[[str], Call], bank: Pack, store: Database, tmp_path: Path
) -> None:
    for number in ("c1", "c2", "c3"):
        call = ring(number).claimed()
        call.say("PIN")
        call.key("0000")
    config = tmp_path / "device.toml"
    config.write_text(f'[agent]\npack = "{bank.folder}"\ndatabase = "{store.path}"\n', "utf-8")
    done = CliRunner().invoke(app, ["unlock", CUSTOMER, "--config", str(config)])
    assert (done.exit_code, "3 failures" in done.stdout) == (0, True)
    assert ring("c4").verified().state.identity.level == "verified"
    again = CliRunner().invoke(app, ["unlock", CUSTOMER, "--config", str(config)])
    assert (again.exit_code, "nothing is changed" in again.stderr) == (1, True)


def test_the_digits_are_written_nowhere(ring: Callable[[str], Call], tmp_path: Path) -> None:
    before = bytes_in(tmp_path)
    wrong = next(digits for digits in ("8642", "7531", "5297", "6183") if digits.encode() not in before)
    assert PIN.encode() not in before
    call = ring("c1").claimed()
    call.say("PIN")
    call.key(wrong)
    call.key(PIN)
    assert "is closed" in call.say("yes")
    kept = bytes_in(tmp_path)
    for digits in (PIN, wrong):
        assert digits.encode() not in call.written
        assert digits.encode() not in kept
        assert digits not in repr(call.state)
        assert digits not in repr(call.plan)
    with call.agent.database.reading() as db:
        assert db.execute("SELECT tool, arguments FROM effects").fetchall() == [("close_account", "{}")]


def bytes_in(folder: Path) -> bytes:
    """All of the database: its pages, those that are free, its log."""
    return b"".join(path.read_bytes() for path in folder.glob("bank.db*"))


def test_a_code_is_in_no_byte_of_the_database(bank: Pack, store: Database, judge: Judge, tmp_path: Path) -> None:
    sent: list[str] = []

    def deliver(db: object, recipient: str, text: str) -> bool:
        sent.append(text[-6:])
        return True

    call = Call(Agent(bank, store, judge, lambda: TUESDAY, deliver=deliver), "c1").claimed()
    call.say("code")
    assert "Ada Lovelace" in call.say(sent[0])
    assert "is closed" in call.say("yes")
    for digits in sent:
        assert digits.encode() not in bytes_in(tmp_path)


def test_a_code_in_the_outbox_is_wiped_with_its_row(
    ring: Callable[[str], Call], store: Database, tmp_path: Path
) -> None:
    """The table is for demonstrations; what is deleted from it leaves no bytes behind."""
    with closing(sqlite3.connect(store.path)) as db:
        db.execute("INSERT INTO outbox (made, recipient, body) VALUES (0, '600', 'Your code is 918273')")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"918273" in bytes_in(tmp_path)
    ring("c1").claimed().say("code")
    with closing(sqlite3.connect(store.path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"918273" not in bytes_in(tmp_path)


def test_nobody_says_a_pin(ring: Callable[[str], Call]) -> None:
    call = ring("c1").claimed()
    call.say("PIN")
    assert "your PIN" in call.say("four zero seven one")
    assert call.state.identity.level == "claimed"


def test_somebody_else_begins_anew(ring: Callable[[str], Call]) -> None:
    call = ring("c1").verified()
    said = call.say("No, I'm someone else")
    assert "forgotten who you were" in said
    assert "Who are you" in said, "what was open goes on, for whoever it is now"
    assert call.state.identity == ANONYMOUS
    assert "Ada" not in repr(call.state)
    call.say(OTHER)
    assert call.state.identity == Identity("claimed", OTHER)


def test_what_was_done_for_one_is_not_taken_back_by_another(ring: Callable[[str], Call]) -> None:
    call = ring("c1").verified()
    call.say("yes")
    with call.agent.database.reading() as db:
        deed = last_deed(db, "c1", CUSTOMER)
        assert deed is not None
        assert deed.tool == "close_account"
        assert last_deed(db, "c1", "") is None
        assert last_deed(db, "c1", OTHER) is None
    call.say("that's not me")
    assert call.say("undo that") == call.agent.phrase("undo_nothing", "en")


@pytest.mark.parametrize(
    "text",
    ["no, soy otra persona", "ese no soy yo", "yo no soy el titular", "that's not me", "this is someone else now",
     "le paso con mi marido", "I'll put my wife on"],
)  # fmt: skip
def test_words_of_somebody_else(ring: Callable[[str], Call], text: str) -> None:
    call = ring("c1").claimed()
    call.say(text)
    assert call.state.identity == ANONYMOUS


@pytest.mark.parametrize(
    "text", ["no soy yo quien ha hecho ese cargo", "it's not me who made that charge", "le paso los datos"]
)
def test_words_of_the_same_customer(ring: Callable[[str], Call], text: str) -> None:
    call = ring("c1").claimed()
    call.say(text)
    assert call.state.identity == Identity("claimed", CUSTOMER)


def test_a_question_in_between_and_the_same_wish_again(ring: Callable[[str], Call]) -> None:
    call = ring("c1")
    call.say(ASK)
    said = call.say("what time do you open tomorrow?")
    assert "Who are you" in said or "four digits" in said
    assert "four digits" in call.say(ASK)
    assert [frame.flow for frame in call.state.stack] == ["address", "verify", "identify"]
    call.say(CUSTOMER)
    call.say("PIN")
    assert call.key(PIN).count("Ada Lovelace") == 1


def test_giving_up_tells_nothing(ring: Callable[[str], Call]) -> None:
    call = ring("c1").claimed()
    assert "Ada" not in call.say("cancel")
    assert call.state.stack == ()


def test_digits_that_nobody_holds_any_more_are_asked_for_again(ring: Callable[[str], Call]) -> None:
    call = ring("c1").claimed()
    call.say("PIN")
    with pytest.raises(AgentError, match="ask for them again"):
        call._turn(Heard("••••", "en", token="pin-gone"))
    assert "Ada Lovelace" in call.key(PIN)


def test_a_person_is_told_how_surely_they_are_known(ring: Callable[[str], Call], bank: Pack) -> None:
    call = ring("c1").verified()
    call.say("I want to talk to a person")
    story = Story().after("address", call.state, ())
    assert call.agent.brief(story, "en")[-1] == "They are 2001, verified by PIN."
    claimed = Story(identity=Identity("claimed", OTHER))
    assert call.agent.brief(claimed, "en")[-1] == "They say that they are 2002."


def test_no_tool_gets_a_customer_that_nobody_is(ring: Callable[[str], Call]) -> None:
    call = ring("c1")
    call.state = DialogState((Frame("address", "2", {}),), Expect("yes_no"))  # a stack that no turn leads to
    assert "Who are you" in call.say("yes")
    plan = Plan(
        Heard("yes", "en"),
        "x",
        1.0,
        "",
        (Effect("close_account", {}, "k"),),
        None,
        DialogState((Frame("address", "3"),)),
    )
    with pytest.raises(AgentError, match="nobody has said who they are"):
        call.agent.commit(plan, "c1")


def test_a_check_writes_nothing_but_its_own(bank: Pack, store: Database, tmp_path: Path) -> None:
    effect = Effect("close_account", {}, "k", check=True)
    with pytest.raises(AgentError, match="in CHECKS"):
        store.check(effect, {"customer": CUSTOMER}, {})
    with store.reading() as db:
        assert db.execute("SELECT sum(closed) FROM customers").fetchone() == (0,)


def test_pins_are_opened_once_and_wiped() -> None:
    pins = Pins()
    token = pins.keep(memoryview(PIN.encode()))
    with pins.opened(token) as digits:
        assert bytes(digits) == PIN.encode()
        memory = digits.obj
    assert memory == bytearray(4)
    with pytest.raises(AgentError), pins.opened(token):
        pass
    assert PIN not in repr(pins)


# ruff: noqa: E501 - one mistake a line
MISTAKES = [
    ("flows/address.toml", 'level = "verified"\n', "", "takes `customer`: the flow needs `level`"),
    ("flows/address.toml", 'call = "account"\n', 'call = "account"\narguments = { customer = "2001" }\n', "gets `customer` from the agent"),
    ("flows/address.toml", 'call = "account"\n', 'call = "send_code"\ninto = "x"\n\n[[steps]]\ncall = "account"\n', "only a flow that [identity] names"),
    ("flows/verify.toml", 'level = "claimed"\n', "", "takes `customer`"),
    ("flows/verify.toml", 'how = "pin"', 'how = "eyes"', "brief.verified.eyes"),
    ("flows/verify.toml", 'say = "pin.wrong"', 'say = "pin.said"', "says the secret {pin}"),
    ("flows/verify.toml", 'say = "pin.wrong"', 'call = "find_customer"\ninto = "x"\narguments = { number = "$pin" }', "takes the PIN $pin"),
    ("flows/identify.toml", 'reaches = "claimed"', 'reaches = "verified"', "no step of flow"),
    ("flows/identify.toml", 'identify = "find_customer"', 'identify = "account"', "must return an `outcome`"),
    ("pack.toml", 'claimed = "identify"\n', "", "does not name this flow for claimed"),
    ("pack.toml", 'claimed = "identify"', 'claimed = "identity"', "there is no flow 'identity'"),
    ("phrases/en.toml", '"identity.dropped"', '"identity.lost"', "identity.dropped"),
    ("tools.py", 'CHECKS = ("check_pin"', 'CHECKS = ("check_fin"', "check_fin"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "names"), MISTAKES, ids=[f"{m[0]}-{m[3]}" for m in MISTAKES])
def test_a_pack_that_would_tell_anybody_is_refused(tmp_path: Path, name: str, old: str, new: str, names: str) -> None:
    pack = identity_pack(tmp_path)
    file = pack / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    for language in ("es", "en"):
        phrases = pack / "phrases" / f"{language}.toml"
        phrases.write_text(
            phrases.read_text("utf-8").replace("go_ahead =", '"pin.said" = ["{pin}"]\ngo_ahead =', 1), "utf-8"
        )
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert names in caught.value.message
    assert str(pack) in caught.value.message
    assert ":" in caught.value.message.removeprefix(str(pack))
