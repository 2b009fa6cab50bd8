"""The subcommands of `mostrador`: one file each, a typer application or a function that `cli.py` adds."""
