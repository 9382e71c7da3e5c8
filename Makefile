# Two commands do all set-up: `make audit` and `make test`. Each makes .venv and installs what it needs, once.
PYTHON ?= python3
STORIES ?= reports/stories
SAMPLE := reports/sample
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .constraints.txt

.PHONY: audit test lint clean

audit: .venv/.audit-ready
	@mkdir -p $(SAMPLE)
	@$(BIN)/python -m audit check "$(STORIES)" --format json --quiet --output $(SAMPLE)/record.json; test $$? -ne 1
	@rm -f $(SAMPLE)/report.html
	@$(BIN)/python reports/make_report.py $(SAMPLE)/record.json --output $(SAMPLE)/report.html; test -s $(SAMPLE)/report.html

test: .venv/.test-ready
	@$(BIN)/python models/manifest.py --check
	@$(BIN)/ruff check --quiet .
	@$(BIN)/basedpyright --level error
	@$(BIN)/python -m pytest

lint: .venv/.test-ready
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright --level error

clean:
	rm -rf .venv dist build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mt-audit needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@$(PYTHON) -m venv .venv

.venv/.audit-ready: pyproject.toml .constraints.txt | .venv/bin/python
	@echo "Installing (once; torch makes it a gigabyte) …"
	@$(PIP) --editable .
	@touch $@

.venv/.test-ready: pyproject.toml .constraints.txt | .venv/bin/python
	@echo "Installing what the tests need (once) …"
	@$(PIP) --editable '.[dev]'
	@touch $@ .venv/.audit-ready
