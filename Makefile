# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# make demo   a playbook brings two simulated DHCP servers into failover
# make test   everything that CI runs
# make everything   that, and the longer proofs below: half an hour
# make adopt-proof SEED=1 PAIRS=10   what exists on random pairs of servers is adopted without a change
# make nothing-lost   removals, moves and re-creations, broken off everywhere, under every answer to an open question: six minutes;
#                     with SABOTAGE=1 the lab loses a scope, and it has to fail
# make whole-server FIRST=0 CHAINS=100   random declarations of a whole server, some runs killed: reached, and nothing lost on the way
# make fuzz SEED=1 COUNT=10000   true replies, spoilt on their way back: every task ends clearly; some minutes; CASE=7 is one alone;
#                     with SABOTAGE=1 addresses are read wrongly, and it has to fail
# make large-exports   exports of 255 MB, also such as nobody should send: how long, and that reading takes less than 1 GB
# They need Python 3.11, git and make, and nothing else; a PowerShell is used when there is one (PATH or WINDHCP_PWSH).

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .build/collections/ansible_collections/windhcp/failover
TREE := .build/tree/ansible_collections/windhcp/failover
PLUGINS := ansible_collections.windhcp.failover.plugins

.PHONY: demo adopt-proof nothing-lost whole-server fuzz large-exports test everything lint unit integration sanity molecule docs collection recordings clean

demo: .venv/ready collection
	@PYTHONPATH=tests $(BIN)/python -m demo

adopt-proof: export SEED ?= 1
adopt-proof: export PAIRS ?= 10
adopt-proof: .venv/ready collection
	@PYTHONPATH=tests:tests/integration $(BIN)/python -m adopt_proof

nothing-lost: .venv/ready $(TREE)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m nothing_lost --switches $(if $(SABOTAGE),--sabotage)

whole-server: export FIRST ?= 0
whole-server: export CHAINS ?= 100
whole-server: .venv/ready $(TREE)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m whole_server $(FIRST) $(CHAINS)

fuzz: SEED ?= 1
fuzz: COUNT ?= 10000
fuzz: .venv/ready $(TREE)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m fuzz --seed $(SEED) --count $(COUNT) $(if $(CASE),--case $(CASE)) $(if $(SABOTAGE),--sabotage)

large-exports: .venv/ready $(TREE)
	@PYTHONPATH=tests:.build/tree $(BIN)/python -m fuzz.large

test: lint unit integration molecule sanity

everything: test adopt-proof nothing-lost whole-server fuzz large-exports

lint: .venv/ready collection $(TREE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy tests/lab
	cd .build/tree && ../../$(BIN)/mypy --config-file ../../pyproject.toml -p $(PLUGINS).plugin_utils -p $(PLUGINS).action -p $(PLUGINS).filter
	cd $(INSTALLED) && PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.build/collections ansible-lint --profile production
	cd $(INSTALLED) && PATH="$(CURDIR)/$(BIN):$$PATH" antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .
	$(BIN)/antsibull-changelog lint

unit: .venv/ready $(TREE)
	$(BIN)/pytest tests/unit -n 2

integration: .venv/ready collection
	@PYTHONPATH=tests $(BIN)/python -m lab doors
	$(BIN)/pytest tests/integration -n 2

# ansible-test's own checks; the first run installs what they need and takes about three times as long as the next
sanity: .venv/ready
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/sanity/run.sh .build/sanity

# the built collection against a lab that the scenario starts and stops
molecule: .venv/ready collection
	@mkdir -p .build/molecule
	cd $(INSTALLED)/extensions && PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.build/collections \
	  MOLECULE_EPHEMERAL_DIRECTORY=$(CURDIR)/.build/molecule molecule test

# the documentation as HTML: .build/docs/build/html/index.html (without a network its links into Ansible's own docs are missing)
docs: .venv/ready collection
	@rm -rf .build/docs && install -d -m 700 .build/docs/rst
	PATH="$(CURDIR)/$(BIN):$$PATH" antsibull-docs sphinx-init --use-current --squash-hierarchy --lenient --dest-dir .build/docs \
	  --sphinx-theme alabaster --project windhcp.failover --copyright "the windhcp.failover authors" --title windhcp.failover windhcp.failover
	cd .build/docs && PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.build/collections ./build.sh

# the replies that prove the lab's built-in stand-in, from the real script in a real PowerShell
recordings: .venv/ready $(TREE)
	PYTHONPATH=tests $(BIN)/python -m lab record plugins/modules/dhcp_cmdlets.ps1
	PYTHONPATH=tests:.build/tree $(BIN)/python tests/unit/engine/record_replies.py

# as a user gets it: built, then installed
collection: .venv/ready
	@rm -rf .build/collections .build/windhcp-failover-*.tar.gz
	@$(BIN)/ansible-galaxy collection build --output-path .build --force > /dev/null
	@$(BIN)/ansible-galaxy collection install --offline -p .build/collections .build/windhcp-failover-*.tar.gz > /dev/null

$(TREE):
	@mkdir -p $(dir $@)
	@ln -sfn $(CURDIR) $@

.venv/ready: tests/requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

clean:
	rm -rf .venv .build
