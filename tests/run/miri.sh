# shellcheck shell=bash
# The unsafe code of the extension that needs no server, under Miri, which finds undefined behaviour. It needs a nightly
# compiler: rustup toolchain install nightly --component miri --component rust-src.
run_miri() {
    (cd "$VIGIL_HOME" && PGRX_PG_CONFIG_PATH=$PG_BIN/pg_config CARGO_TARGET_DIR=$VIGIL_TARGET/miri \
        cargo +nightly miri test --quiet -p vigil --lib --no-default-features --features pg17)
}
must "there is a nightly compiler with Miri" cargo +nightly miri --version
check_cargo_test run_miri
