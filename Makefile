# `make run` and `make test` need python3 >= 3.11 and make, nothing else. See CONTRIBUTING.md.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
RIVALS := .venv-bench/.rivals
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
PYTEST := $(PYTHON) -m pytest -n 2 --dist worksteal
# What production has; `check --deploy` is held against it.
PRODUCTION := env -u DATABASE_URL -u REDIS_URL DEBUG=0 SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	FIELD_KEYS=$$($(PYTHON) -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
	PUBLIC_URL=https://bell.example.com ALLOWED_HOSTS=bell.example.com EMAIL_URL=smtps://mail.example.com:465

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

# A trial on one's own machine: development secrets, and calls to this machine allowed.
run: export DEBUG ?= 1
run: export HOST ?= 127.0.0.1
run: export PORT ?= 8000
run: export PUBLIC_URL ?= http://$(HOST):$(PORT)
run: export PRIVATE_NETWORKS ?= 127.0.0.0/8,::1/128
run: $(RUNTIME) $(CATALOGUES) ## Run a demo shop, web and workers (HOST, PORT, ORDERBELL_VAR)
	@exec $(PYTHON) manage.py serve

test: test-sqlite test-postgres ## Run the suite on SQLite, and what touches the database on PostgreSQL too

test-sqlite: $(DEVELOPMENT) $(CATALOGUES)
	env -u DATABASE_URL $(PYTEST)

test-postgres: $(DEVELOPMENT) $(CATALOGUES)
	$(PYTHON) -m tests.postgres -- $(PYTEST) --database-only

check: lint deploy-check ## Check format, lint, types, imports, migrations, translations, settings; then test
	$(MAKE) test

lint: $(DEVELOPMENT) $(CATALOGUES)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/djlint --lint --quiet templates merchants orders notifications
	$(VENV)/bin/lint-imports
	$(PYTHON) -m scripts.translations check
	DEBUG=1 $(VENV)/bin/mypy

deploy-check: $(DEVELOPMENT)
	DEBUG=1 $(PYTHON) -W error manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING

bench: $(DEVELOPMENT) $(RIVALS) $(CATALOGUES) ## Measure beside rivals: bench/README.md (BENCH="b1 --quick")
	$(PYTHON) -m bench $(BENCH)

chaos: $(DEVELOPMENT) $(CATALOGUES) ## Kill everything under 20,000 messages, then fail a gateway under 5,000, and count
	$(PYTHON) -m tests.chaos
	$(PYTHON) -m tests.failover

format: $(DEVELOPMENT) ## Format and mend what can be mended
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

messages: $(DEVELOPMENT) ## Bring new messages into the catalogues and compile them
	$(PYTHON) -m scripts.translations update
	$(PYTHON) -m scripts.translations compile

lock: ## Lock requirements*.in anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(LOCK) \
		requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(LOCK) \
		requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(LOCK) \
		requirements-bench.in -o requirements-bench.txt

clean: ## Remove what make made, except ./var
	rm -rf $(VENV) .venv-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis $(CATALOGUES)

$(RUNTIME): requirements.txt scripts/environment
	@scripts/environment requirements.txt
	@touch $@

# Holds all that RUNTIME holds.
$(DEVELOPMENT): requirements-dev.txt requirements.txt scripts/environment
	@scripts/environment requirements-dev.txt
	@touch $(RUNTIME) $@

# The rivals that `make bench` measures: apart from ours. The one on Node is left out where there is no npm.
$(RIVALS): requirements-bench.txt bench/rivals/package-lock.json scripts/environment
	@scripts/environment requirements-bench.txt .venv-bench
	@mkdir -p .venv-bench/node && cp bench/rivals/package*.json .venv-bench/node/
	@cd .venv-bench/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || echo "Going on without BullMQ"
	@touch $@

%.mo: %.po scripts/translations.py | $(RUNTIME)
	@$(PYTHON) -m scripts.translations compile

.PHONY: help run test test-sqlite test-postgres check lint deploy-check bench chaos format messages lock clean
