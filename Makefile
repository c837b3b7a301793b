# Two commands do everything: `make run` and `make test`. Each makes the environment it needs.
# `make test` is for every change, `make test-all` for every night: docs/testing.md says what is in which.

VENV    := .venv
BIN     := $(VENV)/bin
PORT    ?= 8501
REGION  ?= data/musterstadt
PYTHON  ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

# Byte code is written for what is really imported, not for every test suite of every library:
# that keeps the environment a third smaller.
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

# Even where byte code is not to be written in general: without it each start takes twice as long.
WARM    := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pages.shared.warm 2>/dev/null

# Two processes share the test files (tests/conftest.py), with byte code kept as above.
PYTEST  := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2

.PHONY: run test test-all lint check format bench wheel clean

run: $(VENV)/run.stamp
	$(WARM)
	NAHBAR_REGION=$(REGION) $(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: $(VENV)/dev.stamp
	sh tests/find_programs.sh
	$(WARM)
	$(PYTEST) -m "not nightly"

test-all: $(VENV)/dev.stamp
	sh tests/find_programs.sh
	$(WARM)
	NAHBAR_TESTS=full $(PYTEST)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp
	$(WARM)
	$(BIN)/python -m benchmarks

wheel: $(VENV)/python.stamp
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

$(VENV)/python.stamp:
	@test -n "$(PYTHON)" || { echo "Nahbar needs Python 3.11 or newer; none was found. Install it or say PYTHON=/path/to/python3." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp requirements.txt
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
