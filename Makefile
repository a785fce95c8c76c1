# make brief | test | check | bench: each makes the environment it needs.
.DEFAULT_GOAL := help
.PHONY: help brief test check format lint types contracts docs screenshots bench soak package clean

PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
# Both at once, as what the service does is mostly waiting.
OF_THE_CORE := tests/unit tests/quality tests/e2e tests/rest
OF_THE_SERVICE := tests/attacks tests/browser tests/chaos tests/contract tests/fuzz
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --constraint constraints.txt --editable .[pdf]
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) install --constraint constraints.txt --editable .[dev]
	@touch $@

brief: $(VENV)/.run  ## set up, and brief the documents of seeds/
	@$(BIN)/brief run seeds

test: $(VENV)/.dev  ## set up, and run every test
	$(BIN)/python -m pytest

check: $(VENV)/.dev lint types contracts coverage package  ## exactly what CI runs

format: $(VENV)/.dev  ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

.PHONY: coverage
coverage: $(VENV)/.dev
	@mkdir -p dist
	@$(BIN)/python -m pytest $(OF_THE_SERVICE) > dist/service-tests.txt 2>&1 & service=$$!; \
	$(BIN)/coverage run -m pytest $(OF_THE_CORE) || failed=1; \
	wait $$service || failed=1; cat dist/service-tests.txt; exit $${failed:-0}
	$(BIN)/coverage report --include='service/domain/*,service/lexis/*,service/stages/*,service/pipeline.py' --fail-under=95

package: $(VENV)/.dev  ## build the wheel, and check that it carries the model and the prompts
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist . > /dev/null
	$(BIN)/python -m zipfile --list dist/wellsourced-*.whl > dist/contents.txt
	grep -q 'service/models/compact/model.safetensors' dist/contents.txt
	grep -q 'service/prompts/headline/' dist/contents.txt

bench: $(VENV)/.dev  ## speed and memory, side by side with the alternatives
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.line
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.pages

soak: $(VENV)/.dev  ## kill the service 200 times, and send it 20,000 unsound requests; needs PostgreSQL and Redis
	$(BIN)/python -m tests.chaos --rounds 100 --database sqlite
	$(BIN)/python -m tests.chaos --rounds 100 --database postgres --queue redis
	$(BIN)/python -m tests.fuzz --requests 20000

docs: $(VENV)/.dev  ## write the tables of docs/operating.md anew, from the code
	$(BIN)/python docs/tables.py

screenshots: $(VENV)/.dev  ## take the pictures of docs/pages.md anew; needs Chromium
	$(BIN)/python -m tests.browser.screenshots

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
