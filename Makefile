# One front door. `make` lists everything.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
# The pip of the bundle: that of an older Python takes twice as long to choose.
PIP := $(shell sed -n 's/^PIP = "\(.*\)"/\1/p' deploy/bundle.py)
# Compile each module once, whatever the machine says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run quick test long check types bench bundle format words clean

help: ## List what can be done
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/installed ## Serve the board on http://127.0.0.1:8501 (HOST, PORT)
	$(PY) -m streamlit run dashboard.py --server.address $(HOST) --server.port $(PORT)

quick: $(VENV)/installed-dev ## Run what a change is most likely to break, in a minute
	$(PY) -m pytest -p tests.quick -n 2 --dist loadgroup --no-loadscope-reorder

test: $(VENV)/installed-dev ## Run every test, those in the browser too
	$(PY) -m pytest -n 4 --dist loadgroup --no-loadscope-reorder

long: $(VENV)/installed-dev ## Run every test with all examples, kills and made-up days (hours)
	SITUASI_TEST_LONG=1 $(PY) -m pytest -n 4 --dist loadgroup --no-loadscope-reorder

check: $(VENV)/installed-dev ## Format, lint, types, import contracts, advisories, then every test
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports
	$(PY) -m tests.tools.advisories
	$(MAKE) -j 2 types test

types: $(VENV)/installed-dev ## Check the types
	$(PY) -m mypy

bench: $(VENV)/installed-dev ## Measure; figures go to docs/performance.md
	$(PY) -m tests.bench

bundle: $(VENV)/installed ## Pack what is committed for a machine without a network (dist/)
	$(PY) deploy/bundle.py

format: $(VENV)/installed-dev ## Put every file into the house's form
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

words: $(VENV)/installed-dev ## Collect interface words for the translators
	$(PY) -m tests.tools.words

clean: ## Remove the environment and caches (never data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
