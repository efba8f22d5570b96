# Everything runs in .venv, made here on first use; only Python 3.11+ and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# What Python has compiled it keeps, whatever the machine's own setting: the tests start some hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-whole test-postgres test-js e2e lint bench long lighthouse mutants drill upgrade-drill kills shots clean

run: $(VENV)/.run
	@DEBUG=1 $(BIN)/python manage.py migrate --verbosity 0
	@DEBUG=1 $(BIN)/python manage.py load_units --once
	@DEBUG=1 $(BIN)/python manage.py load_catalogues
	@DEBUG=1 $(BIN)/python manage.py seed_demo --once
	@echo "http://127.0.0.1:8000"
	@DEBUG=1 $(BIN)/python manage.py runserver --noreload --nostatic 127.0.0.1:8000

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto -m "not once"

test-whole: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto

test-postgres: $(VENV)/.dev
	sh tests/with_postgres.sh $(BIN)/python -m pytest -n auto

test-js:
	sh tests/install.sh nodejs
	node --test tests/js/*.test.js

e2e: $(VENV)/.dev
	sh tests/install.sh chromium
	$(BIN)/python -m pytest -n auto tests/e2e

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/mypy antq communes models_registry reports
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(BENCH)
	$(BIN)/python -m tests.bench.served $(if $(findstring --short,$(BENCH)),--seconds 2)

long: $(VENV)/.dev test-whole
	FUZZ=$${FUZZ:-10000} $(BIN)/python -m pytest -n auto tests/fuzz tests/test_contract.py
	THOROUGH=$${THOROUGH:-10} $(BIN)/python -m pytest -n auto tests/*/test_*_played.py tests/models_registry/test_movements.py
	DOORS=$${DOORS:-40} $(BIN)/python -m pytest -n auto tests/reports/test_every_door.py
	$(MAKE) mutants lighthouse
	$(MAKE) drill upgrade-drill kills

lighthouse: $(VENV)/.dev
	sh tests/install.sh chromium
	sh tests/install.sh npm
	npm ci --prefix tests/lighthouse
	LIGHTHOUSE="$${LIGHTHOUSE:-all}" $(BIN)/python -m pytest -rP -n 1 tests/e2e/test_lighthouse.py

mutants: $(VENV)/.dev
	$(BIN)/python -m tests.mutation $(MUTATION)

upgrade-drill: $(VENV)/.dev
	sh tests/install.sh machine
	sh tests/with_postgres.sh $(BIN)/python -m tests.machine.upgrade $(UPGRADE)

kills: $(VENV)/.dev
	DEBUG=1 $(BIN)/python -m tests.machine.kills 2000
	DEBUG=1 sh tests/with_postgres.sh $(BIN)/python -m tests.machine.kills 10000

drill: $(VENV)/.dev
	sh tests/drill.sh $(BIN)/python
	sh tests/with_postgres.sh sh tests/drill.sh $(BIN)/python

shots: $(VENV)/.dev
	sh tests/install.sh chromium
	$(BIN)/python -m tests.shots $(SHOTS)

clean:
	rm -rf $(VENV) staticfiles

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/.run
