# One line a target; what is longer than a line lives in deploy/scripts.
SCRIPTS := deploy/scripts
UI := cd frontend &&

.PHONY: help run cluster test ci fmt lint docs ui ui-test ui-bench browsers desktop desktop-test desktop-bench desktop-pictures screenshots pictures test-needs test-mysql conversation compose k8s-check k8s-rules watch-check conformance fuzz bench chaos chaos-smoke sabotage rolling restore-drill load clean
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build the all-in-one and serve http://127.0.0.1:8080; needs Rust, and with npm has formatted text and emoji
	@bash $(SCRIPTS)/vendor.sh
	cargo run --release --locked -p im-tt

cluster: ## A whole cluster on http://127.0.0.1:8080, to look at and to break; installs what it needs (Debian, Ubuntu)
	@exec bash $(SCRIPTS)/cluster.sh

test: ## Everything that must pass before a change lands; installs what the tests need (Debian, Ubuntu)
	@bash $(SCRIPTS)/test.sh

ci: test ## The same: CI runs what you run

fmt: frontend/node_modules ## Format everything
	cargo fmt --all
	$(UI) npm run format

lint: ui ## Clippy over everything, warnings denied, and the web client's checks
	cargo clippy --workspace --all-targets --locked -- -D warnings

docs: ## The API documentation of all crates, warnings denied
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

ui: frontend/node_modules ## The web client's types, lint and format
	$(UI) npm run check

ui-test: frontend/src/vendor/marked.js ## The web client's own tests, without a browser
	$(UI) npm test

browsers: frontend/src/vendor/marked.js ## The tests in real browsers, against a debug build
	cargo build --locked -p im-tt -p gateway -p api -p testkit --bins --example another_build
	$(UI) npm run e2e

ui-bench: frontend/src/vendor/marked.js ## What the open conversation costs in a browser, beside its goals
	cargo build --locked -p im-tt
	$(UI) npm run --silent bench

desktop: frontend/node_modules ## The desktop app's packages, .deb and .rpm; installs what it needs (Debian, Ubuntu)
	@bash $(SCRIPTS)/desktop.sh

desktop-bench: frontend/node_modules ## What the packaged desktop app costs, beside its goals; makes the packages first
	@bash $(SCRIPTS)/desktop-bench.sh

desktop-test: frontend/node_modules ## The desktop app's tests, on screens that nobody sees; installs what they need
	@bash $(SCRIPTS)/desktop-test.sh

screenshots: frontend/src/vendor/marked.js ## Make the committed screenshots anew, to be looked at one by one; CI never does
	cargo build --locked -p im-tt
	$(UI) npm run screenshots

pictures: frontend/src/vendor/marked.js ## Make the pictures of docs/client.md and docs/desktop.md anew, to be looked at one by one
	$(UI) node tools/pictures.mjs

desktop-pictures: frontend/src/vendor/marked.js ## Take the pictures of docs/client.md that show the desktop app anew; installs what it needs
	@bash $(SCRIPTS)/desktop-pictures.sh

frontend/node_modules: frontend/package-lock.json
	$(UI) npm ci --no-audit --no-fund && touch node_modules

# What the client uses of other people's packages; without npm it starts without them.
frontend/src/vendor/marked.js: frontend/node_modules frontend/scripts/vendor.mjs
	$(UI) npm run --silent vendor && touch src/vendor/marked.js

test-needs: ## Only install what the tests need, or say what to install
	@bash $(SCRIPTS)/test-needs.sh

test-mysql: ## The store's tests on a real MySQL, where its packages can be had
	@bash $(SCRIPTS)/test-mysql.sh || { [ $$? -eq 77 ] && echo "make test-mysql: SKIPPED, nothing was tested"; }

conversation: ## Three people talk through a kill -9 and a restart, over the documented API alone
	@bash $(SCRIPTS)/conversation.sh

k8s-check: ## What Kubernetes and docker would be given, against schemas and assertions; installs what it needs (Debian, Ubuntu)
	@bash $(SCRIPTS)/k8s-check.sh

compose: ## A cluster in containers on this host, on http://127.0.0.1:8080 (PORT); needs docker
	@bash $(SCRIPTS)/compose.sh

k8s-rules: ## The PrometheusRule of k8s/ anew, from deploy/prometheus
	@bash $(SCRIPTS)/k8s-check.sh rules

conformance: ## Autobahn's cases against our WebSocket codec, all that apply (CASES="7.* 1.1.1" for some)
	@bash $(SCRIPTS)/conformance.sh

watch-check: ## Every query of every dashboard and alert against a cluster, Prometheus and exporters that live; installs what it needs
	@bash $(SCRIPTS)/watch-check.sh

fuzz: ## Hostile bytes for the WebSocket decoder, found by coverage, for TIME seconds (300)
	@bash $(SCRIPTS)/fuzz.sh

bench: ## What the hot pieces cost on this machine (BENCH=decode for those with that in their name)
	@bash $(SCRIPTS)/bench.sh

chaos: ## Break a cluster under load, 1000 times (FAULTS=N, SEED=N, OUT=DIR), and check every promise
	@bash $(SCRIPTS)/chaos.sh

chaos-smoke: ## The same for five minutes: every kind of fault twice, another seed each time
	@bash $(SCRIPTS)/chaos.sh smoke

sabotage: ## Build the nodes with each of the known bugs, and see the campaign find it
	@bash loadtest/sabotage/run.sh

rolling: ## Restart all nodes of a cluster one after the other under load (PREVIOUS=REV: as an upgrade from that commit, and back)
	@bash $(SCRIPTS)/rolling.sh

restore-drill: ## Back a system up under load, lose it, restore it elsewhere, and see what came of it (METRICS_DIR=DIR notes the result)
	@bash $(SCRIPTS)/drill.sh

load: ## What messages and connections cost on this machine, beside the goals (ARGS="scale", OUT=DIR); every scenario, five minutes
	@bash $(SCRIPTS)/load.sh

clean: ## Remove what was built and every scratch folder; ./data stays
	cargo clean && rm -rf scratch
