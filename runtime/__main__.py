"""`python -m runtime` is `mostrador`."""

from runtime.cli import main

if __name__ == "__main__":
    main()
