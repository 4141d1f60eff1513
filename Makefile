# Needs Python 3.11 or later with its venv module, and PyPI; everything else is installed here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# RECON_DATA, else the shared data beside the checkout, else a simulated market
REAL := $(or $(RECON_DATA),$(wildcard ../shared/data))
DATA := $(or $(REAL),$(OUT)/simulated)
LABEL := $(if $(REAL),$(if $(wildcard $(REAL)/SIMULATED.json),simulated-),simulated-)
STORE := $(OUT)/$(LABEL)store
SIMULATED := $(if $(REAL),,$(OUT)/simulated/SIMULATED.json)

.PHONY: watchlist test prove-input clean

# a second run reuses the store: what is there already is recognised and left alone
watchlist: $(VENV)/installed $(SIMULATED)
	$(BIN)/recon ingest "$(DATA)" --store $(STORE)
	$(BIN)/recon watchlist --store $(STORE) --output $(OUT)/$(LABEL)watchlist.csv

test: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# every reader fed with 2,000 changed files; DATA may be the simulated market
prove-input: $(VENV)/installed-dev $(SIMULATED)
	$(BIN)/python -m proofs.input "$(DATA)" --keep $(OUT)/input

clean:
	rm -rf $(VENV) $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(OUT)/simulated/SIMULATED.json: | $(VENV)/installed
	$(BIN)/recon simulate $(OUT)/simulated

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) --editable '.[dev]'
	touch $@
