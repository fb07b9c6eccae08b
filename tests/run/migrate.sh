# shellcheck shell=bash
# The schema can be made from nothing, and applied again to what it made without changing it.
# Definitions, extensions and scheduled jobs.
whole_state() {
    dump_schema
    run_psql -At -c 'select extname, extversion from pg_extension order by 1' \
        -c 'select jobname, schedule, command, username, active from cron.job order by 1'
}

must "prepare the extensions" prepare_extensions
empty_database() {
    service_stop worker postgrest
    fresh_database
    cluster_start
}
must "make an empty database" empty_database
must "apply to an empty database" migrate
whole_state >"$VIGIL_STATE/first.sql"
check "apply again" migrate
whole_state >"$VIGIL_STATE/second.sql"
check "the second time changes nothing" diff "$VIGIL_STATE/first.sql" "$VIGIL_STATE/second.sql"
nothing_pending() { run_dbmate status | tee /dev/stderr | grep -q '^Pending: 0$'; }
check "nothing is pending" nothing_pending
echo "$VIGIL_TEST_RUN" >"$VIGIL_STATE/clean"
