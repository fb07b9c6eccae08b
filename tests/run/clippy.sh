# shellcheck shell=bash
# No warnings in any crate.
require_rust
lint_crates() {
    (cd "$VIGIL_HOME" && PGRX_PG_CONFIG_PATH=$PG_BIN/pg_config CARGO_TARGET_DIR=$VIGIL_TARGET \
        cargo clippy --quiet "$@" -- -D warnings)
}
check "clippy vigil-core, vigil-worker" lint_crates -p vigil-core -p vigil-worker --all-targets
check "clippy vigil, vigil_platform" lint_crates -p vigil -p vigil_platform --no-default-features --features pg17
