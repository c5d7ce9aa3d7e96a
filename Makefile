# Liti: everything by name. `make` alone prints this list.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
.PHONY: help demo test lint fmt bench serve docs soak screenshots stop clean lock runtime dev

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

runtime:
	@tools/bootstrap.sh runtime
dev:
	@tools/bootstrap.sh dev

demo: runtime ## install the sample bank, take it through the whole walk, serve the console (ARGS=--no-serve)
	@$(BIN)/liti demo $(ARGS)

serve: runtime ## serve console, mobile pages, portal and API, with worker and simulated clearing house
	@$(BIN)/liti serve $(ARGS)

test: dev ## all tests but the slow ones, with a coverage floor
	@$(BIN)/python -m pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile --cov --cov-report=term:skip-covered $(ARGS)

soak: dev ## the slow tests
	@$(BIN)/python -m pytest -m slow $(ARGS)

lint: dev ## ruff, mypy, the order of the rooms, translations
	@$(BIN)/ruff check src tests benchmarks tools
	@$(BIN)/ruff format --check src tests benchmarks tools
	@LITI_NO_DATABASE=1 $(BIN)/lint-imports
	@LITI_NO_DATABASE=1 $(BIN)/mypy
	@LITI_NO_DATABASE=1 $(BIN)/python -m liti.site.messages check

fmt: dev ## put the code in shape
	@$(BIN)/ruff check -q --fix src tests benchmarks tools
	@$(BIN)/ruff format src tests benchmarks tools

bench: dev ## measure, side by side on this machine
	@$(BIN)/python -m benchmarks $(ARGS)

docs: dev ## redraw what the docs take from the code (state machines, walk, tables)
	@$(BIN)/python -m tools.docs

screenshots: dev ## take the README's pictures from the running demo (needs chromium)
	@$(BIN)/python -m tools.screenshots $(ARGS)

stop: ## stop the embedded database
	@$(BIN)/liti db stop

lock: dev ## compile the requirements anew, with hashes and without an index address
	@for set in runtime dev; do \
	  env -u PIP_FIND_LINKS $$(command -v uv || echo .uv/bin/uv) pip compile -q --universal --python-version 3.12 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --group build $$( [ $$set = dev ] && echo --group dev ) pyproject.toml -o requirements/$$set.txt --upgrade; \
	done

clean: ## stop the database and remove what was made (the sample bank too)
	-@[ -x $(BIN)/liti ] && $(BIN)/liti db stop
	@rm -rf .venv .venv.lock .uv var build dist .coverage .mypy_cache .ruff_cache .pytest_cache
