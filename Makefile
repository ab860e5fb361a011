# The commands of this project; each sets up all it needs from nothing (see .ci/setup).

.DEFAULT_GOAL := help
.PHONY: help demo test quick check bench screenshots messages clean
unexport PYTHONPATH PYTHONHOME PYTHONWARNINGS
# The tests start hundreds of processes: each would compile Eyegore again.
unexport PYTHONDONTWRITEBYTECODE
export PYTHON

# PYTHONS="3.11 3.13" tests with each of them; LIBRARIES=oldest with the oldest libraries that pyproject.toml allows.
LIBRARIES := newest
VENV := .venv$(if $(filter oldest,$(LIBRARIES)),-oldest)
BIN := $(VENV)/bin
SETUP := VENV=$(VENV) LIBRARIES=$(LIBRARIES) sh .ci/setup
unexport VENV LIBRARIES PYTHONS

COVERED := limits/* eyegore/elvis/* eyegore/campaign/* eyegore/simulator/* eyegore/session/monitor.py
FLOOR := 95
# The tests of these alone are watched line by line, which makes a test twice as slow.
COVERING := $(addprefix tests/,limits eyegore/elvis eyegore/campaign eyegore/simulator eyegore/session \
    eyegore/images/test_alarms.py eyegore/copies/test_service.py)
LAYERS := tests/test_layers.py
# Two for each core of CI: while one test waits, for a time-out or a process, another computes.
WORKERS := 4

# The tests name files in all alphabets, whatever the locale of this machine can write.
test quick check: export PYTHONUTF8 = 1

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*##/  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

demo:  ## watch Eyegore monitor a simulated camera session
	@$(SETUP) demo
	@$(BIN)/eyegore demo

test: $(if $(PYTHONS),,check)  ## all checks and tests, with the coverage that is asked for
ifdef PYTHONS
	@LIBRARIES=$(LIBRARIES) sh .ci/pythons $(PYTHONS)
else
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(COVERING:%=--ignore=%) --ignore=$(LAYERS)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report= $(COVERING)
	@set -f; for part in $(COVERED); do \
	    $(BIN)/coverage report --include="$$part" --skip-covered --fail-under=$(FLOOR) || exit; \
	done
endif

quick:  ## the tests of the inner loop, in a minute: no window, no DS9, no sshd, nothing slow
	@$(SETUP) test
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "not slow and not ds9 and not gui" --durations=5 --durations-min=2

check:  ## format, lint, types and layers
	@$(SETUP) test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict eyegore
	$(BIN)/pytest -q $(LAYERS)

bench:  ## speed as ratios against the alternatives, measured in one run
	@$(SETUP) test
	@PIP_USER=0 $(BIN)/pip install -q -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

screenshots:  ## the pictures of docs/images, from the real program on simulated nights
	@$(SETUP) test
	$(BIN)/python docs/screenshots.py

messages:  ## the table of messages in docs/warnings.rst, from the real program
	@$(SETUP) test
	@PYTHONPATH=. $(BIN)/python docs/messages.py

clean:  ## remove what building and testing left behind; the environments .venv* stay
	rm -rf build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -not -path './.venv*/*' -prune -exec rm -rf {} +
