"""Calls that the device places by itself: who may be called and when, the queue of them, and how each goes."""
