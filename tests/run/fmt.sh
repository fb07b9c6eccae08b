# shellcheck shell=bash
# Rust sources are formatted.
require_rust
check "cargo fmt" cargo fmt --manifest-path "$VIGIL_HOME/Cargo.toml" --all --check
