# Every target installs what it needs: a .venv with Python >= 3.12 and the locked packages.
PY := .venv/bin/python
# With this variable, each of the hundreds of test processes would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install lint check test coverage unit drift release-check sbom bench bench-all docs pictures site demo builder sandbox sample-api format hooks lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: ## Create .venv with all packages
	@scripts/install.sh

lint: install
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/actionlint .github/workflows/*.yml

check: lint site ## Check format, lint, types, structure, and the links of the documentation
	@.venv/bin/mypy .
	@$(PY) -m pytest -q tests/test_structure.py

# Tests spend much time waiting, so there is one more worker than cores, and mypy runs beside them. Twice as many
# workers as cores would save no time, because each one starts its own servers and collects all tests.
# PYTEST_ADDOPTS adds options like --junitxml=report.xml.
WORKERS := $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 1)))
test: lint ## run the checks and all tests, with the coverage of the engine
	@scripts/install_browser.sh
	@scripts/install_image_tools.sh
	@.venv/bin/mypy . >.venv/types.out 2>&1 & types=$$!; \
	$(PY) -m pytest -q -n $(WORKERS) --dist worksteal --durations=25 --durations-min=5 --cov --cov-report=term-missing:skip-covered; \
	tests=$$?; wait $$types || tests=1; cat .venv/types.out; exit $$tests
	@$(PY) -m scripts.coverage_gate

coverage: install ## Measure the coverage of the builder and the sandbox
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal --cov=builder --cov=sandbox --cov-report=term-missing:skip-covered \
		tests/builder tests/sandbox
	@$(PY) -m scripts.coverage_gate builder sandbox

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

# BENCH has more options: BENCH="--only port-50 --against ../other-checkout --results /tmp/results.json".
bench: install ## Run the quick benchmarks (ten minutes on two idle cores)
	@$(PY) -m benchmarks quick $(BENCH)

bench-all: install ## Run all benchmarks (an hour on two idle cores)
	@$(PY) -m benchmarks all $(BENCH)

docs: install ## Generate the reference pages from the models, and the figures from the benchmark results
	@$(PY) -m scripts.write_reference
	@$(PY) -m scripts.write_benchmarks

pictures: install ## Take the pictures of the builder and of the sandbox in docs
	@scripts/install_browser.sh
	@$(PY) -m scripts.take_pictures

site: install ## Build the documentation site in .site/html, and check its links
	@$(PY) -m scripts.write_site

demo: install ## Run a resync and live events from a sample API into a local sandbox for Port, open until Ctrl+C
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
	@$(UV_COMPILE) --upgrade --extra dev --extra mcp --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove what the targets created
	@rm -rf .venv .uv .site .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
