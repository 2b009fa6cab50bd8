"""What the device counts and measures, for Prometheus. No personal data: labels are kinds, stages and codes."""

from collections.abc import Callable
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from runtime.capacity import State
from runtime.events import Event, Handoff, Recorded, Replied, Said, UserSaid
from telephony.accounts import AccountState
from telephony.unwanted import Why

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_LAG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """The counters of one device. Every method is cheap, thread-safe and never raises."""

    def __init__(self, turned: Callable[[], None] = lambda: None) -> None:
        """`turned` is called at each turn of a customer."""
        self._turned = turned
        # Twice the lines, and nobody reads them.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._active = Gauge(
            "mostrador_conversations_active", "Conversations going on now", ["channel"], registry=registry
        )
        self._ended = Counter(
            "mostrador_conversations", "Conversations ended, by how", ["channel", "outcome"], registry=registry
        )
        self._refused = Counter(
            "mostrador_refused", "Customers turned away from a full device", ["channel"], registry=registry
        )
        self._called = Counter(
            "mostrador_callouts", "Calls that the device placed, by what became of them", ["outcome"], registry=registry
        )
        self._unwanted = Counter(
            "mostrador_sip_unwanted", "Calls, messages, connections and sound turned away", ["why"], registry=registry
        )
        for why in get_args(Why):
            self._unwanted.labels(why)
        self._turns = Counter(
            "mostrador_turns", "Turns of customers", ["form"], registry=registry
        )  # form: spoken or typed
        self._intents = Counter("mostrador_intents", "What customers wanted", ["intent"], registry=registry)
        self._stages = Histogram(
            "mostrador_stage_seconds",
            "Time a stage of a turn took",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._interruptions = Counter(
            "mostrador_interruptions", "Replies that the customer interrupted", registry=registry
        )
        self._handoffs = Counter(
            "mostrador_handoffs", "Steps of customers on their way to a person", ["step", "why"], registry=registry
        )
        self._failures = Counter("mostrador_failures", "Stages that failed, by code", ["code"], registry=registry)
        self._dropped = Counter("mostrador_dropped", "What a full queue could not take", ["queue"], registry=registry)
        self._lag = Histogram(
            "mostrador_loop_lag_seconds", "How late the event loop woke", buckets=_LAG, registry=registry
        )
        self._queue = Histogram(
            "mostrador_queue_seconds",
            "Time that live work waited for a model",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._carries = Gauge(
            "mostrador_capacity_conversations", "Conversations that this device carries", registry=registry
        )
        self._load = Gauge("mostrador_load_ratio", "Share of its compute that they ask for now", registry=registry)
        self._cost = Gauge("mostrador_turn_cost_seconds", "Compute that a turn takes", registry=registry)
        self._between = Gauge("mostrador_turn_interval_seconds", "From one turn to the next", registry=registry)
        self._accounts = Gauge(
            "mostrador_sip_account_up",
            "Whether calls can go through an account: 1 or 0",
            ["account"],
            registry=registry,
        )
        self._recorded = Counter("mostrador_recordings", "What became of recordings", ["what"], registry=registry)
        self._recordings = Gauge("mostrador_recordings_bytes", "What recordings take on disk", registry=registry)
        ProcessCollector(registry=registry)  # resident memory, CPU time, open files

    def conversation_began(self, channel: str) -> None:
        self._active.labels(channel).inc()

    def conversation_ended(self, channel: str, outcome: str) -> None:
        self._active.labels(channel).dec()
        self._ended.labels(channel, outcome).inc()

    def refused(self, channel: str) -> None:
        self._refused.labels(channel).inc()

    def called(self, outcome: str) -> None:
        """A call that we placed has ended."""
        self._called.labels(outcome).inc()

    def unwanted(self, why: Why, count: int = 1) -> None:
        """Turned away on the SIP port before it was a call; on the SIP thread."""
        self._unwanted.labels(why).inc(count)

    def stage(self, name: str, seconds: float) -> None:
        """One stage of a turn: pause, stt, plan, commit, first_sound…"""
        self._stages.labels(name).observe(seconds)

    def interrupted(self) -> None:
        self._interruptions.inc()

    def failed(self, code: str) -> None:
        self._failures.labels(code).inc()

    def dropped(self, queue: str, count: int = 1) -> None:
        self._dropped.labels(queue).inc(count)

    def waited(self, stage: str, seconds: float) -> None:
        """In the queue of a model, with a customer waiting."""
        self._queue.labels(stage).observe(seconds)

    def capacity(self, state: State) -> None:
        """What the device thinks that it carries."""
        self._carries.set(state.carries)
        self._load.set(state.load)
        self._cost.set(state.measured.cost)
        self._between.set(state.measured.between)

    def account(self, state: AccountState) -> None:
        """An account of the telephone has changed."""
        self._accounts.labels(state.name).set(state.up)

    def recordings(self, size: int) -> None:
        """Bytes that they take."""
        self._recordings.set(size)

    def lag(self, seconds: float) -> None:
        self._lag.observe(seconds)

    def event(self, event: Event) -> None:
        """Count what an event of a conversation tells, stage timings of the answer included.

        The timings of hearing (pause, stt) are counted where they are heard, by `stage`: not all of it is an event.
        """
        match event:
            case UserSaid():
                self._turns.labels("spoken" if event.spoken else "typed").inc()
                self._turned()
            case Replied():
                self._intents.labels(event.intent).inc()
                self._timed(event.timings)
            case Handoff():
                self._handoffs.labels(event.step, event.why).inc()
            case Said():
                self._timed(event.timings)
            case Recorded():
                self._recorded.labels(event.what).inc()
            case _:
                pass

    def _timed(self, timings: dict[str, float]) -> None:
        for stage, seconds in timings.items():
            self.stage(stage, seconds)

    def render(self) -> bytes:
        """The body of `/metrics`; its content type is `CONTENT_TYPE`."""
        return generate_latest(self.registry)
