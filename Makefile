# Everything a fresh machine with Python 3.11 and make needs. `make help` lists it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A stamp's name holds its files' checksums: what is installed anew is decided by content, not by time.
sum = $(shell cat $(1) | cksum | tr -s ' ' '-')
RUNTIME := $(VENV)/.runtime-$(call sum,requirements.lock pyproject.toml)
TESTS := $(VENV)/.tests-$(call sum,requirements.lock requirements-test.lock pyproject.toml)
TORCH := .venv-torch
TORCHED := $(TORCH)/.torch-$(call sum,requirements.lock requirements-test.lock pyproject.toml)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

export HAYSTACK_TELEMETRY_ENABLED := false

.PHONY: help chat ask question env test test-torch regress baselines lint format types contracts lock clean

help:
	@echo 'make chat                 make the environment and talk about seeds/'
	@echo 'make ask Q="a question"   make the environment, index seeds/ and answer'
	@echo 'make test                 make the environment and run the tests'
	@echo 'make test-torch           run the tests that need torch, in an environment of their own'
	@echo 'make regress              ask the question sets that ship, against their baselines'
	@echo 'make baselines            record those baselines anew: make baselines REASON="a new reader"'
	@echo 'make lint types contracts ruff, mypy, import-linter'
	@echo 'make format               lay out the code with ruff'
	@echo 'make lock                 resolve the dependencies anew, with hashes'
	@echo 'make clean                remove the environment and caches; the index stays'

chat: $(RUNTIME)
	@$(BIN)/citebot chat || { status=$$?; [ $$status -eq 130 ] || exit $$status; }

# The question reaches the command as it was typed: neither make nor the shell expands anything in it. Without
# `override`, make would run a $(shell ...) that stands in a question given as Q=...
override Q := $(value Q)
export Q
ask: question $(RUNTIME)
	@$(BIN)/citebot ask -- "$$Q" || { status=$$?; [ $$status -eq 1 ] || exit $$status; }

question:
	@[ -n "$$Q" ] || { echo 'Which question? make ask Q="Who said so?"' >&2; exit 2; }

env: $(RUNTIME)

test: $(TESTS)
	@$(BIN)/python -m pytest

# What cannot be imported here would be skipped without a word.
test-torch: $(TORCHED)
	@$(TORCH)/bin/python -c 'import torch, onnx, onnxscript, gguf, haystack_integrations.components.generators.transformers'
	@$(TORCH)/bin/python -m pytest tests/unit/*_torch.py

# A folder of tests/regression a set: its files together have one baseline, and so have those that end in -whole,
# which ask follow-ups as whole questions. `make baselines SETS=seeds` is about one of them.
SETS := seeds xquad followups
REASON ?=
REGRESS = set -e; ask() { $(BIN)/citebot regress "$${@:3}" --index ".citebot-regress/$$1" --baseline "$$2" $(1); }; \
	for name in $(SETS); do folder=tests/regression/$$name; \
		files=$$(find $$folder -maxdepth 1 -name '*.yaml' ! -name '*-whole.yaml' | sort); \
		wholes=$$(find $$folder -maxdepth 1 -name '*-whole.yaml' | sort); \
		ask $$name $$folder/baseline.json $$files; \
		[ -z "$$wholes" ] || ask $$name $$folder/baseline-whole.json $$wholes; done
regress: $(RUNTIME)
	@$(call REGRESS,)
	@$(BIN)/python -m tests.regression.page --check

baselines: $(RUNTIME)
	@$(call REGRESS,--update-baseline --reason '$(REASON)')
	@$(BIN)/python -m tests.regression.page

lint: $(TESTS)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: $(TESTS)
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: $(TESTS)
	@$(BIN)/mypy

contracts: $(TESTS)
	@$(BIN)/lint-imports

$(RUNTIME):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@echo 'Installing into $(VENV) (once; a few minutes) ...' >&2
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.runtime-* && touch $@

$(TESTS): $(RUNTIME)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-test.lock
	@rm -f $(VENV)/.tests-* && touch $@

# The rest is taken from $(VENV), which stands on its path. torch has no lock: its wheels differ from machine to machine.
$(TORCHED): $(TESTS)
	@echo 'Installing torch into $(TORCH) (once; a few minutes) ...' >&2
	@[ -x $(TORCH)/bin/python ] || $(BIN)/python -m venv --without-pip $(TORCH)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$($(TORCH)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/rest.pth"
	@$(TORCH)/bin/python -m pip --disable-pip-version-check -qq install $$($(BIN)/python -c "$$REQUIREMENTS" torch) \
		|| { echo 'torch cannot be installed here, so what needs it is not tested; pip says above why.' >&2; exit 1; }
	@rm -f $(TORCH)/.torch-* && touch $@

# The locks hold names, versions and hashes only; where packages come from is each machine's own matter.
define REQUIREMENTS
import sys, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))
runtime = project["build-system"]["requires"] + project["project"]["dependencies"]
print(*(runtime if sys.argv[1] == "runtime" else project["dependency-groups"][sys.argv[1]]), sep="\n")
endef
export REQUIREMENTS
COMPILE := .venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-annotate --no-emit-options
lock:
	@[ -x .venv-lock/bin/pip-compile ] || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -q pip-tools==7.6.2; }
	@.venv-lock/bin/python -c "$$REQUIREMENTS" runtime | $(COMPILE) - -o requirements.lock
	@.venv-lock/bin/python -c "$$REQUIREMENTS" test | $(COMPILE) - -c requirements.lock -o requirements-test.lock

clean:
	rm -rf $(VENV) $(TORCH) .venv-lock .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
