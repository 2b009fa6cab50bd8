"""The retail pack with one flow that asks for one slot of any type, reads it back and keeps it."""

import shutil
from pathlib import Path

import models.sectors

ABOUT_SLOTS = {
    "es": {
        "toy.ask": ["¿Qué valor apunto?", "Dígamelo de otra manera, por favor.", "Una vez más, por favor."],
        "toy.refused": ["De acuerdo, no apunto nada."],
        "toy.done": ["Apuntado."],
        "moment_time": ["{held:moment}, ¿a qué hora?"],
        "moment_day": ["¿Qué día, {held:moment}?"],
        "wrong.no_such_day": ["Ese día no existe o no cae en ese día de la semana."],
        "wrong.day_gone": ["Ese día ya ha pasado."],
        "wrong.day_to_come": ["Ese día todavía no ha llegado."],
        "wrong.out_of_range": ["Tiene que estar entre {least} y {most}."],
        "code_more": ["Tengo {held}. ¿Qué falta?"],
        "email_more": ["Tengo {held}. ¿Y lo que va detrás de la arroba?"],
        "wrong.code_shape": ["Ese código no tiene la forma de los nuestros."],
        "wrong.check_digit": ["Algo no cuadra: la letra o el dígito de control no corresponde."],
        "wrong.identifier_shape": ["Eso no tiene la forma de ese documento."],
        "wrong.no_such_phone": ["Ese teléfono no existe."],
        "wrong.no_such_postcode": ["Ese código postal no existe."],
        "wrong.email_shape": ["A esa dirección le falta algo."],
        "wrong.too_long": ["Es demasiado largo."],
    },
    "en": {
        "toy.ask": ["What shall I write down?", "Please say it in another way.", "Once more, please."],
        "toy.refused": ["All right, I write nothing down."],
        "toy.done": ["Written down."],
        "moment_time": ["{held:moment}, at what time?"],
        "moment_day": ["Which day, {held:moment}?"],
        "wrong.no_such_day": ["That day does not exist, or is another day of the week."],
        "wrong.day_gone": ["That day has passed."],
        "wrong.day_to_come": ["That day is yet to come."],
        "wrong.out_of_range": ["It has to be between {least} and {most}."],
        "code_more": ["I have {held}. What is missing?"],
        "email_more": ["I have {held}. And what comes after the at?"],
        "wrong.code_shape": ["That code does not look like ours."],
        "wrong.check_digit": ["Something does not add up: the check digit is another one."],
        "wrong.identifier_shape": ["That does not look like that document."],
        "wrong.no_such_phone": ["There is no such telephone number."],
        "wrong.no_such_postcode": ["There is no such postcode."],
        "wrong.email_shape": ["Something is missing in that address."],
        "wrong.too_long": ["That is too long."],
    },
}
FLOW = """intents = ["store_address"]

{slots}
{asks}
[[steps]]
id = "sure"
confirm = "toy.confirm"
refused = "toy.refused"

[[steps]]
call = "write_down"
arguments = {{ {arguments} }}
into = "result"

[[steps]]
say = "toy.done"
"""
TOOL = """

class Written(TypedDict):
    outcome: Literal["done"]


def write_down(db: sqlite3.Connection, today: date, {parameters}) -> Written:
    db.execute("INSERT INTO written VALUES (?)", ("|".join(str(each) for each in [{names}]),))
    return Written(outcome="done")
"""


def slot_pack(folder: Path, slots: dict[str, tuple[str, str]]) -> Path:
    """Made in `folder`/toy. `slots`: name → (TOML of the slot without `ask`, kind in which it is read back)."""
    pack = Path(shutil.copytree(Path(models.sectors.__file__).parent / "retail", folder / "toy"))
    flow = FLOW.format(
        slots="\n".join(f'[slots.{name}]\nask = "toy.ask"\n{toml}\n' for name, (toml, _) in slots.items()),
        asks="\n".join(f'[[steps]]\nask = "{name}"\n' for name in slots),
        arguments=", ".join(f'{name} = "${name}"' for name in slots),
    )
    (pack / "flows" / "address.toml").write_text(flow, "utf-8")
    said = ", ".join(f"{{{name}{':' if kind else ''}{kind}}}" for name, (_, kind) in slots.items())
    for language, phrases in ABOUT_SLOTS.items():
        path = pack / "phrases" / f"{language}.toml"
        text = path.read_text("utf-8")
        new = {
            code: variants for code, variants in phrases.items() if f'"{code}"' not in text and f"{code} =" not in text
        }
        lines = [f'"{code}" = {list_of(variants)}' for code, variants in {**new, "toy.confirm": [f"✓ {said}?"]}.items()]
        path.write_text(text.replace("go_ahead =", "\n".join([*lines, "go_ahead ="]), 1), "utf-8")
    tools = pack / "tools.py"
    text = tools.read_text("utf-8").replace("ACTS = (", 'ACTS = ("write_down", ', 1)
    parameters = ", ".join(f"{name}: str | int" for name in slots)
    tools.write_text(text + TOOL.format(parameters=parameters, names=", ".join(slots)), "utf-8")
    schema = pack / "data" / "schema.sql"
    schema.write_text(schema.read_text("utf-8") + "\nCREATE TABLE written (value TEXT NOT NULL);\n", "utf-8")
    return pack


def list_of(variants: list[str]) -> str:
    return "[" + ", ".join(f'"{variant}"' for variant in variants) + "]"
