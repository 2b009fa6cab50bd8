"""A pack whose conversations are recorded, made of another one."""

import shutil
from pathlib import Path

import models.sectors


def recording_pack(folder: Path, mode: str, *, beep_seconds: float = 0.0, of: Path | None = None) -> Path:
    """Made in `folder`/recording, of `of` or the retail pack."""
    source = of or Path(models.sectors.__file__).parent / "retail"
    pack = Path(shutil.copytree(source, folder / "recording"))
    text = (pack / "pack.toml").read_text("utf-8")
    table = f'mode = "{mode}"\nbasis = "consent, GDPR 6(1)(a)"\ndays = 7\nbeep_seconds = {beep_seconds}'
    changed = text.replace('[recording]\nmode = "never"', f"[recording]\n{table}", 1)
    assert changed != text
    (pack / "pack.toml").write_text(changed, "utf-8")
    return pack
