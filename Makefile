# `make demo` and `make test` need Python 3.11 or newer, git and make, and nothing else.
# Everything is installed into .venv; nothing else on the machine is touched.

.DEFAULT_GOAL := help
.PHONY: demo test quick proof lint docs pictures lock clean help

# The first Python on PATH that is new enough. PYTHON=... overrides it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
PY := .venv/bin/python
RUN := .venv/.run
DEV := .venv/.dev
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
# Three at a time keep two cores busy: a test waits about every third second, for processes and disks.
TESTS := $(PY) -m pytest -n 3 --dist worksteal

demo: $(RUN)  ## the bot in a local workspace, with its web page; needs no account
	$(PY) -m bot demo

test: lint  ## everything a change has to pass (at most fifteen minutes on two cores)
	$(TESTS) -m 'not proof'

quick: $(DEV)  ## what can be told in under thirty seconds: no sockets, no proof
	$(TESTS) -m 'not proof and not sockets'

proof: $(DEV)  ## the long tests: kills, fuzzing, both databases and transports, the page in a browser
	HOLDFAST_PROOF=1 $(TESTS) -m proof

lint: $(DEV)  ## style, types and layers
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

docs: $(DEV)  ## write again what is generated: manifest.yml and parts of docs/
	$(PY) -m tests.architecture.generated
	$(PY) -m tests.bot.incident.severity_page

pictures: $(DEV)  ## take the pictures of docs/ again (needs chromium)
	$(PY) -m tests.demo.pictures

lock: .venv/bin/python  ## pin the newest versions that requirements*.in allow
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -o requirements-dev.txt requirements-dev.in

clean:  ## remove what was installed and cached; your data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	find bot handlers agents tests -name __pycache__ -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A stamp says which pins are installed; only changed pins are installed again.
.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Holdfast needs Python 3.11 or newer, and there is none on PATH."; \
		echo "Install one, or say where it is: make PYTHON=/path/to/python3 ..."; exit 1; fi
	@$(PYTHON) -m venv .venv || { \
		echo "$(PYTHON) cannot make a virtual environment (on Debian the package python3-venv is missing)."; \
		rm -rf .venv; exit 1; }

# `holdfast` by name, from any folder, without building a package first.
.venv/bin/holdfast: | .venv/bin/python
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/%s" -m bot "$$@"\n' "$(CURDIR)" "$(CURDIR)" "$(PY)" > $@
	@chmod +x $@

$(RUN): requirements.txt | .venv/bin/holdfast
	@echo "Installing what Holdfast runs on ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt | .venv/bin/holdfast
	@echo "Installing what Holdfast runs on and is tested with ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(RUN)
