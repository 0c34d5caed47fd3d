PY ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup demo serve worker check test test-long test-faults test-fuzz bench bench-peers lock clean
help:            ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

setup: $(VENV)/.ready   ## make the environment from the lock
$(VENV)/.ready: requirements/dev.lock requirements/uv.lock pyproject.toml
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes -r requirements/uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

demo: setup      ## everything on this machine: database, story, site
	$(BIN)/lightkeeper demo $(DEMO)

serve: setup     ## the site, on what is there
	$(BIN)/lightkeeper serve

worker: setup    ## the jobs
	$(BIN)/lightkeeper worker

check: setup     ## style, types, import contracts, migrations
	$(BIN)/ruff check src tests bench tools
	$(BIN)/ruff format --check src tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lightkeeper check

test: setup check   ## everything that CI runs
	tools/need_programs
	$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

test-long: setup ## every door asked by everybody for everything that is hidden from them; an hour
	LIGHTKEEPER_LONG=1 $(BIN)/python -m pytest -n 2 tests/access

test-faults: setup   ## kills, freezes and full disks by 200 schedules; hours
	LIGHTKEEPER_FAULT_SEEDS=$(or $(SEEDS),200) $(BIN)/python -m pytest tests/faults

test-fuzz: setup ## every parser and every operation of the API, many times over; hours
	LIGHTKEEPER_FUZZ_EXAMPLES=$(or $(EXAMPLES),2000) $(BIN)/python -m pytest -n 2 tests/fuzz

bench: setup     ## figures against peers and at a million rows; long
	for script in bench/*.py; do $(BIN)/python $$script || exit 1; done
	$(BIN)/python -m bench.linkage --sets $(or $(SETS),small) --json var/linkage-bench.json

bench-peers: var/peers/.ready   ## the tools that linkage is measured beside, in an environment of their own
var/peers/.ready: requirements/peers.lock $(VENV)/.ready
	$(PY) -m venv var/peers
	$(BIN)/uv pip sync --quiet --python var/peers/bin/python --require-hashes requirements/peers.lock
	touch $@

lock:            ## make the lock again from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/peers.in -o requirements/peers.lock

clean:           ## stop the database and remove what was made
	-$(BIN)/lightkeeper stop
	rm -rf var $(VENV)
