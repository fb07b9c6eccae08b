# The test suites: tests/run/NAME.sh each, one after the other, in the instance `test`.
# shellcheck shell=bash

# Without a database first, so that a mistake shows early; reading suites before those that write.
readonly SUITES=(shell fmt clippy core schema migrate lint golden pgtap oncall parquet hostile sqlsmith isolation security api worker entry chaos docs)
# Run when named: one installs and starts a container engine, the other needs a nightly compiler.
readonly SUITES_BY_NAME=(compose miri)

# run_tests [SUITE...] [--update]: every suite in a process of its own. The last line is "N passed, N failed".
run_tests() {
    local suites=() options=() argument suite results passed=0 failed=0 p f
    for argument in "$@"; do
        case $argument in
            list) printf '%s\n' "${SUITES[@]}" "${SUITES_BY_NAME[@]}" && return ;;
            --*) options+=("$argument") ;;
            *)
                [[ -e $VIGIL_HOME/tests/run/$argument.sh ]] ||
                    die "there is no test suite '$argument'" "Run ./dev test list for the names."
                suites+=("$argument")
                ;;
        esac
    done
    [[ ${#suites[@]} -gt 0 ]] || suites=("${SUITES[@]}")
    already_inside && die "./dev test does not run inside ./dev shell" "Leave the shell first."
    require_superuser test
    mkdir -p "$VIGIL_INSTANCE_DIR"
    exec 8>"$VIGIL_INSTANCE_DIR/tests.lock"
    flock -n 8 || die "tests are running in this clone already" "Wait for them, or end that process."
    "$VIGIL_HOME/dev" down 8>&- # what an interrupted run left
    choose_test_ports
    results=$VIGIL_INSTANCE_DIR/results
    rm -rf "$results"
    mkdir -p "$results"
    VIGIL_TEST_RUN=$(date +%s)-$$
    export VIGIL_TEST_RUN
    for suite in "${suites[@]}"; do
        printf '\n== %s\n' "$suite"
        "$VIGIL_HOME/dev" suite "$suite" "${options[@]}" </dev/null 8>&- || true
        # A suite that ended before it could count itself is a failure.
        read -r p f <"$results/$suite" 2>/dev/null || { p=0 f=1 && echo "not ok - $suite did not finish"; }
        printf '== %s: %d passed, %d failed\n' "$suite" "$p" "$f"
        passed=$((passed + p)) failed=$((failed + f))
    done
    "$VIGIL_HOME/dev" down 8>&- || true
    if [[ $failed -gt 0 ]]; then
        printf '\nfailed:'
        for suite in "${suites[@]}"; do
            [[ -e $results/$suite && $(<"$results/$suite") == *" 0" ]] || printf ' %s' "$suite"
        done
        printf '\n'
    fi
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [[ $failed -eq 0 && $passed -gt 0 ]]
}

choose_test_ports() {
    local name port
    for name in VIGIL_PG_PORT:5533 VIGIL_API_PORT:3100 VIGIL_API_ADMIN_PORT:3200 VIGIL_WORKER_PORT:9564; do
        port=${name#*:}
        while port_in_use "$port"; do port=$((port + 1)); done
        export "${name%:*}=$port"
    done
}

# run_suite NAME [OPTION...]: runs tests/run/NAME.sh and writes what it counted.
run_suite() {
    local suite=$1 status suite_passed suite_failed
    shift
    # The suite's shell stops at the first unexpected error (which it would not in a condition); the file keeps the counts.
    suite_counts=$VIGIL_INSTANCE_DIR/results/$suite.running
    : >"$suite_counts"
    set +e
    (
        set -e
        [[ $suite == compose ]] || prepare_folders
        # shellcheck source=/dev/null
        . "$VIGIL_HOME/tests/run/$suite.sh"
    )
    status=$?
    set -e
    suite_passed=$(grep -c '^ok' "$suite_counts" || true)
    suite_failed=$(grep -c '^not' "$suite_counts" || true)
    if [[ $suite_failed -eq 0 && ($status -ne 0 || $suite_passed -eq 0) ]]; then
        echo "not ok - the suite ended with status $status after $suite_passed passed"
        suite_failed=1
    fi
    rm -f "$suite_counts"
    echo "$suite_passed $suite_failed" >"$VIGIL_INSTANCE_DIR/results/$suite"
}

# passed NAME / failed NAME [DETAIL]: one result.
passed() {
    echo ok >>"$suite_counts"
    printf 'ok - %s\n' "$1"
}

failed() {
    echo not >>"$suite_counts"
    printf 'not ok - %s\n' "$1"
    [[ -z ${2:-} ]] || printf '#   %s\n' "${2//$'\n'/$'\n#   '}"
}

# counted PASSED FAILED: results that another tool reported.
counted() {
    local i
    for ((i = 0; i < $1; i++)); do echo ok >>"$suite_counts"; done
    for ((i = 0; i < $2; i++)); do echo not >>"$suite_counts"; done
}

# check NAME COMMAND...: passes when the command does; its output is shown when it does not.
check() {
    local name=$1 output
    shift
    # Bash would ignore errors inside the command if it ran in a condition.
    set +e
    output=$(
        set -e
        "$@" 2>&1
    )
    check_status=$?
    set -e
    if [[ $check_status -eq 0 ]]; then passed "$name"; else failed "$name" "$output"; fi
}

# must NAME COMMAND...: a check without which the rest of the suite makes no sense.
must() {
    check "$@"
    [[ $check_status -eq 0 ]] || exit 1
}

# check_tap COMMAND...: counts the TAP lines the command prints; a failing command without a failed line counts too.
check_tap() {
    local output status=0 p f
    output=$(mktemp)
    "$@" 2>&1 | tee "$output" || status=$?
    p=$(grep -cE '^ *ok ([0-9]|-)' "$output" || true)
    f=$(grep -cE '^ *not ok ([0-9]|-)' "$output" || true)
    rm -f "$output"
    counted "$p" "$f"
    if [[ $f -eq 0 && ($status -ne 0 || $p -eq 0) ]]; then failed "$1 ended with status $status after $p tests"; fi
}

# check_cargo_test COMMAND...: counts the tests of every test program. cargo counts a test that skips itself as
# passed; here it is not one, and skipped_tests has their number.
check_cargo_test() {
    local output status=0 p f
    output=$(mktemp)
    "$@" 2>&1 | tee "$output" || status=$?
    p=$(sed -nE 's/^test result: .* ([0-9]+) passed.*/\1/p' "$output" | awk '{ n += $1 } END { print n + 0 }')
    f=$(sed -nE 's/^test result: .* ([0-9]+) failed.*/\1/p' "$output" | awk '{ n += $1 } END { print n + 0 }')
    skipped_tests=$(grep -cE '^[.F]*skipped ' "$output" || true)
    p=$((p - skipped_tests))
    rm -f "$output"
    counted "$p" "$f"
    if [[ $f -eq 0 && ($status -ne 0 || $p -eq 0) ]]; then failed "cargo test ended with status $status after $p tests"; fi
}

# check_unittest COMMAND...: counts what Python's unittest reports; a test that skips itself has not passed.
check_unittest() {
    local output status=0 total bad
    output=$(mktemp)
    "$@" 2>&1 | tee "$output" || status=$?
    total=$(sed -nE 's/^Ran ([0-9]+) tests? in .*/\1/p' "$output" | tail -n 1)
    # Nothing to find is the best of results.
    bad=$(sed -nE '/^(OK|FAILED) \(/p' "$output" | tail -n 1 |
        { grep -oE '(failures|errors|skipped|unexpected successes)=[0-9]+' || true; } |
        awk -F= '{ n += $2 } END { print n + 0 }')
    rm -f "$output"
    counted $((${total:-0} > bad ? ${total:-0} - bad : 0)) "$bad"
    if [[ $bad -eq 0 && ($status -ne 0 || ${total:-0} -eq 0) ]]; then
        failed "unittest ended with status $status after ${total:-0} tests"
    fi
}

# clean_database: an instance with the schema applied and nothing else in it.
clean_database() {
    if [[ $(cat "$VIGIL_STATE/clean" 2>/dev/null) == "$VIGIL_TEST_RUN" ]] && cluster_running; then return; fi
    service_stop worker postgrest
    prepare_extensions
    fresh_database
    # Heads of the database that was.
    rm -f "$VIGIL_STATE"/audit/heads-*.jsonl
    cluster_start
    migrate
    echo "$VIGIL_TEST_RUN" >"$VIGIL_STATE/clean"
}

# own_database: the same, for a suite that leaves something behind.
own_database() {
    clean_database
    rm -f "$VIGIL_STATE/clean"
}

# Everything a database needs before its first migration.
prepare_extensions() {
    require_rust
    fetch_binaries
    build_extensions
    install_extensions
    cluster_init
}

# services_up: PostgREST and the worker over the suite's database.
services_up() {
    build_worker
    install_programs
    publish_keys
    postgrest_start
    worker_start
}
