"""The retail pack with a flow that takes a card number before it tells the store's address."""

import shutil
from pathlib import Path

import models.sectors

ASK = {
    "es": '["Marque el número de su tarjeta y termine con almohadilla.", "Márquelo otra vez, por favor."]',
    "en": '["Please key in the number of your card and end with hash.", "Please key it in once more."]',
}


def paying_pack(folder: Path) -> Path:
    """Made in `folder`/paying."""
    pack = Path(shutil.copytree(Path(models.sectors.__file__).parent / "retail", folder / "paying"))
    flow = pack / "flows" / "address.toml"
    text = flow.read_text("utf-8")
    slot = '[slots.card]\ntype = "secret"\ndigits = [13, 19]\nask = "card.ask"\n\n[[steps]]\nask = "card"\n\n'
    flow.write_text(text.replace("[[steps]]", f"{slot}[[steps]]", 1), "utf-8")
    for language, variants in ASK.items():
        phrases = pack / "phrases" / f"{language}.toml"
        text = phrases.read_text("utf-8")
        phrases.write_text(text.replace("go_ahead =", f'"card.ask" = {variants}\ngo_ahead =', 1), "utf-8")
    return pack
