# What there is to do with this checkout. `.ci/run` is what a change must pass, `make deep` what an issue must before it
# is called done.

export SWIFT_BACKTRACE = enable=no

# Processors that we do not have, by what they lack.
DIGEST_MASKS = none sha avx2 sha,avx2

ACCEPTANCE = watcher odd context held trouble refusals lists imports

.PHONY: build demo test deep bench bench-large tools lint clean

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
	@set -e; for mask in $(DIGEST_MASKS); do \
		echo "== digests with BREAKWATER_CPU=$$mask"; \
		BREAKWATER_CPU=$$mask swift test --skip-build --disable-xctest --filter '^(DigestsTests|DigestingTests)\.'; \
	done
	@set -e; for script in $(ACCEPTANCE); do \
		echo "== Tests/Acceptance/$$script.py"; \
		BREAKWATER_BIN=.build/debug python3 Tests/Acceptance/$$script.py; \
	done

deep:
	.ci/deep

# Beside the peers that are installed.
bench: tools
	swift build -c release
	python3 Benchmarks/digests.py --bin .build/release
	python3 Benchmarks/whole_path.py --bin .build/release
	.build-tools/venv/bin/python Benchmarks/pictures.py --bin .build/release
	python3 Benchmarks/sealing.py --bin .build/release

# 200 million digests through a pipe, 10 million pictures, 50 generations under load; 15 GB in /var/tmp while it runs.
bench-large: .build-tools/faiss/made
	swift build -c release --product ListStage
	swift build -c release --product breakwater
	python3 Benchmarks/lists.py --bin .build/release --digests 200000000 --pictures 1000000 10000000 \
		--faiss .build-tools/faiss/bin/python --reload 400000 20000 50 --clamd 1000000 8000000 10000000

.build-tools/faiss/made:
	python3 -m venv .build-tools/faiss
	.build-tools/faiss/bin/pip install --quiet --disable-pip-version-check faiss-cpu numpy
	touch $@

# Other people's checkers that the distribution does not have, and photographs to check with.
tools: .build-tools/venv/made .build-tools/meta-pdq .build-tools/photographs

.build-tools/venv/made: Makefile
	python3 -m venv .build-tools/venv
	.build-tools/venv/bin/pip install --quiet --disable-pip-version-check bagit==1.9.0 bagit-profile==1.3.1 \
		pyrage==1.4.0 rfc8785==0.1.4 pillow==12.0.0 numpy pdqhash==0.2.8
	.build-tools/venv/bin/pip install --quiet --disable-pip-version-check --no-deps scikit-image==0.26.0
	touch $@

# Meta's C++, from the sources that pdqhash carries.
.build-tools/meta-pdq: Tests/Peers/meta-pdq.cpp .build-tools/venv/made
	.build-tools/venv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary pdqhash \
		--dest .build-tools pdqhash==0.2.8
	tar -C .build-tools -xzf .build-tools/pdqhash-0.2.8.tar.gz
	g++ -O3 -ffp-contract=off -w -I .build-tools/pdqhash-0.2.8/ThreatExchange -o $@ $< -ljpeg

.build-tools/photographs:
	mkdir -p .build-tools/deb
	cd .build-tools/deb && apt-get -q download mate-backgrounds
	dpkg-deb -x .build-tools/deb/mate-backgrounds_*.deb $@
	rm -r .build-tools/deb

lint:
	swift format lint --strict --recursive --parallel $(wildcard Sources Tests Benchmarks Fuzz) Package.swift
	.ci/walls

clean:
	rm -rf .build .build-*
