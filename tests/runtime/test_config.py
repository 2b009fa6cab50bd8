import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from runtime import config

pytestmark = pytest.mark.unit

SECTIONS = {field.name: field.type for field in msgspec.structs.fields(config.Settings) if field.name != "data"}
KEYS = {name: [field.name for field in msgspec.structs.fields(kind)] for name, kind in SECTIONS.items()}


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, "device.toml")
    return caught.value


def test_defaults_answer_on_loopback():
    settings = config.load()
    assert (settings.sip.host, settings.sip.port) == ("127.0.0.1", 5060)
    assert (settings.kiosk.host, settings.kiosk.port) == ("127.0.0.1", 8080)
    assert settings.agent.pack == "retail"
    assert settings.agent.language == "es"
    assert settings.log.reveal_personal is False
    assert config.parse("") == settings


def test_a_file_changes_only_what_it_names(tmp_path):
    path = tmp_path / "device.toml"
    path.write_text('data = "/srv/counter"\n[sip]\nport = 5070\n[voice.voices]\nen = "joe"\n')
    settings = config.load(path)
    assert settings.sip == msgspec.structs.replace(config.Sip(), port=5070)
    assert settings.voice.voices == {"en": "joe"}
    assert str(settings.data_folder) == "/srv/counter"
    assert settings.kiosk == config.Kiosk()


def test_data_folder_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MOSTRADOR_HOME", str(tmp_path))
    assert config.Settings().data_folder == tmp_path


def test_unknown_key_is_named_with_its_nearest_neighbour():
    error = refusal("[kiosk]\nprot = 8081\n")
    assert error.code == "config.unknown"
    assert "device.toml" in error.message
    assert "kiosk.prot" in error.message
    assert "did you mean kiosk.port?" in error.message
    assert "host" in error.message


def test_unknown_section_is_named():
    assert "did you mean kiosk?" in refusal("[kosk]\nport = 1\n").message


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ('[kiosk]\nport = "8080"', "kiosk.port", "0 to 65535"),
        ("[sip]\nport = 70000", "sip.port", "0 to 65535"),
        ('[agent]\nlanguage = "fr"', "agent.language", "en, es"),
        ("[log]\nreveal_personal = 1", "log.reveal_personal", "true or false"),
        ("[limits]\nstop_seconds = 0", "limits.stop_seconds", "over 0"),
        ('[voice.voices]\nfr = "x"', "voice.voices", "keys of en, es"),
        ("[agent]\npack = ''", "agent.pack", "not empty"),
        ('[kiosk]\nhosts = "counter.lan"', "kiosk.hosts", "a list of texts"),
        ("sip = 5060", "sip", "[sip]"),
        ('[sip.callers]\nallowed = ["10.0.0.1/8"]', "sip.callers.allowed", "write 192.0.2.0/24"),
        ('[sip.callers]\nalgorithms = ["SHA-1"]', "sip.callers.algorithms", ""),
        ("[sip.callers]\nalgorithms = []", "sip.callers.algorithms", "SHA-256, MD5"),
        ("[sip.callers]\nrealm = 'a\"b'", "sip.callers.realm", "leave out"),
        ('[sip]\ncountry = "+34"', "sip.country", "text"),
        ('[sip]\ntransports = ["sctp"]', "sip.transports", "a list of tcp, tls, udp"),
        ("[sip]\ntls = true", "sip.tls", "[sip.tls]"),
    ],
)
def test_wrong_value_names_key_and_what_is_allowed(text, key, allowed):
    error = refusal(text)
    assert error.code == "config.value"
    assert key in error.message
    assert allowed in error.message


def test_every_problem_is_told_at_once():
    message = refusal("[sip]\nprot = 1\nhost = 3\n[kiosk]\nport = -1\n").message
    assert len(message.splitlines()) == 3


def test_missing_file_and_bad_toml_are_told_apart(tmp_path):
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "none.toml")
    assert caught.value.code == "config.missing"
    assert refusal("[sip").code == "config.syntax"
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "latin.toml")
    assert caught.value.code == "config.unreadable"


scalars = st.one_of(st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False), st.text(max_size=12))
names = st.one_of(
    st.sampled_from(sorted({key for keys in KEYS.values() for key in keys})), st.text("abcdeport_", max_size=8)
)


@given(st.sampled_from(sorted(KEYS)), names.filter(bool), scalars)
def test_any_setting_is_either_taken_or_refused_by_name(section, key, value):
    shown = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    literal = msgspec.json.encode(value).decode() if isinstance(value, str) else shown
    text = f"[{section}]\n{key} = {literal}\n"
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert refusal(text).code == "config.syntax"
        return
    try:
        settings = config.parse(text)
    except ConfigError as error:
        assert f"{section}.{key}" in error.message  # noqa: PT017 - either outcome is right, each has its own claim
        if key in KEYS[section]:
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(wanted, config.Settings)
    else:
        assert getattr(getattr(settings, section), key) == value
