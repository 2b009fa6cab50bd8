import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from runtime.bench.telephone import _answer_times, _successful, scenario

pytestmark = pytest.mark.unit


def test_the_scenario_is_one_that_sipp_can_read() -> None:
    steps = ElementTree.fromstring(scenario(4_000, 500))
    assert [step.tag for step in steps if step.tag != "recv"] == ["send", "send", "pause", "send"]
    texts = [str(step.text) for step in steps if step.tag == "send"]
    assert [text.split()[0] for text in texts] == ["INVITE", "ACK", "BYE"]
    assert "m=audio 4000 RTP/AVP 0" in texts[0]
    assert all("CSeq: " in text and "Content-Length: [len]" in text for text in texts)


def test_what_sipp_wrote_is_read(tmp_path: Path) -> None:
    statistics = tmp_path / "stat.csv"
    assert _successful(statistics) == 0
    statistics.write_text("StartTime;SuccessfulCall(C);FailedCall(C)\n1;0;0\n2;17;3\n")
    assert _successful(statistics) == 17
    (tmp_path / "1_rtt.csv").write_text("Date_ms;response_time_ms;rtd_no\n1;8.5;1\n2;200;1\n")
    assert _answer_times(tmp_path) == [0.0085, 0.2]
