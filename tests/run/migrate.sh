# shellcheck shell=bash
# The schema can be made from nothing, and applied again to what it made without changing it.
# pg_dump writes a random word after \restrict.
schema_dump() { dump_schema | grep -vE '^.(un)?restrict '; }

check "prepare the extension" prepare_extension
empty_database() {
    service_stop worker postgrest
    fresh_database
    cluster_start
}
check "make an empty database" empty_database
check "apply to an empty database" migrate
schema_dump >"$VIGIL_STATE/first.sql"
check "apply again" migrate
schema_dump >"$VIGIL_STATE/second.sql"
check "the second time changes nothing" diff "$VIGIL_STATE/first.sql" "$VIGIL_STATE/second.sql"
nothing_pending() { run_dbmate status | tee /dev/stderr | grep -q '^Pending: 0$'; }
check "nothing is pending" nothing_pending
echo "$VIGIL_TEST_RUN" >"$VIGIL_STATE/clean"
