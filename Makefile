# Everything is set up by the targets themselves: Python 3.11 or later with venv, and make, are all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

.PHONY: help demo test check soak bench format lint types imports contract lock clean

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(STAMP) ## An invented Ambito at work: make it (first start), serve it, until Ctrl-C
	@$(BIN)/trama demo

test: $(STAMP) ## All tests, on a real PostgreSQL of their own
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests

check: format lint types imports contract test ## What must hold before a change lands

soak: $(STAMP) ## The long runs: fifty times the generated cases, with new seeds
	SOAK_TIMES=50 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests

bench: $(STAMP) ## What a request costs, beside a floor
	$(BIN)/python -m benchmarks

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

contract: $(STAMP)
	$(BIN)/trama openapi --check

lock: $(STAMP) ## Lock the dependencies anew, with hashes (wants uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml -o requirements.txt

clean: ## Remove the virtual environment (data stay where they are)
	rm -rf $(VENV)

$(STAMP): requirements.txt pyproject.toml
	@echo "Setting up $(VENV) (once; some minutes of downloads)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Trama needs Python 3.11 or later: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)
