# `make` checks the format, builds and runs all tests. `make demo` shows the main job without an account.
.PHONY: all check-format build test test-postgis test-dbt test-odbc dictionary demo demo-stop bi bi-stop test-bi dashboard-picture simulate fuzz sanitize packages deb tar test-packages sbom bench kills clean

SWIFT ?= swift

all: check-format test

# Installs what a fresh Debian machine with a Swift toolchain lacks.
packages:
	@deploy/install-packages

check-format:
	$(SWIFT) format lint --strict --recursive Package.swift Plugins Sources Tests

build: packages
	$(SWIFT) build

# The last step needs PyPI, or a mirror of it (PIP_INDEX_URL), to check the queries of the dashboards.
test: packages
	$(SWIFT) build --build-tests
	SWIFT="$(SWIFT)" deploy/test
	deploy/superset/bi check

# Rewrites the pages of the data dictionary and the sources of deploy/dbt from the comments of a migrated database.
dictionary: packages
	$(SWIFT) build --build-tests
	FLEETIZE_UPDATE_DOCS=1 deploy/with-private-postgres $(SWIFT) test --skip-build --filter 'The data dictionary'

demo:
	@deploy/install-packages demo
	@deploy/build fleetize-simulator fleetize-etl
	@deploy/demo

demo-stop:
	deploy/demo stop

# Starts the dashboards in Superset over the running demo, or over BI_WAREHOUSE; see docs/dashboards.md.
bi: packages
	deploy/superset/bi start

bi-stop:
	deploy/superset/bi stop

# Tests the dashboards in Superset and a headless browser, over their own demo.
test-bi:
	@deploy/install-packages browser
	$(SWIFT) build --product fleetize-simulator
	$(SWIFT) build --product fleetize-etl
	deploy/superset/bi test

# The same, and rewrites docs/dashboard.png.
dashboard-picture:
	BI_PICTURE=docs/dashboard.png $(MAKE) test-bi

# Tests deploy/postgis.sql. `make test` does it too if PostGIS is installed.
test-postgis:
	@deploy/install-packages postgis
	$(SWIFT) build --build-tests
	deploy/with-private-postgres $(SWIFT) test --skip-build --filter PostGIS

# Runs the dbt package of deploy/dbt twice against a warehouse that changes in between. Takes dbt from PyPI.
test-dbt: packages
	$(SWIFT) build --product fleetize-etl
	deploy/dbt/test

# Reads all views through ODBC.
test-odbc:
	@deploy/install-packages odbc
	$(SWIFT) build --product fleetize-etl
	deploy/odbc/test

# Compares calls made with calls needed over simulated nights, by kind of fleet (DAYS=, VEHICLES=). Prints the rows of a table.
simulate: packages
	$(SWIFT) build --build-tests
	FLEETIZE_SIMULATED_DAYS=$(or $(DAYS),365) FLEETIZE_SIMULATED_VEHICLES=$(or $(VEHICLES),10) \
	  deploy/with-private-postgres $(SWIFT) test --skip-build --filter 'CallEfficiencyTests|HistoryEndTests|FormatChangeTests'

# Fuzzes the parsers under the address sanitizer: RUNS= inputs or SECONDS= per target, or for TARGET= alone.
fuzz:
	deploy/fuzz $(if $(RUNS),-runs=$(RUNS)) $(if $(SECONDS),-max_total_time=$(SECONDS)) $(if $(RUNS)$(SECONDS),,-max_total_time=60) $(TARGET)

# Runs the concurrent parts under the thread sanitizer, in a separate build: code that talks to servers, and whole programs running
# concurrently. The simulated nights are left out: they are long and sequential.
sanitize: export TSAN_OPTIONS = suppressions=$(CURDIR)/deploy/tsan-suppressions
sanitize: packages
	$(SWIFT) build --build-tests --sanitize=thread --scratch-path .build-tsan
	deploy/with-private-postgres $(SWIFT) test --skip-build --sanitize=thread --scratch-path .build-tsan \
	  --filter 'PostgresTests|ExtractTests|PipelineTests|SignalTests|SharingTests|WaitingTests|AccountsTests|RestartTests' \
	  --skip CallEfficiencyTests --skip NightsTests --skip ForecastTests

# Builds dist/*.deb and dist/*.tar.gz: release programs with their manual pages, completions and units.
deb: packages
	deploy/packages/build-programs
	deploy/packages/build-deb

tar: packages
	deploy/packages/build-programs
	deploy/packages/build-tar

# Tests the packages, and the image's steps, on clean Debian systems. Needs root; takes half an hour, most of it for building.
test-packages:
	@deploy/install-packages packages
	deploy/packages/build-programs
	deploy/packages/build-deb
	deploy/prometheus/test
	deploy/packages/test
	deploy/container/test

# Writes the bill of materials, as CycloneDX JSON.
sbom: packages
	deploy/sbom > sbom.cdx.json

# Measures transform, replay, storage and views; takes half an hour. BENCH="--days 200 --factor 1 --vehicles 0" is quick.
bench: packages
	deploy/bench $(BENCH)

# Kills backfills at random moments, KILLS= times in all, beginning with SEED=, and compares the tables. Ends with one line per scenario.
kills: packages
	$(SWIFT) build --build-tests
	FLEETIZE_KILLS=$(or $(KILLS),500) FLEETIZE_KILL_SEED=$(or $(SEED),1) \
	  deploy/with-private-postgres $(SWIFT) test --skip-build --filter RandomKillTests

clean:
	rm -rf .build .build-fuzz .build-tsan .bi dist
