# make run: set up and open the dashboard. make class: serve it to others in the network. make test:
# set up and run every check. make looks: every page at every size, light and dark, beside how the
# last commit looked. make site: the networks that ship as a site of plain files, in the folder site.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GPU := $(shell [ "$$(uname -s)" = Linux ] && nvidia-smi >/dev/null 2>&1 && echo requirements-gpu.txt)
DENO := DENO_NO_UPDATE_CHECK=1 $(BIN)/deno

.PHONY: run class test lint types types-of-scripts site looks clean

run: $(VENV)/.run
	$(BIN)/streamlit run app.py

class: $(VENV)/.run
	$(BIN)/python -m pcae class

test: lint
	@said=$$($(DENO) test --quiet --allow-read=tests/javascript tests/javascript 2>&1) || \
		{ echo "$$said"; exit 1; }
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal # a core each

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(DENO) fmt --quiet --check
	$(DENO) lint --quiet
	@$(MAKE) --no-print-directory -j 2 types types-of-scripts # a core each

types:
	$(BIN)/mypy

types-of-scripts:
	$(DENO) check --quiet pcae/browser tests/javascript

site: $(VENV)/.run
	$(BIN)/python -m pcae.takehome.making site

looks: $(VENV)/.dev
	$(BIN)/python -m benchmarks.looks

$(VENV)/.python:
	@$(PYTHON) pcae/pythons.py
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.python requirements.txt $(GPU)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		$(foreach file,requirements.txt $(GPU),-r $(file))
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt requirements-cluster.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .hypothesis .pytest_cache .mypy_cache .ruff_cache
