# Two commands matter: `make run` and `make test`. Everything else is listed by `make help`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
T ?= tests
PY := .venv/bin/python
SETUP := $(shell command -v "$${PYTHON:-python3}" 2>/dev/null || command -v python3)

.PHONY: help run setup setup-dev test test-deep check bench format messages model model-report

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: ## set up what is missing, then serve on http://127.0.0.1:$PORT (8000) with a demo bank
	@$(SETUP) tools/setup.py run
	@exec env DEBUG=$${DEBUG:-1} $(PY) tools/serve.py

setup: ## set up alone: environment, dependencies, database, demo bank
	@$(SETUP) tools/setup.py run

setup-dev:
	@$(SETUP) tools/setup.py dev

test: setup-dev ## the whole test suite, browser tests included; T=tests/simulator runs a part
	@$(PY) tools/python312.py
	@$(PY) -m pytest -n $${TEST_PROCESSES:-2} --dist loadgroup $(T)

test-deep: setup-dev ## property and protocol tests with 10,000 cases each
	@HYPOTHESIS_PROFILE=deep $(PY) -m pytest -n $${TEST_PROCESSES:-2} --dist worksteal -m deep $(T)

check: setup-dev ## lint, format, types, templates, translations, migrations
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/djlint --lint --quiet lms/templates simulator/templates courses/templates assessment certificates/templates
	@DEBUG=1 $(PY) tools/check_layers.py
	@DEBUG=1 $(PY) tools/check_messages.py
	@DEBUG=1 $(PY) manage.py check --fail-level WARNING
	@DEBUG=1 $(PY) manage.py makemigrations --check --dry-run

format: setup-dev ## let ruff put the code in order
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

messages: setup-dev ## collect new texts into locale/ for translation
	@DEBUG=1 $(PY) manage.py makemessages -l zh_Hans --no-obsolete --no-wrap --add-location file --ignore .venv --ignore var --ignore tests

bench: setup-dev ## all benchmarks; prints tables and writes bench/results.json
	@$(PY) -m bench

model: setup-dev ## learn the reader again from the annotated corpus: same corpus, same readings
	@$(PY) -m simulator.nlu.training.fit
	@$(PY) -m simulator.nlu.training.customer

model-report: setup-dev ## how well the reader reads writers it has not seen, and its worst readings in full
	@$(PY) -m simulator.nlu.training.report $(P)
	@$(PY) -m simulator.nlu.training.customer --report
