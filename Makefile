# make run   the app on http://localhost:8501 (PORT, HOST to change)
# make test  every test
PYTHON ?= python3
PORT ?= 8501
HOST ?= localhost
VENV := .venv
BIN := $(VENV)/bin
export STREAMLIT_BROWSER_GATHER_USAGE_STATS = false

.PHONY: run test check fix book bench screenshots services clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m sample_data prepare
	@$(BIN)/python -m views --server.port $(PORT) --server.address $(HOST) --server.headless true

test: $(VENV)/dev.stamp services
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/dev.stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

fix: $(VENV)/dev.stamp
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

book: $(VENV)/run.stamp
	@$(BIN)/python -m decision book

bench: $(VENV)/dev.stamp
	@for script in benchmarks/*.py; do echo "$$script"; $(BIN)/python $$script || exit 1; done

screenshots: $(VENV)/dev.stamp services
	@$(BIN)/python -m sample_data prepare
	@$(BIN)/python docs/screenshots.py

services:
	@sh tests/install_services.sh

clean:
	rm -rf $(VENV) var tests/output

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Cushing Board needs Python 3.11 or newer; this is %d.%d. Name another one: make PYTHON=python3.12 run" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
