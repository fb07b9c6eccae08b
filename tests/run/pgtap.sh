# shellcheck shell=bash
# Database unit tests: tests/sql/**/*.sql, pgTAP.
own_database
run_psql -q -v ON_ERROR_STOP=1 <<'SQL'
create schema tap;
create extension pgtap schema tap;
grant usage on schema tap to public;
grant execute on all functions in schema tap to public;
SQL
prove() {
    PGOPTIONS='--search_path=tap,public' pg_prove -h "$PG_SOCKETS" -p "$VIGIL_PG_PORT" -U postgres -d "$VIGIL_DATABASE" \
        --psql-bin "$PG_BIN/psql" --ext .sql --recurse --verbose --comments "$VIGIL_HOME/tests/sql"
}
check_tap prove
