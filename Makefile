# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# `make` prints the targets that have a "## " behind them. They need Python 3.11 (the demo also runs on a later one), git and make,
# and nothing else; a PowerShell is used when there is one (PATH or WINDHCP_PWSH).

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .build/collections/ansible_collections/windhcp/failover
TREE := .build/tree/ansible_collections/windhcp/failover
PLUGINS := ansible_collections.windhcp.failover.plugins

define build-and-install
@rm -rf .build/collections .build/windhcp-failover-*.tar.gz
@if [ -f galaxy.yml ]; then \
  $(BIN)/ansible-galaxy collection build --output-path .build --force > /dev/null && \
  ANSIBLE_COLLECTIONS_PATH=.build/collections $(BIN)/ansible-galaxy collection install --offline \
    -p .build/collections .build/windhcp-failover-*.tar.gz > /dev/null; \
else mkdir -p $(dir $(INSTALLED)) && ln -sfn $(CURDIR) $(INSTALLED); fi # one that was installed is used as it is
endef

.PHONY: help demo test lint imports unit coverage integration molecule sanity everything declared adopt-proof nothing-lost whole-server
.PHONY: matrix changelog demo-engine facts forks fuzz races races-answers bench large-exports docs pages cookbook screenshots recordings collection clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "make %-14s %s\n", $$1, $$2 }'

# the tests' environment when it is there, else a small one of its own
demo: BIN := $(if $(wildcard .venv/ready),.venv,.demo)/bin
demo: $(if $(wildcard .venv/ready),.venv,.demo)/ready ## playbooks on two simulated DHCP servers: what they do, what they refuse
	$(build-and-install)
	@PYTHONPATH=tests $(BIN)/python -m demo

test: .venv/ready ## all that CI runs (lint unit integration molecule sanity), and what it cost: at most 400 engine starts
	@PYTHONPATH=tests $(BIN)/python -m measured --most-starts 400 lint unit integration molecule sanity

lint: .venv/ready collection $(TREE) ## style, types, the arrows between packages, documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH="$$(echo .build/tree tests/integration tests/unit/*/ | tr ' ' ':')" $(BIN)/mypy tests
	PYTHONPATH=.build/tree $(BIN)/lint-imports --no-logo --cache-dir .build/import-linter
	cd .build/tree && ../../$(BIN)/mypy --config-file ../../pyproject.toml -p $(PLUGINS).plugin_utils -p $(PLUGINS).action -p $(PLUGINS).filter
	cd $(INSTALLED) && PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.build/collections ansible-lint --profile production
	cd $(INSTALLED) && PATH="$(CURDIR)/$(BIN):$$PATH" antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .
	$(BIN)/antsibull-changelog lint

imports: IN ?= plugin_utils
imports: .venv/ready $(TREE) ## draws who imports whom, as a graph in DOT (IN=plugin_utils, or a package of it)
	@PYTHONPATH=.build/tree $(BIN)/import-linter drawgraph --show-import-totals $(PLUGINS).$(if $(filter _%,$(IN)),plugin_utils.$(IN),$(IN))

unit: .venv/ready $(TREE) ## the plans and the lab without Ansible's command line
	$(BIN)/pytest tests/unit -n 2 --dist worksteal

coverage: .venv/ready $(TREE) ## the same tests, and which lines of plugins/ they run: takes twice as long
	$(BIN)/pytest tests/unit -n 2 --cov

integration: .venv/ready collection ## real playbooks against the lab
	@PYTHONPATH=tests $(BIN)/python -m lab doors
	$(BIN)/pytest tests/integration -n 3 --dist worksteal # three, for some of them wait

# the first run installs what the checks need and takes about three times as long as the next
sanity: .venv/ready ## ansible-test's own checks
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/sanity/run.sh .build/sanity

molecule: .venv/ready collection ## the built collection against a lab that the scenario starts and stops
	@mkdir -p .build/molecule
	cd $(INSTALLED)/extensions && PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.build/collections \
	  MOLECULE_EPHEMERAL_DIRECTORY=$(CURDIR)/.build/molecule molecule test

everything: facts declared test coverage demo-engine adopt-proof nothing-lost whole-server races races-answers forks fuzz large-exports ## that, and the longer proofs: two hours

facts: .venv/ready ## the lab's rules about Windows by mark; fails where one lacks a source, a switch or a mark
	@PYTHONPATH=tests $(BIN)/python -m facts

declared: export WITHOUT ?=
declared: .venv/ready $(TREE) ## rules, units, examples: each file is read by its own tool, and each alert fires on its fault
	@tests/declared/tools.sh .build/bin
	@PYTHONPATH=tests $(BIN)/python -m declared
	$(BIN)/pytest tests/unit/report tests/unit/test_shipped_files.py -rs

adopt-proof: export SEED ?= 1
adopt-proof: export PAIRS ?= 10
adopt-proof: .venv/ready collection ## random pairs of servers are adopted without a change (SEED=1 PAIRS=10)
	@PYTHONPATH=tests:tests/integration $(BIN)/python -m adopt_proof

nothing-lost: .venv/ready $(TREE) ## broken off anywhere, nothing is lost: six minutes (SABOTAGE=1: a loss is found)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m nothing_lost --switches $(if $(SABOTAGE),--sabotage)

whole-server: export FIRST ?= 0
whole-server: export CHAINS ?= 100
whole-server: .venv/ready $(TREE) ## random declarations of a server are reached, runs killed (FIRST=0 CHAINS=100)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m whole_server $(FIRST) $(CHAINS)

races: SEED ?= 1
races: PART ?= 1/1
races: .venv/ready $(TREE) ## two tasks meet in any order of their operations: PART=1/4 ONLY=move+join SABOTAGE=no-claim PAIR= SCHEDULE=
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m races --seed $(SEED) --part $(PART) --only '$(ONLY)' --sabotage '$(SABOTAGE)' \
	  --pair '$(PAIR)' --schedule '$(SCHEDULE)' $(if $(MINUTES),--minutes $(MINUTES))

races-answers: SEED ?= 1
races-answers: COUNT ?= 10
races-answers: .venv/ready $(TREE) ## a sample of those meetings under every answer to an open question about Windows (SEED=1 COUNT=10)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m races --seed $(SEED) --answers $(COUNT) --sabotage '$(SABOTAGE)'

forks: export TIMES ?= 10
forks: export DOORS ?= standin
forks: .venv/ready collection ## servers of one run write to each other at once (TIMES=10 DOORS="standin powershell")
	@PYTHONPATH=tests:tests/integration $(BIN)/python -m forks

fuzz: SEED ?= 1
fuzz: COUNT ?= 10000
fuzz: .venv/ready $(TREE) ## spoilt replies: each task ends clearly (SEED=1 COUNT=10000, CASE=7 alone, SABOTAGE=1: fails)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m fuzz --seed $(SEED) --count $(COUNT) $(if $(CASE),--case $(CASE)) $(if $(SABOTAGE),--sabotage)

bench: DOOR ?= standin
bench: RUNS ?= 5
bench: PARTS ?= yes
bench: STARTUP ?= 0
bench: COMPILE ?= 0
bench: RTT ?= 0
bench: .venv/ready collection $(TREE) ## what a server costs, beside what does less or does it otherwise (docs/benchmark.md)
	@PYTHONPATH=tests:tests/integration:.build/tree $(BIN)/python -m bench --rows '$(ROWS)' --sizes '$(SIZES)' --parts $(PARTS) --door $(DOOR) \
	  --runs $(RUNS) --other '$(OTHER)' $(if $(OTHER_TASK),--other-task $(OTHER_TASK)) --startup $(STARTUP) --compiling $(COMPILE) --round-trip $(RTT) \
	  $(if $(TWICE),--twice) $(if $(COMPARE),--compare) $(if $(DOCS),--docs) --command '$(strip make bench $(foreach name,ROWS SIZES PARTS DOOR RUNS STARTUP COMPILE RTT,$(if $(findstring command,$(origin $(name))),$(name)="$($(name))")) $(if $(OTHER),OTHER=...))'

large-exports: .venv/ready $(TREE) ## exports of 255 MB: how long, and that reading takes less than 1 GB
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m fuzz.large

demo-engine: export EVERYTHING := 1
demo-engine: .venv/ready collection ## the demo shows the same whether an engine or the stand-in answers
	$(BIN)/pytest tests/integration/test_demo.py -k engine

docs: .venv/ready collection ## the documentation as HTML: .build/docs/build/html/index.html; fails on any warning
	@PYTHONPATH=tests $(BIN)/python -m docsite .build/docs

pages: .venv/ready $(TREE) ## the pages of the documentation that are made of the code and of the playbooks, anew
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m docsite.reference

cookbook: .venv/ready collection ## what the commands of the cookbook print, written anew into its pages
	@PYTHONPATH=tests:tests/integration $(BIN)/python -m docsite.cooking

screenshots: .venv/ready $(TREE) ## the report's page of an invented fleet, and the pictures of it in the documentation
	@PYTHONPATH=tests:tests/unit/support:.build/tree $(BIN)/python -m screenshots

recordings: .venv/ready $(TREE) ## the replies that prove the lab's stand-in, anew from a real PowerShell
	PYTHONPATH=tests $(BIN)/python -m lab record plugins/modules/dhcp_cmdlets.ps1
	PYTHONPATH=tests:.build/tree $(BIN)/python tests/unit/engine/record_replies.py
	PYTHONPATH=tests $(BIN)/python -m bench.recording

matrix: ONLY ?=
matrix: PARTS ?= connections,sanity,units
matrix: .venv/ready collection $(TREE) ## connections, sanity and unit tests with each version of Ansible: half an hour (ONLY=2.16,2.21 PARTS=sanity)
	@PYTHONPATH=tests $(BIN)/python -m matrix --only '$(ONLY)' --parts '$(PARTS)'

changelog: DATE ?= $(shell date +%F)
changelog: .venv/ready ## the changelog of the version in galaxy.yml anew, of all fragments, until that version is released
	@rm -f changelogs/changelog.yaml
	PATH="$(CURDIR)/$(BIN):$$PATH" antsibull-changelog release --date $(DATE)

collection: .venv/ready ## as a user gets it: built, then installed below .build/collections
	$(build-and-install)

$(TREE):
	@mkdir -p $(dir $@)
	@ln -sfn $(CURDIR) $@

.venv/ready: tests/requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

.demo/ready: tests/demo/requirements.txt
	@mkdir -p .build
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "The demo needs Python 3.11 or later: make demo PYTHON=/path/to/python3"; exit 1; }
	@echo "The first time the demo installs ansible-core, pywinrm and PyYAML into .demo"
	@$(PYTHON) -m venv .demo > .build/demo-install.log 2>&1 && \
	  .demo/bin/pip install --disable-pip-version-check -r $< >> .build/demo-install.log 2>&1 || \
	  { tail -n 3 .build/demo-install.log; echo "The demo could not install what it needs. That takes a network, or an index that pip knows;" \
	    "what went wrong: .build/demo-install.log"; exit 1; }
	@touch $@

clean: ## removes .venv, .demo and .build
	rm -rf .venv .demo .build
