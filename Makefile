# Needs Python 3.11 to 3.13, git and make; everything else is fetched. `make` alone prints what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY := $(BIN)/python

# One virtual screen for all workers: tests that need the screen to themselves share the xdist group "screen".
PYTEST_ARGS ?= -n 2 --dist loadgroup
TESTS ?= tests
SCREEN = $(shell command -v xvfb-run >/dev/null 2>&1 && echo "xvfb-run -a -s '-screen 0 1280x1024x24'" || echo env QT_QPA_PLATFORM=offscreen)

.PHONY: help run demo test lint format translations wheel wheel-test env env-test clean distclean

help: ## Print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: ARGS (for run), PYTHON (the interpreter), TESTS and PYTEST_ARGS (for test), CBIR_NO_INSTALL=1"
	@echo "  (install no system package, print the command instead)."

env:
	@packaging/setup-env.sh run

env-test:
	@packaging/setup-env.sh test

run: env ## Open the window; without a screen: index and search sample photos, and draw a contact sheet
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" != Linux ]; \
	then $(BIN)/cbir-desktop $(ARGS); else $(BIN)/cbir demo --out out/demo $(ARGS); fi

demo: env ## The main job on sample photos, without a window
	@$(BIN)/cbir demo --out out/demo $(ARGS)

test: env-test lint ## All checks, then all tests (a virtual screen is started)
	@$(SCREEN) $(PY) -m pytest $(PYTEST_ARGS) $(TESTS)

lint: env-test ## ruff, mypy and the import contracts; changes nothing
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(BIN)/lint-imports

format: env-test ## Let ruff put the code in order
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

translations: env-test ## Collect the window's words, say which are not translated, compile
	@$(PY) packaging/translations.py

wheel: env-test ## Build the wheel into dist/
	@$(PY) -m build --wheel

wheel-test: env-test ## Install the wheel in a fresh environment without a compiler, and search with it
	@$(PY) -m pytest tests/packaging/test_wheel.py

clean: ## Remove what is built and cached; the environment stays
	@rm -rf build dist out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find cbir_desktop tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove the environment as well
	@rm -rf .venv
