# Every target works from a fresh clone with only Python 3.11 and make; `make` alone prints them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
PORT ?= 8000
# As many processes of tests as there are cores, four at most: they share one server of PostgreSQL.
TEST_JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 2 ? 2 : n > 4 ? 4 : n)))
RUNTIME := .venv/.runtime-installed
TOOLS := .venv/.tools-installed
ATTACKERS := .venv-attack/.installed
export PORT PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install run demo worker test search check format coverage walk teeth attack bench lock

help: ## print these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(TOOLS) ## create .venv with everything the product and its tests need
	@sh scripts/install_browser.sh

run: $(RUNTIME) ## start the demo city at http://127.0.0.1:$PORT (default 8000)
	@mkdir -p instance
	@$(FLASK) db upgrade
	@$(FLASK) demo load
	@$(FLASK) serve

demo: $(RUNTIME) ## load the demo city without starting the server
	@mkdir -p instance
	@$(FLASK) db upgrade
	@$(FLASK) demo load

worker: $(RUNTIME) ## fire due timers and send messages (PostgreSQL; on SQLite the server does it)
	@$(FLASK) worker

test: install ## run every test on SQLite and PostgreSQL, shuffled but alike for one commit
	$(BIN)/python -m pytest -n $(TEST_JOBS) --dist loadgroup --randomly-seed=12345

search: install ## look at random for cases that break a rule, other ones each time
	$(BIN)/python -m pytest -n $(TEST_JOBS) --hypothesis-profile=search --randomly-seed=$$(date +%s) $$(grep -rl "from hypothesis" tests --include='test_*.py')

check: $(TOOLS) ## formatting, lint, types, import contracts, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m pytest -q tests/architecture/test_templates.py

format: $(TOOLS) ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

coverage: install ## run the tests and print what they do not reach
	$(BIN)/python -m pytest -n $(TEST_JOBS) --cov --cov-report=term-missing:skip-covered

walk: install ## walk every tale through every screen, and open every page in every look; pictures go to instance/walk
	@mkdir -p instance/walk
	WALK_PICTURES=instance/walk $(BIN)/python -m pytest -m walk tests/browser

teeth: install ## switch each guard off in turn and see that its tests notice
	$(BIN)/python -m tests.security.teeth

attack: install $(ATTACKERS) ## run known tools against the demo city; the result goes to docs/security/t2.md
	$(BIN)/python -m tests.security.attack

bench: $(TOOLS) ## measure; results go to benchmarks/
	@for script in $(wildcard benchmarks/*.py); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: $(TOOLS) ## write requirements*.txt anew from what is installed for requirements*.in
	$(BIN)/python scripts/lock_requirements.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

$(RUNTIME): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

$(TOOLS): requirements-dev.txt $(RUNTIME)
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

$(ATTACKERS): tests/security/attack-tools.txt tests/security/attack-wapiti.txt $(BIN)/python
	sh scripts/install_attack_tools.sh
	$(PYTHON) -m venv .venv-attack
	.venv-attack/bin/python -m pip install --quiet -r tests/security/attack-tools.txt
	$(PYTHON) -m venv .venv-wapiti
	.venv-wapiti/bin/python -m pip install --quiet -r tests/security/attack-wapiti.txt
	@touch $@
