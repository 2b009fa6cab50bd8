"""For every test: none passes or fails by the clock, so hypothesis sets no time limit for an example."""

from hypothesis import settings

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")
