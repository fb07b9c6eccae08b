# shellcheck shell=bash
# What needs no Postgres: the workspace's default members.
require_rust
test_default_members() { (cd "$VIGIL_HOME" && CARGO_TARGET_DIR=$VIGIL_TARGET cargo test --quiet --no-fail-fast); }
check_cargo_test test_default_members
