"""The health sector: a clinic with two centres, in Spanish and English."""
