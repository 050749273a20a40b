# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target sets up what it needs in .venv and build; nothing has to be installed by hand.

PYTHON ?= python3
PORT ?= 8899
SEEDS ?= 200000

# Another ansible-core than the newest, in an environment of its own: make test CORE=2.16 VENV=build/versions/2.16
CORE ?=
VENV ?= .venv
BIN := $(VENV)/bin
VERSIONS ?= 2.19/3.11 2.16/3.11 2.20/3.12 2.21/3.13
CHECKOUT := build/checkout/ansible_collections/cloudops/halt
COLLECTIONS := build/collections
VERSION := $(shell sed -n 's/^version: *//p' galaxy.yml)
ARTEFACT := build/cloudops-halt-$(VERSION).tar.gz
INSTALLED := $(COLLECTIONS)/ansible_collections/cloudops/halt/MANIFEST.json

# What the artefact is made of.
SHIPPED := galaxy.yml README.md CHANGELOG.md CODE_OF_CONDUCT.md CONTRIBUTING.md COPYING SECURITY.md \
	changelogs docs extensions meta playbooks plugins roles tests/config.yml
FILES := $(wildcard $(shell git ls-files --cached --others --exclude-standard -- $(SHIPPED)))

# The same on every machine: no settings or keys of the caller's environment, and no proxy to the emulator.
unexport $(filter ANSIBLE_% ALIBABA_CLOUD_% AWS_% TENCENTCLOUD_%,$(.VARIABLES)) PYTHONDONTWRITEBYTECODE PYTHONHOME \
	PYTHONPATH VIRTUAL_ENV
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(COLLECTIONS)
export ANSIBLE_CONFIG := $(CURDIR)/tests/ansible.cfg
export ANSIBLE_HOME := $(CURDIR)/build/ansible
export LC_ALL := C.UTF-8
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export no_proxy := 127.0.0.1,localhost,$(or $(no_proxy),$(NO_PROXY))

# $(call quietly,what,command): say what is done; show the command's output only if it fails.
LOG := build/setup$(CORE:%=-%).log
quietly = mkdir -p build; echo "$(1) ..."; { $(2); } >$(LOG) 2>&1 || { cat $(LOG) >&2; exit 1; }

.PHONY: help drill picture test journeys simulate mistakes matrix check bench lint linters docs release-check \
	words emulator build install browser setup update clean FORCE
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:
	@echo "Which command when?"
	@echo "  make drill          first of all: rehearse a stop against the emulator, without an account"
	@echo "  make test           before each commit: all tests (ARGS='tests/unit -k tencent' runs some)"
	@echo "  make lint           before each commit: the linters and Ansible's sanity tests"
	@echo "  make simulate       after a change of the flow: $(SEEDS) simulated worlds (SEEDS=n), or one (SEED=n)"
	@echo "  make mistakes       after a change of tests: do they still catch deliberate mistakes?"
	@echo "  make matrix         after a change of what Ansible sees: every ansible-core whose Python is here"
	@echo "  make docs           after a change of documentation: the site, and its links"
	@echo "  make release-check  before a release: version, changelog and artefact agree, and the artefact works"
	@echo "  make check          before a merge: what CI runs, with the time of each stage"
	@echo "Also: words, bench, picture, emulator, build, install, update, clean. CONTRIBUTING.md says what each proves."
	@echo "Python 3.11 or newer is needed; PYTHON=/path/to/python chooses one."

# A path may have a blank.
DRILL := $(BIN)/ansible-playbook cloudops.halt.drill -e '{"drill_report": "$(CURDIR)/build/drill-report"}'

drill: install
	@ANSIBLE_CALLBACK_RESULT_FORMAT=yaml $(DRILL)

test: $(VENV)/test.done install browser
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

# Real Ansible: what another ansible-core could change.
journeys: $(VENV)/journeys.done install
	@$(BIN)/python -m pytest -n 2 tests/journeys $(ARGS)

simulate: $(VENV)/drill.done $(CHECKOUT)
	@PYTHONPATH=build/checkout exec $(BIN)/python -m ansible_collections.cloudops.halt.tests.simulation \
		$(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

# Mistakes in a copy of the collection, one by one, and the test that catches each.
mistakes: $(VENV)/test.done
	@exec $(BIN)/python -m tests.mistakes $(ARGS)

# Every ansible-core with a Python that it supports. A table at the end says what was run on each.
matrix:
	@exec $(PYTHON) tests/check.py --versions $(VERSIONS)

# Everything that has to be true before a merge.
check:
	@exec $(PYTHON) tests/check.py $(VERSIONS)

bench: $(VENV)/test.done install
	@exec $(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

lint: linters
	VENV="$(VENV)" tests/ansible-test.sh sanity

linters: $(VENV)/lint.done $(CHECKOUT) install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy build/checkout/ansible_collections/cloudops/halt/plugins playbooks/files tests benchmarks requirements \
		build/checkout/ansible_collections/cloudops/halt/docs/words
	$(BIN)/yamllint .
	PATH="$(CURDIR)/$(BIN):$$PATH" ansible-lint
	$(BIN)/antsibull-changelog lint
	PATH="$(CURDIR)/$(BIN):$$PATH" antsibull-docs lint-collection-docs --plugin-docs .
	$(BIN)/shellcheck .ci/run tests/*.sh tests/integration/targets/*/runme.sh

# One folder that any web server, or a browser without one, can show. Warnings are errors, and references must be found.
docs: $(VENV)/docs.done install
	@$(call quietly,Writing the pages of the modules and the role,mkdir -p -m 0755 build/docs/rst && \
		PATH="$(CURDIR)/$(BIN):$$PATH" antsibull-docs collection --use-current --squash-hierarchy --fail-on-error \
		--cleanup everything --dest-dir build/docs/rst cloudops.halt && cp docs/images/report.png build/docs/rst)
	@$(call quietly,Building the site,rm -rf build/docs/doctrees build/docs/html && \
		$(BIN)/sphinx-build -n -W --keep-going -b html -d build/docs/doctrees -c docs/site build/docs/rst build/docs/html)
	@$(BIN)/python docs/site/links.py build/docs/html
	@echo "The documentation is at build/docs/html/index.html"

# What the documentation says of the providers and of what modules return alike.
words: $(VENV)/drill.done $(CHECKOUT)
	@PYTHONPATH=build/checkout exec $(BIN)/python -m ansible_collections.cloudops.halt.docs.words

# What has to be true before a release, and what a user of the artefact would find.
release-check: $(VENV)/release.done docs
	@$(BIN)/python -m pytest -n 2 tests/release $(ARGS)

# What the README shows: the terminal of a drill, and the report of a run that could not stop everything.
picture: install browser
	@$(DRILL) >build/drill.log
	@$(BIN)/python docs/site/terminal.py build/drill.log README.md
	@PYTHONPATH=playbooks/files $(BIN)/python docs/site/report.py docs/images/report.png

# The checkout where Python looks for a collection.
$(CHECKOUT):
	@mkdir -p $(@D)
	@ln -sfn ../../../.. $@

emulator: $(VENV)/drill.done
	@PYTHONPATH=playbooks/files exec $(BIN)/python -m emulator --shell --port $(PORT)

build: $(ARTEFACT)

install: $(INSTALLED)

# All tools at once.
setup: $(VENV)/lint.done $(VENV)/release.done install browser

# The tools in their newest versions. What users install is not among them.
update: $(VENV)/drill.done
	@$(BIN)/python requirements/lock.py

# Debian's browser, for the page of the report. Where it cannot be installed, its tests are skipped and say so.
browser:
	@{ command -v chromium && command -v chromedriver; } >/dev/null || { \
		[ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
		($(call quietly,Installing a browser for the tests,$$sudo apt-get update && \
			$$sudo apt-get install --yes --no-install-recommends chromium chromium-driver)) || \
		echo "The tests of the report's page will be skipped." >&2; }

clean:
	rm -rf $(VENV) build changelogs/.plugin-cache.yaml .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The names of the files, so that a deleted one counts as a change.
build/files: FORCE
	@mkdir -p build; printf '%s\n' $(FILES) | cmp -s - $@ || printf '%s\n' $(FILES) >$@

# Any ansible-core builds the same.
$(ARTEFACT): $(FILES) build/files | $(VENV)/drill.done
	@$(call quietly,Building the collection,$(BIN)/python tests/stage.py build/stage && \
		$(BIN)/ansible-galaxy collection build --force --output-path build build/stage/ansible_collections/cloudops/halt)
	@touch $@

$(INSTALLED): $(ARTEFACT)
	@$(call quietly,Installing the collection in $(COLLECTIONS),\
		$(BIN)/ansible-galaxy collection install --offline --force --collections-path $(COLLECTIONS) $(ARTEFACT))
	@touch $@

# A set-up that was interrupted leaves no .done file, and starts over.
$(VENV)/drill.done: requirements/drill.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not: try 'make PYTHON=/path/to/python3.11 ...'." >&2; exit 1; }
	@$(call quietly,Setting up Python and Ansible in $(VENV),\
		$(PYTHON) -m venv --clear $(VENV) && $(BIN)/python -m pip install -r requirements/drill.txt $(CORE:%='ansible-core~=%.0'))
	@touch $@

# Tools are pinned.
ADD = $(BIN)/python -m pip install -c requirements/lock.txt -r

$(VENV)/journeys.done: requirements/journeys.txt requirements/lock.txt $(VENV)/drill.done
	@$(call quietly,Adding what runs tests,$(ADD) requirements/journeys.txt)
	@touch $@

$(VENV)/test.done: requirements/test.txt $(VENV)/journeys.done
	@$(call quietly,Adding the test tools,$(ADD) requirements/test.txt)
	@touch $@

$(VENV)/lint.done: requirements/lint.txt $(VENV)/test.done
	@$(call quietly,Adding the linters,$(ADD) requirements/lint.txt)
	@touch $@

$(VENV)/docs.done: requirements/docs.txt requirements/lock.txt $(VENV)/drill.done
	@$(call quietly,Adding the tools for the documentation,$(ADD) requirements/docs.txt)
	@touch $@

$(VENV)/release.done: requirements/release.txt $(VENV)/docs.done $(VENV)/test.done
	@$(call quietly,Adding what tries the artefact,$(ADD) requirements/release.txt)
	@touch $@
