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


# An installation from before incidents, with rows under row security, is brought to today.
upgraded() {
    fresh_database
    cluster_start
    prepare_migrations
    local folder
    folder=$(mktemp -d)
    cp "$VIGIL_HOME"/migrations/00{0[1-9],1[0-6]}_*.sql "$folder"
    VIGIL_MIGRATIONS=$folder run_dbmate migrate
    rm -rf "$folder"
    run_psql -q -v ON_ERROR_STOP=1 -f "$VIGIL_HOME/tests/upgrade/before_incidents.sql"
    migrate
}
check "bring an older installation to today" upgraded
as_expected() {
    local wrong
    wrong=$(run_psql -qAt -v ON_ERROR_STOP=1 -f "$VIGIL_HOME/tests/upgrade/after_incidents.sql")
    [[ -z $wrong ]] || { echo "$wrong" && return 1; }
}
check "what it held is there as it should be" as_expected
rm -f "$VIGIL_STATE/clean"
