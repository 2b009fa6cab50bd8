"""Where this program keeps its files: XDG directories, each overridable by one environment variable."""

import os
from pathlib import Path


def data_home() -> Path:
    """Models, journal, databases. `MOSTRADOR_HOME`, else `$XDG_DATA_HOME/mostrador`."""
    if home := os.environ.get("MOSTRADOR_HOME"):
        return Path(home)
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(base) / "mostrador"


def models_home() -> Path:
    """The model store. `MOSTRADOR_MODELS`, else `models/` below `data_home()`."""
    if home := os.environ.get("MOSTRADOR_MODELS"):
        return Path(home)
    return data_home() / "models"


def cache_home() -> Path:
    """What can be made again: compiled wheels, spoken sentences. `MOSTRADOR_CACHE`, else the XDG cache."""
    if home := os.environ.get("MOSTRADOR_CACHE"):
        return Path(home)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "mostrador"
