"""Recordings, where pack and customer allow them: their sound, and files that nobody else can read."""

FOLDER = "recordings"
"""Below the device's data folder."""
