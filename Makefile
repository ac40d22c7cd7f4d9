# ropewalk: the commands of this repository. `make` alone lists them.
# Only Python 3.11 or newer, git and make are needed; everything else is installed into .venv from hash-checked locks.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

# Set by a person on the command line: make test ARGS="-k store", make bench PEERS="", make soak N=50000
ARGS  ?=
# One more than there are processors: many tests wait for programs.
TESTERS := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1)
N     ?= 50000
SEED  ?=

# The extras that the tests need installed; a lock takes them in by `make locks`.
TEST_EXTRAS := agents mcp models telemetry web

# Locks are complete and installed with --no-deps: else pip asks the index for `uvicorn` too where a lock says
# `uvicorn[standard]`, and refuses the lock once there is a newer release. A person's PIP_USER does not reach in here.
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 $(BIN)/python -m pip -qq

.PHONY: help demo test check formatted format lint types layers tests agents docs docs-check bench soak locks clean
.DEFAULT_GOAL := help

help:
	@echo "make demo        a small program taken through six phases by the rehearsal agent (no key, no network)"
	@echo "make test        everything the gate checks: format, lint, types, layers, tests, docs, coverage"
	@echo "make check       the quick half of it: format, lint, types, layers"
	@echo "make format      write the format"
	@echo "make docs        write the generated parts of docs/      (docs-check only compares)"
	@echo "make agents      install the agent programs that the tests drive (needs Node.js 20 or newer)"
	@echo "make bench       measure the numbers of benchmarks/      (PEERS= runs without the peers)"
	@echo "make soak        many random workflows and schedules     (N=$(N), SEED= picks one)"
	@echo "make locks       resolve requirements/*.txt anew         (needs uv)"
	@echo "make clean       remove .venv and what tools left"

# ------------------------------------------------------------------------------------------------------ environments

# Made once, and anew when the locks or the package's metadata changed; repeated calls cost nothing.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "ropewalk needs Python 3.11 or newer, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
		echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu the package python3-venv brings it." >&2; exit 2; }
	@touch $@

$(VENV)/.base: requirements/base.txt pyproject.toml $(VENV)/.made
	@echo "Installing ropewalk into $(VENV) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements/base.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.base
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements/test.txt
	@$(PIP) check
	@touch $@

# ----------------------------------------------------------------------------------------------------------- the gate

demo: $(VENV)/.base
	@$(BIN)/ropewalk demo $(ARGS)

test: $(VENV)/.test
	@$(MAKE) --no-print-directory --keep-going --jobs=2 check tests

check: formatted lint types layers

formatted: $(VENV)/.test
	@echo "== format"
	@$(BIN)/ruff format --check --quiet . || { echo "make format fixes it" >&2; exit 1; }

lint: $(VENV)/.test
	@echo "== lint"
	@$(BIN)/ruff check --quiet .

types: $(VENV)/.test
	@echo "== types"
	@$(BIN)/mypy --no-error-summary

layers: $(VENV)/.test
	@echo "== layers"
	@$(BIN)/lint-imports --no-logo > $(VENV)/layers.log || { cat $(VENV)/layers.log; exit 1; }

format: $(VENV)/.test
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# pytest's own summary stays the last lines that are printed. In a fresh clone one process compiles the tests first: else each
# tester does, at the same time.
tests: $(VENV)/.test
	@echo "== tests"
	@[ -d tests/__pycache__ ] || $(BIN)/python -m pytest --collect-only -qq > /dev/null || true
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal --cov --cov-report=term $(ARGS)

# Claude Code, Codex, OpenCode and Gemini CLI, exactly as package-lock.json names them; the tests ask a stand-in model.
agents: node_modules/.made

node_modules/.made: package.json package-lock.json
	@# Not `npm ci`: it refuses a lock without programs for platforms that a registry does not offer.
	@npm install --no-save --no-fund --no-audit --loglevel=error
	@touch $@

docs: $(VENV)/.test
	@$(BIN)/python -m tools.docs

docs-check: $(VENV)/.test
	@$(BIN)/python -m tools.docs --check

# --------------------------------------------------------------------------------------------------- slower questions

bench: $(VENV)/.test
	@$(BIN)/python -m benchmarks $(if $(filter undefined,$(origin PEERS)),,--peers "$(PEERS)") $(ARGS)

soak: SEED := $(or $(SEED),$(shell date +%s))
soak: $(VENV)/.test
	@echo "== soak: $(N) random trials from seed $(SEED)"
	@ROPEWALK_SOAK=$(N) ROPEWALK_SEED=$(SEED) $(BIN)/python -m pytest -m soak -n $(TESTERS) --dist worksteal --hypothesis-profile=default $(ARGS)

# ---------------------------------------------------------------------------------------------------------- the locks

# Pins keep their extras, so that a lock can be checked for completeness.
# all.txt resolves every extra together; the smaller locks take their versions from it, so they never disagree.
UV_LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header pyproject.toml

locks:
	$(UV_LOCK) --upgrade --all-extras --group test --output-file requirements/all.txt
	$(UV_LOCK) --constraints requirements/all.txt --group build --output-file requirements/base.txt
	$(UV_LOCK) --constraints requirements/all.txt --group test $(TEST_EXTRAS:%=--extra %) \
		--output-file requirements/test.txt
	$(UV_LOCK) --constraints requirements/all.txt --group build --all-extras --output-file requirements/full.txt

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* htmlcov .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis benchmarks/.peers benchmarks/.work
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
