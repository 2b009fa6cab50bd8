"""Public administration: a town hall, in Spanish and English."""
