# shellcheck shell=bash
# Attacks over real HTTP and SQL: tests/security/run prints TAP, and a table of what was tried, refused and leaked.
own_database
services_up
run_psql -q -f "$VIGIL_HOME/tests/sql/support/old_readings.psql"
# The attacks come faster than anybody may ask; the corpus of guesses puts the limits back that it tries.
run_psql -q -c "update auth.rate_limit set burst = 1e9, per_second = 1e9" \
    -c "update ops.job set enabled = false where job_name in ('archive', 'verify', 'retention', 'prune', 'storage')"
# What the suite `isolation` of the same run has tried.
export VIGIL_ISOLATION_TAP=$VIGIL_INSTANCE_DIR/results/isolation.tap
corpora=()
for option in "$@"; do
    case $option in
        --schemathesis) corpora+=(schemathesis_run) ;;
        --sqlmap) corpora+=(sqlmap_run) ;;
    esac
done
check_tap run_with_instance "$VIGIL_HOME/tests/security/run" "${corpora[@]}"
service_stop worker postgrest
