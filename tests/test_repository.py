"""What the repository says about itself is so: locks, layers, documents, what the wheel holds."""

import ast
import re
import subprocess
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import msgspec
import pytest
import typer

from runtime import config

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NEEDED_BY_LLAMA = {"diskcache", "jinja2", "typing-extensions"}
TEXTS = {".py", ".md", ".toml", ".txt", ".in", ".lock", ".sh", ".cmake", ".i", ".h", ".hpp", ".js", ".css", ".html", ""}


def sources() -> list[Path]:
    """Every text file that belongs to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in TEXTS and path.is_file()]


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ \n]+)", lock.read_text("utf-8"), re.MULTILINE))


def wanted(name: str) -> set[str]:
    """The packages that a requirements file names itself."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    return {normal(re.split(r"[=<>\[ ]", line)[0]) for line in lines if line and line[0] not in "#-"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_pin_by_hash_and_name_no_host(lock):
    text = lock.read_text("utf-8")
    for forbidden in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", "file:", " @ "):
        assert forbidden not in text
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", ["app", "dev", "build", "native", "fallback"])
def test_every_requirement_is_locked(name):
    locked = set(pins(ROOT / "requirements" / f"{name}.lock"))
    assert wanted(name) <= locked


def test_the_locks_agree():
    app, dev = (pins(ROOT / "requirements" / f"{name}.lock") for name in ("app", "dev"))
    assert {name: version for name, version in dev.items() if name in app} == app


def test_the_wheel_asks_for_what_the_lock_pins():
    asked = {normal(re.split(r"[=<>\[]", line)[0]) for line in PROJECT["project"]["dependencies"]}
    assert asked == (wanted("app") | wanted("native")) - NEEDED_BY_LLAMA


def test_every_dependency_has_its_line_and_every_line_its_dependency():
    tables = (ROOT / "docs/dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+)\| ([^|]+)\| ([^|]+)\|", tables, re.MULTILINE)
    told = {name for name, *_ in rows if name != "package"}
    assert told == set().union(*(wanted(name) for name in ("app", "dev", "build", "native", "fallback")))
    assert all(cell.strip() for row in rows for cell in row)


def test_every_debian_package_has_its_line():
    script = (ROOT / "setup/packages.sh").read_text("utf-8")
    installed = set(" ".join(re.findall(r'^(?:run|test|pbx)="([^"]*)"', script, re.MULTILINE)).split())
    section = (ROOT / "docs/dependencies.md").read_text("utf-8").split("## Debian packages")[1]
    told = {name for cell in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for name in cell.split(", ")}
    assert installed
    assert installed == told - {"to run", "for tests", "---"}


def imported(room: str) -> set[str]:
    """The distributions that a room's modules import, also lazily."""
    of_module = metadata.packages_distributions()
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Import(names=names):
                    found |= {name.name.split(".")[0] for name in names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module.split(".")[0])
    return {normal(name) for module in found for name in of_module.get(module, [])} - {"mostrador"}


def optional() -> set[str]:
    """What the extras name; the lock for tests has it too."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    names = {normal(re.split(r"[<>=]", line)[0]) for lines in extras.values() for line in lines}
    assert names <= wanted("dev")
    return names


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    used = set().union(*(imported(room) for room in ROOMS))
    declared = wanted("app") | wanted("native")
    assert used - {"mostrador-pjsua2", "pjsua2-python"} - optional() <= declared
    assert declared - used <= NEEDED_BY_LLAMA | {"websockets"}  # uvicorn loads it by name
    assert imported("tests") - {"mostrador-pjsua2", "pjsua2-python"} <= declared | wanted("dev")


def test_no_path_of_somebodys_machine():
    homes = re.compile(r"/(?:work|root|home/[a-z]+|Users/[a-zA-Z]+|opt/(?:pypi|wheels))/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if homes.search(line)
    ]
    assert not found


def test_the_layers_cover_every_room():
    linter = PROJECT["tool"]["importlinter"]
    assert sorted(linter["root_packages"]) == sorted(ROOMS)
    [contract] = [contract for contract in linter["contracts"] if contract["type"] == "layers"]
    assert contract["layers"] == ["runtime", "telephony | hardware", "models | voice", "core"]
    assert sorted(PROJECT["tool"]["mypy"]["packages"]) == sorted(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room):
    assert (ROOT / room / "__init__.py").read_text("utf-8").startswith('"""')


def test_every_test_module_declares_its_kind():
    kinds = {marker.split(":")[0] for marker in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    modules = list((ROOT / "tests").rglob("test_*.py"))
    declared = re.compile(r"^pytestmark = .*pytest\.mark\.(" + "|".join(kinds) + r")\b", re.MULTILINE | re.DOTALL)
    assert not [path.name for path in modules if not declared.search(path.read_text("utf-8"))]
    names = [path.name for path in modules]
    assert len(names) == len(set(names))


def test_the_wheel_holds_all_of_the_rooms(tmp_path):
    """Also what is no Python: pages, packs, catalogs, the C++ of the telephone."""
    from hatchling.builders.wheel import WheelBuilder

    [built] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    inside = {name for name in zipfile.ZipFile(built).namelist() if ".dist-info/" not in name}
    ignored = {".pyc", ".so"}
    wanted_files = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix not in ignored and "telephony/native/build/" not in str(path)
    }
    assert inside == wanted_files
    assert not [name for name in inside if name.endswith((".onnx", ".gguf", ".bin"))]  # weights have a store


def test_the_changelog_knows_this_version():
    assert f"## [{PROJECT['project']['version']}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_documented_settings_are_the_defaults():
    text = (ROOT / "docs/configuration.md").read_text("utf-8")
    block, number = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert config.parse(number).sip.numbers == (config.Number("+34911000222"),)
    assert set(tomllib.loads(number)["sip"]["numbers"][0]) == set(config.Number.__struct_fields__)
    assert config.parse(block, "docs/configuration.md") == config.Settings()
    assert list(keys(tomllib.loads(block))) == list(keys(msgspec.to_builtins(config.Settings())))


def test_every_setting_of_an_account_is_documented_with_its_default():
    section = (
        (ROOT / "docs/configuration.md").read_text("utf-8").split("## Accounts of the telephone")[1].split("\n## ")[0]
    )
    documented = dict(re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\|", section, re.MULTILINE))
    account = config.SipAccount(name="pbx", server="pbx.example")
    fields = msgspec.to_builtins(account)
    assert list(documented) == list(fields)
    for name, default in documented.items():
        if default:
            given = msgspec.convert(
                {"name": "pbx", "server": "pbx.example", **tomllib.loads(f"{name} = {default}")}, config.SipAccount
            )
            assert given == account, name


def keys(table: dict, prefix: str = "") -> list[str]:
    """Dotted names of every value, in alphabetical order."""
    found = []
    for key, value in table.items():
        found += keys(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]
    return sorted(found)


def code_of(document: str) -> str:
    text = (ROOT / document).read_text("utf-8")
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/seeing-inside.md", "docs/configuration.md"])
def test_documented_commands_exist(document):
    from runtime.cli import app

    commands = set(typer.main.get_command(app).commands)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    code = code_of(document)
    assert set(re.findall(r"\bmostrador ([a-z]+)", code)) <= commands
    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
    assert not [link for link in links if not (path.parent / link).exists()]


def test_the_readme_names_two_commands_of_set_up():
    start = (ROOT / "README.md").read_text("utf-8").split("## Quick start")[1].split("\n### ")[0]
    [block] = re.findall(r"```sh\n(.*?)```", start, re.DOTALL)
    assert [line.split("#")[0].strip() for line in block.splitlines()] == ["make run", "make test"]


def test_scripts_can_be_run():
    for name in (".ci/run", "setup/packages.sh", "setup/smoke.sh"):
        assert (ROOT / name).stat().st_mode & 0o111, name
