# shellcheck shell=bash
# The worker's tests, those against a real database included.
own_database
test_worker() {
    (cd "$VIGIL_HOME" && CARGO_TARGET_DIR=$VIGIL_TARGET \
        VIGIL_TEST_DATABASE_URL="host=$PG_SOCKETS port=$VIGIL_PG_PORT user=postgres dbname=$VIGIL_DATABASE" \
        cargo test --quiet --no-fail-fast -p vigil-worker)
}
check_cargo_test test_worker
# shellcheck disable=SC2154 # set by check_cargo_test
[[ $skipped_tests -eq 0 ]] || failed "no test is skipped" "$skipped_tests tests did not find the database"
