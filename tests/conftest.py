"""For every test: none passes or fails by the clock, so hypothesis sets no time limit for an example; and none depends
on what another has set the log to."""

import pytest
import structlog
from hypothesis import settings

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")


@pytest.fixture(autouse=True)
def _log_as_it_comes() -> None:
    structlog.reset_defaults()
