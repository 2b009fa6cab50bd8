# `make run` and `make test` are all the set-up there is. Each step leaves a mark in .venv/.done and is not done again
# until what it was made from changes; what takes minutes to compile is kept in the cache for the next environment.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)-build/bin
DONE := $(VENV)/.done
ARGS ?=
# Tests that wait for no clock and no sound: two processes run them. The rest has the machine to itself.
SIDE_BY_SIDE := tests/agent tests/core tests/models

.PHONY: help run test test-pbx lint bench wheel locks telephone wheel-aarch64 clean

help: ## Show this
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: $(DONE)/ready ## Answer: telephone, kiosk, all that is configured (ARGS="--config device.toml")
	exec $(BIN)/mostrador run $(ARGS)

test: $(DONE)/ready $(DONE)/test-packages $(DONE)/test-models $(DONE)/dev ## Run every test (ARGS="tests/voice -k vad")
ifeq ($(ARGS),)
	failed=0; \
	$(BIN)/pytest -n 2 $(SIDE_BY_SIDE) || failed=$$?; \
	$(BIN)/pytest $(addprefix --ignore=,$(SIDE_BY_SIDE)) || failed=$$?; \
	exit $$failed
else
	$(BIN)/pytest $(ARGS)
endif

test-pbx: $(DONE)/ready $(DONE)/test-packages $(DONE)/pbx-packages $(DONE)/dev ## Test with a real Asterisk 22 as the PBX
	$(BIN)/python setup/pbx.py
	$(BIN)/pytest tests/pbx $(ARGS)

lint: $(DONE)/dev ## Check format, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DONE)/ready $(DONE)/test-packages $(DONE)/test-models $(DONE)/dev ## Measure (ARGS="latency --json")
	$(BIN)/mostrador bench $(ARGS)

wheel: $(DONE)/tools ## Build the sdist and the wheel into dist/ and try the wheel in an environment of its own
	rm -rf dist
	$(TOOLS)/python -m build --no-isolation
	setup/smoke.sh "$(PYTHON)" dist/*.whl

locks: $(DONE)/dev ## Write requirements/*.lock anew
	cd requirements && for name in app dev build native fallback; do \
	  flags=$$([[ $$name == native || $$name == fallback ]] && echo --no-deps || echo --universal); \
	  ../$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 $$flags $$name.in -o $$name.lock; \
	done

telephone: $(DONE)/app ## Build PJSIP (again, if it could not be built before)
	rm -f $(DONE)/telephone
	$(MAKE) $(DONE)/telephone

wheel-aarch64: $(DONE)/app ## Build PJSIP for aarch64 on this machine, with cross-compilers, into the cache of wheels
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS nice $(BIN)/python telephony/native/build.py --machine aarch64

clean: ## Remove the environments and what was built here; models and the cache of wheels stay
	rm -rf $(VENV) $(VENV)-build build dist artifacts .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The steps

$(DONE)/ready: $(DONE)/app $(DONE)/telephone $(DONE)/llama $(DONE)/models $(DONE)/examples $(DONE)/linked
	touch $@

$(DONE)/packages: setup/packages.sh
	setup/packages.sh run
	mkdir -p $(DONE) && touch $@

$(DONE)/test-packages: setup/packages.sh
	setup/packages.sh test
	mkdir -p $(DONE) && touch $@

$(DONE)/pbx-packages: setup/packages.sh
	setup/packages.sh pbx
	mkdir -p $(DONE) && touch $@

$(DONE)/environment: $(DONE)/packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	touch $@

$(DONE)/app: requirements/app.lock $(DONE)/environment
	@echo "installing what the application imports"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(DONE)/dev: requirements/dev.lock $(DONE)/app
	@echo "installing what tests and checks need"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(DONE)/tools: requirements/build.lock $(DONE)/environment
	@echo "installing what builds wheels"
	[ -x $(TOOLS)/python ] || $(PYTHON) -m venv $(VENV)-build
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(DONE)/llama: requirements/native.lock setup/llama.py setup/llama.cmake $(DONE)/app $(DONE)/tools
	$(TOOLS)/python setup/llama.py --into $(BIN)/python
	touch $@

$(DONE)/telephone: $(wildcard telephony/native/*.* setup/telephone.py requirements/fallback.lock) $(DONE)/app
	$(BIN)/python setup/telephone.py
	touch $@

$(DONE)/models: models/catalog.toml $(DONE)/app
	@echo "fetching the models (the first time, some 400 MB)"
	$(BIN)/python -m runtime.commands.models pull
	touch $@

$(DONE)/test-models: models/catalog.toml $(DONE)/app
	$(BIN)/python -m runtime.commands.models pull test
	touch $@

$(DONE)/examples: $(wildcard models/sectors/*/examples/*.toml models/sectors/*/knowledge/* runtime/agent/outside/* runtime/agent/*.toml models/embed/*.py) $(DONE)/models setup/examples.py
	$(BIN)/python setup/examples.py
	touch $@

$(DONE)/linked: pyproject.toml setup/link.py $(DONE)/app $(DONE)/tools
	$(TOOLS)/python setup/link.py --into $(BIN)/python
	touch $@
