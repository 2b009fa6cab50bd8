SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
export PATH := $(PATH)

lint:
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports
