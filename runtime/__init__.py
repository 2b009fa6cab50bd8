"""The conversation and the application around it. `cli.py` wires the parts together."""
