# One line a target; what is longer than a line lives in deploy/scripts.
SCRIPTS := deploy/scripts

.PHONY: help run test ci fmt lint docs test-needs test-mysql conversation clean
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build the all-in-one and serve http://127.0.0.1:8080; needs Rust and nothing else
	cargo run --release --locked -p im-tt

test: ## Everything that must pass before a change lands; installs what the tests need (Debian, Ubuntu)
	@bash $(SCRIPTS)/test.sh

ci: test ## The same: CI runs what you run

fmt: ## Format the Rust code
	cargo fmt --all

lint: ## Clippy over everything, warnings denied
	cargo clippy --workspace --all-targets --locked -- -D warnings

docs: ## The API documentation of all crates, warnings denied
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

test-needs: ## Only install what the tests need, or say what to install
	@bash $(SCRIPTS)/test-needs.sh

test-mysql: ## The store's tests on a real MySQL, where its packages can be had
	@bash $(SCRIPTS)/test-mysql.sh || { [ $$? -eq 77 ] && echo "make test-mysql: SKIPPED, nothing was tested"; }

conversation: ## Three people talk through a kill -9 and a restart, over the documented API alone
	@bash $(SCRIPTS)/conversation.sh

clean: ## Remove what was built and every scratch folder; ./data stays
	cargo clean && rm -rf scratch
