# Tandem. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# One build serves tests, benchmarks and experiments: release. The check keeps modules to the imports they declare.
SWIFT_FLAGS := -c release --explicit-target-dependency-import-check error
# Suites that attack keep both cores busy, and those that measure, or need a port back, want the machine for themselves.
ATTACKING := AttackTests BrokenServerTests
MEASURING := StreamMeasureTests CostMeasureTests TraceMeasureTests SessionRunTests TerminalTests BusyMachineTests DamagedFolderTests \
	RequestHeadParserTests LoopLifeTests AllocationTests
# Suites that break connections, kill servers or simulate keep both cores busy, and those beside them would miss deadlines.
BREAKING := FaultInjectionTests NetworkPathsTests ReconnectionStudyTests VanishedPeerTests ProxyTests
STRAINING := KillTests SimulationTests PersistenceTests
# Tests that start real browsers, which take seconds and all of a processor. The others of their suites need none.
BROWSING := InstalledBrowserTests ReachTests/chromium ReachTests/firefox LegibilityRunTests/writes
TANDEM := .build/release/tandem
FLOOR := .build/floor
# Debian's, which has the packages that `make setup` installs: another python3 may come first in PATH.
export PYTHON ?= /usr/bin/python3
PACKAGES := libwebsockets-dev libwebsockets-evlib-uv libuv1-dev libssl-dev libnghttp2-dev zlib1g-dev libsqlite3-dev openssl curl gcc make gnuplot-nox strace \
	nginx haproxy python3 python3-venv python3-lib2to3 python3-yaml python3-jsonschema python3-websockets
BROWSER_PACKAGES := chromium libnss3-tools openssl curl

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## install what is missing: Debian packages, nothing else
	@command -v swift >/dev/null || { echo "make: Swift 6.3 or later is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		echo "installing" $$missing; \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

.PHONY: build
build: setup floor ## build the command and the floor
	swift build $(SWIFT_FLAGS) --product tandem

.PHONY: floor
floor: setup
	@$(MAKE) -s -C Experiments/floor all OUT=$(abspath $(FLOOR))

.PHONY: build-tests
build-tests: setup floor
	swift build $(SWIFT_FLAGS) --build-tests

# Tests at a time. Without it all of a group begin at once, and those that wait for something miss their deadlines.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8

# The tests that are built. No module is made testable, so that `swift test` plans what was built, and what is tested is what is shipped.
PASS := swift test --disable-testable-imports --skip-build

# One group after the other. $(1): the flags of their build.
define pass
	$(PASS) $(1) $(addprefix --skip ,$(ATTACKING) $(MEASURING) $(BREAKING) $(STRAINING) $(BROWSING))
	$(PASS) $(1) $(addprefix --filter ,$(BREAKING))
	$(PASS) $(1) $(addprefix --filter ,$(STRAINING))
	$(PASS) $(1) $(addprefix --filter ,$(ATTACKING))
	$(PASS) $(1) --no-parallel $(addprefix --filter ,$(MEASURING))
endef

.PHONY: test
test: build-tests ## install, build, and pass the tests
	$(call pass,$(SWIFT_FLAGS))
	$(PYTHON) Tests/Documents/check.py
	$(PYTHON) Tests/Field/run
	@$(MAKE) -s -C Experiments/floor check OUT=$(abspath $(FLOOR))

.PHONY: test-field
test-field: build ## what public bug reports brought out, row by row
	$(PYTHON) Tests/Field/run

.PHONY: test-api
test-api: build ## requests that schemathesis makes from Docs/openapi.yaml, sound and false ones
	Tests/Api/run

.PHONY: fuzz-folders
fuzz-folders: build-tests ## damage result folders in 11,900 ways; some minutes (`make test` does it in 1,400)
	TANDEM_MUTATIONS=1700 $(PASS) $(SWIFT_FLAGS) --filter DamagedFolderTests

.PHONY: test-tsan
test-tsan: setup ## thread sanitizer on the unit and simulation suites, without the modules that take minutes to build
	TANDEM_CORE=1 swift test -c release --sanitize=thread --scratch-path .build/tsan

# Side by side the tests would miss their deadlines. XCTest leaks, which is not ours to mend.
ASAN_FLAGS := -c release --sanitize=address --scratch-path .build/asan --disable-xctest
.PHONY: test-asan
test-asan: export ASAN_OPTIONS = detect_leaks=0:suppressions=$(CURDIR)/Tests/Sanitizers/address.supp
test-asan: setup floor ## address sanitizer on everything (builds all anew, which takes as long again)
	swift build $(ASAN_FLAGS) --build-tests
	$(call pass,$(ASAN_FLAGS))

.PHONY: setup-browser
setup-browser:
	@$(MAKE) -s setup PACKAGES="$(BROWSER_PACKAGES)"

.PHONY: test-browser
test-browser: build-tests setup-browser ## which auth schemes Chromium, Firefox where it is installed, and curl can use
	$(PASS) $(SWIFT_FLAGS) --no-parallel --filter '^BrowserTests\.'

# The parser and the oracle import nothing, so that this needs no other module.
FUZZED := $(addprefix Sources/LWS/Server/,RequestRule.swift RequestHead.swift RequestHead+Rules.swift RequestHeadParser.swift \
	RequestLine.swift PercentEncoding.swift)
.PHONY: fuzz-head
fuzz-head: SECONDS = 60
fuzz-head: ## libFuzzer on the parser of request heads (SECONDS=3600); what it finds is kept in Tests/Fuzz/head
	@mkdir -p .build/fuzz/found
	swiftc -O -DFUZZING -parse-as-library -swift-version 6 -package-name tandem -sanitize=fuzzer,address -o .build/fuzz/head \
		Tests/Fuzz/head/HeadFuzzer.swift Tests/SocketServerTests/Requests/RequestHeadOracle.swift $(FUZZED) 2>.build/fuzz/log \
		|| { cat .build/fuzz/log >&2; exit 1; }
	SWIFT_BACKTRACE=enable=no .build/fuzz/head -max_total_time=$(SECONDS) -max_len=600 -timeout=10 -print_final_stats=1 \
		-artifact_prefix=Tests/Fuzz/head/crashes/ .build/fuzz/found Tests/Fuzz/head/corpus
	.build/fuzz/head -merge=1 -max_len=600 Tests/Fuzz/head/corpus .build/fuzz/found 2>.build/fuzz/log || { cat .build/fuzz/log >&2; exit 1; }

.PHONY: conformance
conformance: build ## Autobahn groups 1 to 7, 9, 10, 12 and 13 against our server and our client
	Tests/Autobahn/run

.PHONY: conformance-core
conformance-core: build
	Tests/Autobahn/run --core

.PHONY: bench
bench: build ## the engine against the machine's own limit, as ratios
	$(TANDEM) run Experiments/bench.yaml

.PHONY: matrix
matrix: build ## the main job: every transport, auth scheme and fault at a glance, on real sockets; about 8 min
	@worst=0; for experiment in quick auth reconnection; do \
		$(TANDEM) run Experiments/$$experiment.yaml; status=$$?; \
		if [ $$status = 130 ]; then exit $$status; fi; \
		if [ $$experiment = auth -a $$status -le 1 ]; then $(MAKE) -s join-auth || status=2; fi; \
		if [ $$status -gt $$worst ]; then worst=$$status; fi; \
	done; \
	exit $$worst

.PHONY: matrix-full
matrix-full: build ## every experiment but auth-full, bench, bench-quick, compression, reconnection, smoke and soak; about 90 min
	@unsound=; for experiment in quick auth latency fan-out footprint polling reconnection-full proxies storm drain; do \
		$(TANDEM) run Experiments/$$experiment.yaml; status=$$?; \
		if [ $$status = 130 ]; then exit $$status; fi; \
		if [ $$status != 0 ]; then unsound="$$unsound $$experiment ($$status)"; fi; \
		if [ $$experiment = auth -a $$status -le 1 ]; then $(MAKE) -s join-auth || unsound="$$unsound joining"; fi; \
	done; \
	if [ -n "$$unsound" ]; then echo "not sound, with the exit status:$$unsound" >&2; exit 1; fi

# The counts of the sources and, where a browser is installed, the legibility, into the newest study of auth. Both are optional: what
# cannot be had is left out, and the report is rendered in any case, last, from all that the folder holds. One repetition of
# the twelve causes takes some twenty seconds a browser; `make legibility` takes three.
.PHONY: join-auth
join-auth: RESULTS := $(shell readlink -e Experiments/Results/latest-auth)
join-auth:
	@test -n "$(RESULTS)" || { echo "there is no study of auth to join to: $(TANDEM) run Experiments/auth.yaml makes one" >&2; exit 1; }
	@$(TANDEM) code-counts "$(RESULTS)" >/dev/null \
		|| echo "tandem code-counts ended with $$?: the report of auth is without counts of code" >&2
	@$(TANDEM) legibility --repetitions 1 "$(RESULTS)" >/dev/null \
		|| echo "tandem legibility ended with $$?: the report of auth is without legibility" >&2
	@$(TANDEM) report "$(RESULTS)"

.PHONY: legibility
legibility: build setup-browser ## what page code can tell of twelve failures, in real browsers (RESULTS=folder)
	$(TANDEM) legibility $(RESULTS)
	$(if $(RESULTS),$(TANDEM) report "$(RESULTS)")

.PHONY: code-counts
code-counts: build ## lines, branches, settings and state of each auth scheme, from the sources (RESULTS=folder)
	$(TANDEM) code-counts $(RESULTS)
	$(if $(RESULTS),$(TANDEM) report "$(RESULTS)")

.PHONY: report
report: build ## render the newest results again
	$(TANDEM) report Experiments/Results/latest

.PHONY: smoke
smoke: build
	@status=0; $(TANDEM) run Experiments/smoke.yaml || status=$$?; $(PYTHON) .ci/check-runs $$status smoke

.PHONY: lint
lint: ## style
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

.PHONY: format
format: ## put Swift files into the project's style
	swift format format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: ci
ci: test ci-rest ## all that CI runs

.PHONY: ci-rest
ci-rest: lint conformance-core smoke fuzz-folders test-tsan

.PHONY: clean
clean: ## remove what was built
	rm -rf .build
