# make demo    set up, then chat with the sample handbook in the terminal
# make install set up only
# make test    set up, then run every test; long files begin first, so that no worker waits for another at the end
# make check   set up, then lint, formatting and types
# make bench   list the benchmarks; `make bench NAME=…` runs one
# make clean   remove everything these targets made, except data/
#
# PYTHON=…      another interpreter than python3 (3.11 or newer)
# CMAKE_ARGS=…  options for the build of llama.cpp, e.g. CMAKE_ARGS=-DGGML_CUDA=on

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := tests/e2e/node_modules
KERNELS := bot/generation/kernels

# Only the library that Frontdesk loads is built, which takes 80 seconds instead of 200 on two cores.
LLAMA_CPP := -DLLAVA_BUILD=OFF '-DCMAKE_PROJECT_llama_cpp_INCLUDE=$(CURDIR)/$(KERNELS)/llama-cpp.cmake'
PIP_INSTALL = $(BIN)/python -m pip install -c constraints.txt

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_RETRIES ?= 10
export PIP_DEFAULT_TIMEOUT ?= 60

.PHONY: demo install test check bench clean

demo: $(VENV)/.installed
	@$(BIN)/frontdesk demo

install: $(VENV)/.installed

test: $(VENV)/.installed-test $(PEERS)/.installed
	@$(BIN)/python -m pytest -rs -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder tests/e2e tests/integration tests/unit

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers auto

bench: $(VENV)/.installed-test
ifdef NAME
	@$(BIN)/python -m tests.bench.$(NAME)
else
	@echo "Run one with: make bench NAME=…"
	@cd tests/bench && ls *.py | sed -e '/^_/d' -e 's/\.py$$//' -e 's/^/  /'
endif

clean:
	rm -rf $(VENV) $(PEERS) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find adapters bot knowledge migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written only after its step has succeeded, so that an interrupted set-up goes on where
# it stopped and a finished one is not run again.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Frontdesk needs Python 3.11 or newer. Install it, or name one: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making the virtual environment $(VENV)."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Past pip's cache, which does not tell apart what was built with other options: for another processor or without CUDA.
$(VENV)/.llama-cpp: constraints.txt $(wildcard $(KERNELS)/*) | $(VENV)/.created
	@command -v "$${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || { \
	  echo "Building llama.cpp needs a C++ compiler. On Debian: apt-get install g++" >&2; exit 1; }
	@echo "Compiling llama.cpp; that takes a minute or two, once."
	@CMAKE_ARGS="$(CMAKE_ARGS) $(LLAMA_CPP)" $(PIP_INSTALL) --no-cache-dir --force-reinstall --no-deps llama-cpp-python
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.llama-cpp
	@echo "Installing Frontdesk into $(VENV)."
	@$(PIP_INSTALL) -e .
	@touch $@

# Frontdesk is in it, so that pip finds out only once what it needs. Tests import a part of all these files only: what
# they do import is compiled then.
$(VENV)/.installed-test: pyproject.toml constraints.txt $(VENV)/.llama-cpp
	@echo "Installing Frontdesk and what its tests need into $(VENV)."
	@$(PIP_INSTALL) --no-compile -e '.[test]'
	@touch $(VENV)/.installed $@

# The server that speaks Slack's protocol exists for Linux on x86-64 only; elsewhere its tests are skipped.
$(PEERS)/.installed: tests/e2e/package.json
	@if ! command -v npm >/dev/null; then echo "npm is missing, so the tests against a Slack server will be skipped."; \
	elif [ "$$(uname -sm)" != "Linux x86_64" ]; then echo "The tests against a Slack server need Linux on x86-64."; \
	else cd tests/e2e && npm install --no-package-lock --no-audit --no-fund --loglevel=error && touch node_modules/.installed; fi
