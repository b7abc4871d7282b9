# Every target installs what it needs: a .venv with Python >= 3.12 and the locked packages.
PY := .venv/bin/python
# With this variable, each of the hundreds of test processes would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install check test unit drift release-check sbom bench docs demo builder sandbox sample-api format hooks lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: ## Create .venv with all packages
	@scripts/install.sh

check: install ## Check format, lint, types and structure
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy .
	@.venv/bin/actionlint .github/workflows/*.yml
	@$(PY) -m pytest -q tests/test_structure.py

# Tests spend much time waiting, so there is one more worker than cores. PYTEST_ADDOPTS adds options like
# --junitxml=report.xml.
WORKERS := $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 1)))
test: check ## run the checks, then all tests, with the coverage of each package
	@scripts/install_browser.sh
	@scripts/install_image_tools.sh
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal --durations=25 --durations-min=5 --cov --cov-report=term-missing:skip-covered
	@$(PY) -m scripts.coverage_gate

unit: install ## Run the quick tests: no processes, sockets or browser
	@$(PY) -m pytest -q -n auto --unit

drift: install ## Test with the newest versions that pyproject.toml allows
	@$(PY) -m scripts.drift

release-check: install ## Check that a release can be made
	@scripts/install_browser.sh
	@CI=true scripts/install_image_tools.sh
	@UV_COMPILE="$(UV_COMPILE)" $(PY) -m scripts.release_check

sbom: install ## Print the CycloneDX SBOM: make -s sbom >sbom.cdx.json
	@$(PY) scripts/sbom.py

bench: install ## Compare the speed with stock Ocean, dlt, Airbyte and httpx (takes an hour)
	@for each in concurrency large_array rate_limit mapping_speed end_to_end compare growth start_up sandbox; do \
		echo "== $$each"; PYTHONPATH=. $(PY) benchmarks/$$each.py || exit 1; done

docs: install ## Generate the reference pages from the models
	@$(PY) -m scripts.write_reference

demo: install ## Run a real resync from a sample API into a local sandbox for Port, open until Ctrl+C
	@$(PY) scripts/demo.py

builder: install ## Start the integration builder, a local web page
	@.venv/bin/ocean-custom builder

sandbox: install ## Start a local sandbox for Port: http://127.0.0.1:3010
	@$(PY) -m sandbox.port_api

sample-api: install ## Start a sample company API: http://127.0.0.1:3020
	@$(PY) -m sandbox.sample_api

format: install ## Format code
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

hooks: install ## Install a hook that formats and lints before each commit
	@.venv/bin/pre-commit install

# The lock files have versions and hashes but no URLs. Any index that serves the same files works.
UV_COMPILE := .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.12 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet
lock: install ## Update the lock files from pyproject.toml
	@$(UV_COMPILE) --upgrade --output-file requirements.lock
	@$(UV_COMPILE) --upgrade --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove what the targets created
	@rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
