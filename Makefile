# The verbs of this project. `make` alone lists them. Needs python3 (3.11 or newer), git and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CORPUS ?= ../shared/corpus
WRITER ?= extractive
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# A Python path or an active environment of somebody else must not decide what runs here.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help demo test check replay faults bench figures lock

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(READY) ## publish the sample's last week into ./blog
	@$(BIN)/paperweek run --offline

test: check ## all that CI asks: lint, types, tests
	$(BIN)/python -m pytest -q

check: $(READY) ## lint and types, no tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

replay: $(READY) ## run WEEK=2026-W15 on a recorded CORPUS=folder
	@$(BIN)/python -m tests.world.replay --corpus "$(CORPUS)" --week "$(WEEK)"

faults: $(READY) ## what each fault of the world does to a run, as a table
	@$(BIN)/python -m tests.faults

bench: $(READY) ## CPU, wall, memory and requests for weeks of three sizes
	@$(BIN)/python -m tests.bench

figures: $(READY) ## the figures of the posts of a recorded CORPUS=folder (WRITER=extractive)
	@$(BIN)/python -m tests.figures --corpus "$(CORPUS)" --writer "$(WRITER)"

# Made by the recipe's last line, so that a set-up that was interrupted is done again.
$(READY): requirements.lock pyproject.toml
	@command -v git >/dev/null || { echo "git is missing: install it and try again" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) (a minute or two, once)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@# The lock is whole: without looking for dependencies, pip can't ask for a package it does not pin.
	@$(PIP) --no-deps --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## pin every dependency by hash, without index addresses
	$(PYTHON) -m venv $(VENV)
	$(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --extra llm --group dev --universal --python-version 3.11 --no-header \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock
