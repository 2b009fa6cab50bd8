"""The banking sector: accounts, transfers, cards and disputes of a small bank, in Spanish and English."""
