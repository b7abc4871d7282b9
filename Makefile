# Every target sets up what it needs: a Python >= 3.12 with the locked packages in .venv.
PY := .venv/bin/python
# Where it is set, each of the hundreds of processes that the tests start compiles all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install check test unit drift release-check sbom bench docs demo builder sandbox sample-api format hooks lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: ## .venv with everything
	@scripts/install.sh

check: install ## format, lint, types, structure
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy .
	@.venv/bin/actionlint .github/workflows/*.yml
	@$(PY) -m pytest -q tests/test_structure.py

# Much of a test is waiting: one more than there are cores keeps these busy. PYTEST_ADDOPTS adds options,
# like --junitxml=report.xml.
WORKERS := $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 1)))
test: check ## check, then all tests, with the coverage of the engine
	@scripts/install_browser.sh
	@scripts/install_image_tools.sh
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal --durations=25 --durations-min=5 --cov --cov-report=term-missing:skip-covered --cov-fail-under=100

unit: install ## the quick tests: those that need no process, socket or browser
	@$(PY) -m pytest -q -n auto --unit

drift: install ## do the newest versions that pyproject.toml admits still work?
	@$(PY) -m scripts.drift

release-check: install ## what must hold before a release
	@scripts/install_browser.sh
	@CI=true scripts/install_image_tools.sh
	@UV_COMPILE="$(UV_COMPILE)" $(PY) -m scripts.release_check

sbom: install ## what is in a release, as CycloneDX: make -s sbom >sbom.cdx.json
	@$(PY) scripts/sbom.py

bench: install ## how fast it is, beside Ocean's stock way, dlt, Airbyte and bare httpx (an hour)
	@for each in concurrency large_array rate_limit mapping_speed end_to_end compare growth start_up sandbox; do \
		echo "== $$each"; PYTHONPATH=. $(PY) benchmarks/$$each.py || exit 1; done

docs: install ## write the pages that are made from the models
	@$(PY) -m scripts.write_reference

demo: install ## one real resync of a sample API into a sandbox for Port, on this machine
	@$(PY) scripts/demo.py

builder: install ## the integration builder, a page on this machine
	@.venv/bin/ocean-custom builder

sandbox: install ## Port on this machine: http://127.0.0.1:3010
	@$(PY) -m sandbox.port_api

sample-api: install ## a sample company API: http://127.0.0.1:3020
	@$(PY) -m sandbox.sample_api

format: install ## put the code into shape
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

hooks: install ## format and lint before each commit
	@.venv/bin/pre-commit install

# The lock holds versions and hashes, no addresses: any index that serves the same files will do.
UV_COMPILE := .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.12 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet
lock: install ## renew the lock files from pyproject.toml
	@$(UV_COMPILE) --upgrade --output-file requirements.lock
	@$(UV_COMPILE) --upgrade --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## remove what the targets made
	@rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
