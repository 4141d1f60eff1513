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

.PHONY: watchlist test test-full prove prove-future prove-loss prove-input notebooks bench bench-api clean

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

# What takes minutes, a cluster of processes or a real browser. Debian's Chromium is brought where it
# is missing and may be; elsewhere the tests say that they are skipped.
test-full: $(VENV)/installed-browser
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update --quiet=2 && DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes \
	    --no-install-recommends chromium chromium-driver fonts-dejavu-core; \
	else echo "no chromium with chromedriver here, and it cannot be installed"; fi
	$(BIN)/pytest -m "browser or notebooks or cluster" -n 0 -rs

# the notebooks with their output, to be read
notebooks: $(VENV)/installed-dev
	mkdir -p $(OUT)/notebooks
	$(BIN)/jupyter execute notebooks/*.ipynb --output='$(CURDIR)/$(OUT)/notebooks/{notebook_name}'

# minutes, on a machine that does nothing else; growth needs 20 GB of disk
bench: $(VENV)/installed-dev
	mkdir -p $(OUT)
	$(BIN)/pytest --override-ini addopts=-q benchmarks --benchmark-json=$(OUT)/bench.json
	$(BIN)/python -m benchmarks.report $(OUT)/bench.json
	$(if $(REAL),$(BIN)/python -m benchmarks.growth --source "$(REAL)/market/screener_daily.parquet" --output $(OUT)/growth.svg)

# needs a quiet machine; fills the store first where there is none
bench-api: $(VENV)/installed-dev $(SIMULATED)
	$(BIN)/python benchmarks/api_load.py --data "$(DATA)" --store $(STORE)

# The proofs in their long form, on a simulated market, and on the shared data where it is. Each part
# leaves what it counted in PROVEN and can be run again alone; the table is of all that is there.
PROVEN := $(OUT)/proven

prove: prove-future prove-loss prove-input
	$(BIN)/python -m proofs.report $(PROVEN)

# it cannot see the future
prove-future: $(VENV)/installed-dev
	$(BIN)/pytest -n 0 --prove --proven=$(PROVEN)/future.json tests/proofs/test_peeking.py

# it loses nothing, killed or refused
prove-loss: $(VENV)/installed-dev
	$(BIN)/pytest -n 0 --prove --proven=$(PROVEN)/loss.json tests/proofs/test_killing.py tests/proofs/test_refusing.py

# every reader fed with 2,000 changed files, and what is built to do harm; DATA may be the simulated market
prove-input: $(VENV)/installed-dev $(SIMULATED)
	$(BIN)/python -m proofs.input "$(DATA)" --keep $(OUT)/input --proven $(PROVEN)/input.json

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

$(VENV)/installed-browser: $(VENV)/installed-dev
	$(PIP) --editable '.[browser]'
	touch $@
