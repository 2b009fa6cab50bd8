"""The retail sector: a home and DIY store, in Spanish and English."""
