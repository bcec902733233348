# What there is to do with this checkout. `.ci/run` is what a change must pass, `make deep` what an issue must before it
# is called done.

export SWIFT_BACKTRACE = enable=no

ACCEPTANCE = watcher odd context held trouble refusals

.PHONY: build demo test deep bench tools lint clean

build:
	swift build

demo:
	.ci/install
	swift build
	.ci/demo.sh

test:
	.ci/install
	swift build --build-tests
	swift test
	@set -e; for script in $(ACCEPTANCE); do \
		echo "== Tests/Acceptance/$$script.py"; \
		BREAKWATER_BIN=.build/debug python3 Tests/Acceptance/$$script.py; \
	done

deep:
	.ci/deep

# Beside the peers that are installed.
bench:
	swift build -c release
	python3 Benchmarks/digests.py --bin .build/release
	python3 Benchmarks/whole_path.py --bin .build/release
	python3 Benchmarks/sealing.py --bin .build/release

# Other people's checkers that the distribution does not have.
tools: .build-tools/venv/made

.build-tools/venv/made:
	python3 -m venv .build-tools/venv
	.build-tools/venv/bin/pip install --quiet --disable-pip-version-check bagit==1.9.0 bagit-profile==1.3.1 \
		pyrage==1.4.0 rfc8785==0.1.4 pillow==12.0.0
	touch $@

lint:
	swift format lint --strict --recursive --parallel $(wildcard Sources Tests Benchmarks Fuzz) Package.swift
	.ci/walls

clean:
	rm -rf .build .build-*
