import pytest
from prometheus_client.parser import text_string_to_metric_families

from runtime.agent import DialogState
from runtime.capacity import Measured, State
from runtime.events import Replied, Said, UserSaid
from runtime.metrics import Metrics

pytestmark = pytest.mark.unit


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_conversations_are_counted_by_channel_and_outcome():
    metrics = Metrics()
    metrics.conversation_began("phone")
    metrics.conversation_began("phone")
    metrics.conversation_ended("phone", "goodbye")
    assert value(metrics, "mostrador_conversations_active", channel="phone") == 1
    assert value(metrics, "mostrador_conversations_total", channel="phone", outcome="goodbye") == 1


def test_an_events_timings_are_observed():
    metrics = Metrics()
    replied = Replied(
        intent="hours",
        why="router .91",
        confidence=0.9,
        messages=(),
        action="go_on",
        state=DialogState(),
        timings={"plan": 0.02, "commit": 0.001},
    )
    for event in (UserSaid(text="hola", language="es"), replied, Said(text="hola", timings={"first_sound": 0.3})):
        metrics.event(event)
    assert value(metrics, "mostrador_turns_total", form="spoken") == 1
    assert value(metrics, "mostrador_intents_total", intent="hours") == 1
    for stage in ("plan", "commit", "first_sound"):
        assert value(metrics, "mostrador_stage_seconds_count", stage=stage) == 1
    assert value(metrics, "mostrador_stage_seconds_sum", stage="first_sound") == pytest.approx(0.3)


def test_what_the_device_carries_is_shown_and_every_turn_told():
    turns = []
    metrics = Metrics(turned=lambda: turns.append(1))
    metrics.event(UserSaid(text="hola", language="es"))
    metrics.event(Said(text="hola"))
    metrics.capacity(State(Measured(0.7, 8.0), conversations=2, carries=5, load=0.175))
    metrics.waited("stt", 0.2)
    assert len(turns) == 1
    assert value(metrics, "mostrador_capacity_conversations") == 5
    assert value(metrics, "mostrador_load_ratio") == pytest.approx(0.175)
    assert value(metrics, "mostrador_turn_cost_seconds") == pytest.approx(0.7)
    assert value(metrics, "mostrador_queue_seconds_count", stage="stt") == 1


def test_what_is_turned_away_on_the_sip_port_is_counted_from_zero():
    metrics = Metrics()
    metrics.unwanted("rate")
    assert value(metrics, "mostrador_sip_unwanted_total", why="rate") == 1
    assert value(metrics, "mostrador_sip_unwanted_total", why="malformed") == 0


def test_what_goes_wrong_is_counted():
    metrics = Metrics()
    metrics.failed("stt.timeout")
    metrics.dropped("inbox", 3)
    metrics.interrupted()
    metrics.refused("kiosk")
    metrics.lag(0.004)
    assert value(metrics, "mostrador_failures_total", code="stt.timeout") == 1
    assert value(metrics, "mostrador_dropped_total", queue="inbox") == 3
    assert value(metrics, "mostrador_interruptions_total") == 1
    assert value(metrics, "mostrador_refused_total", channel="kiosk") == 1
    assert value(metrics, "mostrador_loop_lag_seconds_bucket", le="0.005") == 1


def test_the_page_parses_and_holds_this_process_memory():
    families = {family.name: family for family in text_string_to_metric_families(Metrics().render().decode())}
    assert families["process_resident_memory_bytes"].samples[0].value > 1e6


def test_two_devices_in_one_process_do_not_mix():
    one, other = Metrics(), Metrics()
    one.interrupted()
    assert value(other, "mostrador_interruptions_total") == 0
