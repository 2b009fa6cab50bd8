"""What every pack has without writing it: examples of what people say at any counter."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from runtime.agent import Language


@cache
def shared_examples() -> Mapping[str, Mapping[Language, tuple[str, ...]]]:
    """intent → language → sentences, out of asking.toml."""
    table = tomllib.loads((Path(__file__).parent / "asking.toml").read_text("utf-8"))
    return {intent: {language: tuple(texts) for language, texts in of.items()} for intent, of in table.items()}


def with_shared(language: Language, examples: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A pack's examples with those that all packs share; what it has written itself stands first, and once."""
    joined = dict(examples)
    for intent, of in shared_examples().items():
        own = examples.get(intent, [])
        known = {text.casefold() for text in own}
        joined[intent] = [*own, *(text for text in of.get(language, ()) if text.casefold() not in known)]
    return joined
