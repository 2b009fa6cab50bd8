"""The telecoms sector: fibre and mobile lines, in Spanish and English."""
