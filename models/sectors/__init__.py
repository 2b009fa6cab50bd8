"""Sector packs: data, one folder a sector."""
