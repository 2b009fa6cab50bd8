"""Whether what was said is just what was asked for: then the turn is the likelier over. Pure."""

from runtime.agent import Expect, Language
from runtime.agent.numbers import digit_runs
from runtime.agent.slots import yes_no


def answers(text: str, language: Language, expect: Expect) -> bool:
    """A clear yes or no where that was asked; a number of as many digits as there can be."""
    match expect.kind:
        case "yes_no":
            return yes_no(text) is not None
        case "digits":
            return expect.most > 0 and any(len(run.digits) >= expect.most for run in digit_runs(text, language))
        case _:
            return False
