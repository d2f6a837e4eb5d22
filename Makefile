# `make run` sets everything up, shows an example and opens the web page; `make test` sets everything up and runs all tests and checks.
# the first that runs and is new enough: a shim of that name need not run
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check setup clean

run: .venv/.run
	$(BIN)/lora-triage diagnose examples/plastic-skin --message "$$(cat examples/plastic-skin.txt)"
	@echo
	@echo "That was the example in examples/. Now try your own:"
	@echo "  $(BIN)/lora-triage diagnose FOLDER_OR_FILES... --message 'what went wrong'"
	@echo "  $(BIN)/lora-triage guide          walk the troubleshooting guide"
	@echo "  $(BIN)/lora-triage checklist      the checklists before, during and after a training"
	@echo "or drop it on the page that opens now (stop it with Ctrl-C):"
	@$(BIN)/lora-triage serve

test: check
	$(BIN)/python -m pytest

check: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lora-triage knowledge check

setup: .venv/.test

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "LoRA Triage needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/.test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ .venv/.run

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
