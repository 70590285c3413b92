# Every verb of the house. Each bootstraps uv into .tools and the environment into .venv;
# nothing else need be installed but Python 3.11, pip, git and make.

UV := .tools/bin/uv
RUN := $(UV) run --quiet
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test soak check format docs bench pins clean

help: ## what can be said here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(UV):
	python3 -m pip install -q --disable-pip-version-check --target .tools uv

demo: $(UV) ## twenty seconds of live pipelines on the embedded exchange
	@$(RUN) --no-dev rxdex demo

test: $(UV) ## the tests, with branch coverage of rxdex/
	$(RUN) coverage erase
	$(RUN) coverage run -m pytest $(ARGS)
	$(RUN) coverage combine --quiet
	$(RUN) coverage report $(if $(ARGS),--fail-under=0)

soak: $(UV) ## the tests that take minutes
	$(RUN) pytest -m soak --timeout 0 -o faulthandler_timeout=0 $(ARGS)

check: $(UV) ## formatting, lint, types (mypy and pyright), import contracts, spelling
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) pyright
	$(RUN) lint-imports
	$(RUN) codespell

format: $(UV) ## put the code into the house's form
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

docs: $(UV) ## the documentation, in docs/_build
	$(RUN) --group docs sphinx-build --quiet --fail-on-warning --keep-going -E docs docs/_build
	@echo "docs/_build/index.html"

bench: $(UV) ## rxdex beside other clients, in ten minutes; ARGS="--quick" in half a minute
	@$(RUN) python -m benchmarks $(ARGS)

pins: $(UV) ## refresh the exact versions in pyproject.toml
	$(RUN) --no-project python .ci/pins.py $(UV)

clean: ## forget the environment and what the tools left
	rm -rf .tools .venv uv.lock .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
