# Brings the database to the state of migrations/ and sql/, and gives the login roles their passwords.
# shellcheck shell=bash

# run_dbmate ARG...: on the project's migrations, or those in VIGIL_MIGRATIONS.
run_dbmate() {
    "$(binary_path dbmate)" --url \
        "postgres://postgres@/$VIGIL_DATABASE?socket=$PG_SOCKETS&port=$VIGIL_PG_PORT&sslmode=disable" \
        --migrations-dir "${VIGIL_MIGRATIONS:-$VIGIL_HOME/migrations}" --no-dump-schema "$@"
}

# Migrations act as vigil_owner until they end, and dbmate notes a migration inside its transaction.
prepare_migrations() {
    run_psql -q -v ON_ERROR_STOP=1 <<'SQL'
set client_min_messages = warning;
do $$ begin
  if not exists (select from pg_roles where rolname = 'vigil_owner') then create role vigil_owner nologin; end if;
end $$;
create table if not exists public.schema_migrations (version varchar not null primary key);
grant select, insert on public.schema_migrations to vigil_owner;
SQL
}

migrate() {
    prepare_migrations
    run_dbmate migrate >"$VIGIL_STATE/log/migrate.log" 2>&1 || {
        tail -n 20 "$VIGIL_STATE/log/migrate.log" >&2
        die "a migration failed" "Correct it and repeat; what was applied before it stays applied."
    }
    apply_objects || {
        grep -vE ' NOTICE: ' "$VIGIL_STATE/log/apply.log" | tail -n 20 >&2
        die "sql/apply.sql failed" "Nothing of it was applied. Correct it and repeat."
    }
    # pg_cron reads its jobs when it learns of a change, and may miss the one that made the first jobs of a new database.
    # It reads them anew whenever the configuration is read.
    run_psql -qAt -c 'select pg_reload_conf()' >/dev/null
    set_passwords
}

# Requests that hold a table while the policies are replaced can deadlock with it; nothing was applied then.
apply_objects() {
    local log=$VIGIL_STATE/log/apply.log tries
    for tries in 1 2 3; do
        (cd "$VIGIL_HOME" && run_psql -q -1 -v ON_ERROR_STOP=1 -f sql/apply.sql >"$log" 2>&1) && return
        grep -q 'deadlock detected' "$log" || return 1
        sleep "$tries"
    done
    return 1
}

secret_file() { echo "$VIGIL_STATE/secrets/$1"; }

# write_secret NAME TEXT: for the services, which run as nobody; root reads it too.
write_secret() {
    local file
    file=$(secret_file "$1")
    (umask 077 && printf '%s\n' "$2" >"$file.new")
    chown nobody:nogroup "$file.new"
    mv "$file.new" "$file"
}

# make_password ROLE: random, made once.
make_password() { [[ -s $(secret_file "$1") ]] || write_secret "$1" "$(openssl rand -hex 24)"; }

set_passwords() {
    make_password authenticator
    make_password vigil_worker
    AUTHENTICATOR=$(<"$(secret_file authenticator)") WORKER=$(<"$(secret_file vigil_worker)") run_psql -q \
        -v ON_ERROR_STOP=1 <<'SQL'
\getenv authenticator AUTHENTICATOR
\getenv worker WORKER
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
alter role authenticator password :'authenticator';
alter role vigil_worker password :'worker';
SQL
}
