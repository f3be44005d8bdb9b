# bpsstats: `make report` writes the report of the default city and year, `make test` runs the
# tests, `make lab` opens the notebooks. Each sets up its own .venv first, once.

AREA ?= 6471
YEAR ?= 2022
REPORT_LANG ?= en
REVISION ?=
PYTEST_ARGS ?=
LAB_ARGS ?=
MUTANTS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Inherited settings that change what Python imports or how notebooks draw.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE PYTHONSTARTUP MPLBACKEND
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The project keeps its own settings, so that an empty or missing HOME does no harm.
export IPYTHONDIR := $(CURDIR)/.venv/var/ipython
export MPLCONFIGDIR := $(CURDIR)/.venv/var/matplotlib
export JUPYTER_CONFIG_DIR := $(CURDIR)/.venv/var/jupyter
export JUPYTER_CONFIG_PATH := $(CURDIR)/.jupyter

# What is asked for goes to the command as it was written: no shell, and not make itself, reads it.
unexport AREA YEAR REPORT_LANG REVISION
export REPORT_OF_AREA := $(value AREA)
export REPORT_OF_YEAR := $(value YEAR)
export REPORT_IN := $(value REPORT_LANG)
export REPORT_REVISION := $(value REVISION)

PYTHON := .venv/bin/python
READY := .venv/.ready

.PHONY: help setup report test lab style notebooks scan known-answers simulation mutation \
	benchmarks data docs generated lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 22

setup: $(READY) ## set up .venv from the lock

# Each candidate is run, because a shim can be on the PATH and still refuse to start.
IS_KNOWN := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
FIND_PYTHON := for python in $(PYTHON_FOR_VENV) \
	python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if "$$python" -c '$(IS_KNOWN)' >/dev/null 2>&1; then command -v "$$python"; exit 0; fi; done; \
	echo "No Python 3.11 to 3.14 with the venv module was found. Install one (Debian, Ubuntu:" \
	"apt install python3 python3-venv), then run the command again." >&2; exit 1

$(READY): requirements.lock pyproject.toml
	@echo "Setting up .venv (once; a few minutes on a slow line) ..."
	@rm -rf .venv
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv .venv
	@$(PYTHON) -m pip install --quiet --require-hashes -r requirements.lock
	@$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p .venv/var/ipython .venv/var/matplotlib .venv/var/jupyter
	@touch $@

report: $(READY) ## the annual report, in reports/ (AREA, YEAR, REPORT_LANG=id|en, REVISION="why")
	@$(PYTHON) -m bpsstats report --area "$$REPORT_OF_AREA" --year "$$REPORT_OF_YEAR" \
		--lang "$$REPORT_IN" --revision "$$REPORT_REVISION"

test: $(READY) ## the tests, notebooks among them (BPSSTATS_EXTERNAL=1: those of the CI too)
	@# Two processes share the processors; threads of the linear algebra would only wait for them.
	@OPENBLAS_NUM_THREADS=1 $(PYTHON) -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

lab: $(READY) ## JupyterLab on the notebooks (in a container: LAB_ARGS=--ip=0.0.0.0)
	@$(PYTHON) -m jupyterlab $(LAB_ARGS) notebooks

style: $(READY) ## ruff, mypy on src, the contracts between layers
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

scan: $(READY) ## refuse files that look like microdata and notebooks that show records
	@$(PYTHON) -m bpsstats.microdata.files.scan

notebooks: $(READY) ## execute the notebooks and store their outputs
	@$(PYTHON) -m bpsstats.reporting.report.notebooks.refresh

known-answers: ## run R again; its answers must not change (needs R with survey and laeken)
	@for script in $$(find tests/known_answer -name '*.R'); do \
		Rscript "$$script" > "$${script%.R}.expected.csv" || exit 1; done
	@git diff --exit-code --stat -- tests/known_answer

simulation: $(READY) ## coverage and power of 4,000 samples each; refreshes docs/method.md
	@cd tests && ../$(PYTHON) -m simulation.run && ../$(PYTHON) -m simulation.run --write \
		&& ../$(PYTHON) -m simulation.education

mutation: $(READY) ## break survey/ and poverty/ in small ways (MUTANTS="bpsstats.survey.*")
	@$(PYTHON) -m mutmut run $(MUTANTS)
	@$(PYTHON) -m mutmut results

benchmarks: $(READY) ## time and memory beside svy, R, NumPy; refreshes docs/performance.md
	@$(PYTHON) tests/benchmarks/measure.py --write

data: $(READY) ## make the synthetic rounds again
	@$(PYTHON) -m bpsstats synthesize --area 6471 --years 2018-2022 --out data/raw/susenas

docs: $(READY) ## the documentation site: docs/_build/html/index.html
	@$(PYTHON) -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

generated: $(READY) ## refresh the generated parts of README.md, data/README.md and docs/
	@$(PYTHON) -m bpsstats.reporting.report.readme
	@$(PYTHON) -m bpsstats.microdata.dictionary
	@$(PYTHON) docs/examples.py

lock: ## refresh requirements.lock from pyproject.toml (needs uv)
	@uv lock --quiet
	@uv export --quiet --format requirements.txt --all-extras --all-groups --no-emit-project \
		--no-header --no-annotate -o requirements.lock
	@# pip takes the pin of a package and that of the package with an extra for two.
	@sed -n '/^jsonschema==/,/[^\\]$$/p' requirements.lock \
		| sed 's/^jsonschema==/jsonschema[format-nongpl]==/' > .lock
	@cat .lock >> requirements.lock && rm .lock

clean: ## remove what the commands made
	@rm -rf .venv reports docs/_build docs/made docs/notebooks \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
