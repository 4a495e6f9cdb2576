# Everything that is done to callflow has a target here; `make help` lists them. `sh run.sh` installs what make itself needs.
SHELL = /bin/sh
# What is installed: the whole lock by default; `make setup LOCK=requirements.txt` leaves out what only tests need.
LOCK ?= requirements-dev.txt
BIN = .venv/bin
.DEFAULT_GOAL = help
.PHONY: help environment setup run test lint format deep bench screens fresh lock texts urls workflow

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

environment:
	@sh scripts/environment.sh $(LOCK)

setup: environment  ## .venv from the lock, translations compiled, database at the newest migration
	@echo "== Database: bringing it to the newest migration"
	@$(BIN)/flask db upgrade

run:  ## demo calls when the database is empty, then web server and worker
	@sh scripts/run.sh

test:  ## lint, both databases, browser: the gate, under 15 minutes
	@"$$(sh scripts/python.sh)" scripts/phases.py test

lint:  ## format, ruff, mypy, import contracts, templates, shell
	@sh scripts/lint.sh

format:  ## rewrite what lint would complain about, where a machine can
	@$(BIN)/ruff check -q --fix-only .
	@$(BIN)/ruff format -q .

deep: ## everything that takes longer than the gate allows
	@"$$(sh scripts/python.sh)" scripts/phases.py deep

bench: ## measure against the budgets, one line a figure
	@$(BIN)/python -m benchmarks

screens: ## screenshots of every kind of page into docs/screens
	@$(BIN)/python -m tests.browser.screens

fresh: ## both commands of the README on a bare Debian 12, in a chroot (root)
	@bash scripts/fresh.sh

lock: ## write both requirements files anew from their .in files
	@sh scripts/lock.sh

texts: ## collect new texts into the translation catalogs
	@$(BIN)/python scripts/texts.py

workflow: ## draw docs/workflow.md from the procedures in the code
	@$(BIN)/python scripts/workflow.py

urls: ## accept the present list of URLs
	@$(BIN)/python -m tests.architecture.urls
