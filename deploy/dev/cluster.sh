# One Postgres cluster per instance, in the instance's folder.
# shellcheck shell=bash

PG_DATA=${VIGIL_STATE:-}/data
PG_ARCHIVE=${VIGIL_STATE:-}/archive
PG_SOCKETS=${VIGIL_STATE:-}/socket

as_postgres() {
    (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups \
        env HOME=/var/lib/postgresql "$@")
}

# run_psql ARG...: as superuser over the private socket.
run_psql() {
    "$PG_BIN/psql" -X -h "$PG_SOCKETS" -p "$VIGIL_PG_PORT" -U postgres -d "$VIGIL_DATABASE" "$@"
}

database_ready() { "$PG_BIN/pg_isready" -q -h "$PG_SOCKETS" -p "$VIGIL_PG_PORT"; }

# dump_schema: the definitions in the project's schemas. Comments, blank lines and session settings differ between
# releases of pg_dump and say nothing about the schema.
dump_schema() {
    local schemas arguments=() schema
    mapfile -t schemas < <(run_psql -qAt -c "select n.nspname from pg_namespace n where n.nspowner = 'vigil_owner'::regrole")
    [[ ${#schemas[@]} -gt 0 ]] || die "the database has no schema of this project" "Start with ./dev up."
    for schema in "${schemas[@]}"; do arguments+=(--schema "$schema"); done
    "$PG_BIN/pg_dump" -h "$PG_SOCKETS" -p "$VIGIL_PG_PORT" -U postgres --schema-only "${arguments[@]}" "$VIGIL_DATABASE" |
        grep -vE '^(--.*|SET .*|SELECT pg_catalog\.set_config.*|.(un)?restrict .*)?$'
}

cluster_running() { as_postgres "$PG_BIN/pg_ctl" status -D "$PG_DATA" >/dev/null 2>&1; }

cluster_init() {
    [[ ! -e $PG_DATA/vigil-ready ]] || return 0
    install -d -m 0700 -o postgres -g postgres "$PG_DATA"
    # What an interrupted initdb left. The folder itself may be a mounted volume, which cannot be removed.
    find "$PG_DATA" -xdev -mindepth 1 -delete
    as_postgres "$PG_BIN/initdb" -D "$PG_DATA" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
        --locale-provider=builtin --builtin-locale=C.UTF-8 --data-checksums \
        --auth-local=peer --auth-host=scram-sha-256 --no-instructions >"$VIGIL_STATE/log/initdb.log" 2>&1 ||
        die "initdb failed: $(tail -n 1 "$VIGIL_STATE/log/initdb.log")" "The whole output is in .vigil/$VIGIL_INSTANCE/log/initdb.log."
    echo "include_if_exists = 'vigil.conf'" >>"$PG_DATA/postgresql.conf"
    fresh_database
    as_postgres touch "$PG_DATA/vigil-ready"
}

# single_user SQL...: with the server stopped and no preloaded libraries.
single_user() {
    printf '%s\n' "$@" | as_postgres "$PG_BIN/postgres" --single -c shared_preload_libraries= -c exit_on_error=on \
        -D "$PG_DATA" postgres >>"$VIGIL_STATE/log/single.log" 2>&1 ||
        die "the database could not be made" "See .vigil/$VIGIL_INSTANCE/log/single.log."
}

# Replaces the database by an empty one. pg_cron and TimescaleDB hold it open while a server runs, and pg_cron's
# launcher ends for good where its database is missing, so this is done without a server.
fresh_database() {
    cluster_stop
    # The SQL logins of its tenants are roles of the cluster, and would be in the way of the next database's.
    # shellcheck disable=SC2016 # dollars of SQL
    single_user "drop database if exists $VIGIL_DATABASE" "create database $VIGIL_DATABASE" \
        'do $$ declare r text; begin for r in select rolname from pg_roles where rolname ~ '"'^(bi|grafana)_[0-9]+_'"' loop execute format('"'drop role %I'"', r); end loop; end $$'
}

memory_mb() {
    local total limit=
    total=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
    [[ ! -r /sys/fs/cgroup/memory.max ]] || limit=$(cat /sys/fs/cgroup/memory.max)
    if [[ $limit =~ ^[0-9]+$ && $((limit / 1048576)) -lt $total ]]; then total=$((limit / 1048576)); fi
    # The test instance is a guest next to whatever else runs.
    [[ $VIGIL_INSTANCE != test || $total -lt 2048 ]] || total=2048
    echo "$total"
}

at_most() { echo $(($1 < $2 ? $1 : $2)); }
at_least() { echo $(($1 > $2 ? $1 : $2)); }

cluster_configure() {
    local memory cores maintenance work dead_man
    memory=$(memory_mb)
    cores=$(nproc)
    # As text in quotes.
    dead_man=${VIGIL_DEAD_MAN_COMMAND:-}
    dead_man=${dead_man//\\/\\\\}
    dead_man=${dead_man//\'/\'\'}
    maintenance=$(at_least $((memory / 16)) 64)
    work=$(at_least $((memory / 256)) 8)
    cat >"$PG_DATA/vigil.conf" <<CONF
# Written by ./dev at every start.
listen_addresses = '${VIGIL_LISTEN:-127.0.0.1}'
port = $VIGIL_PG_PORT
unix_socket_directories = '$PG_SOCKETS'
unix_socket_permissions = 0777
password_encryption = 'scram-sha-256'
max_connections = 100

# vigil_platform, so that its settings are a superuser's from the first statement of a session on.
shared_preload_libraries = 'timescaledb,pg_cron,vigil_platform'
vigil_platform.archive_directory = '$PG_ARCHIVE'
vigil_platform.dead_man_command = '$dead_man'
vigil_platform.signing_key_file = '$PG_KEYS/signing.pem'
vigil_platform.sealing_key_file = '$PG_KEYS/sealing.key'
cron.database_name = '$VIGIL_DATABASE'
cron.host = '$PG_SOCKETS'
cron.use_background_workers = off
cron.timezone = 'UTC'

# $memory MB of memory, $cores cores
shared_buffers = '$(at_most $((memory / 4)) 8192)MB'
effective_cache_size = '$((memory * 6 / 10))MB'
maintenance_work_mem = '$(at_most "$maintenance" 1024)MB'
work_mem = '$(at_most "$work" 64)MB'
max_worker_processes = $((cores + 16))
max_parallel_workers = $cores
max_parallel_workers_per_gather = $(at_least $((cores / 2)) 1)
# Every chunk of a hypertable that a statement touches takes locks.
max_locks_per_transaction = 256
jit = off
random_page_cost = 1.1
effective_io_concurrency = 200
max_wal_size = '4GB'
checkpoint_timeout = '15min'
wal_compression = 'lz4'

timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '$VIGIL_STATE/log'
log_filename = 'postgres-%a.log'
log_rotation_age = '1d'
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d %a '
log_min_duration_statement = '5s'
log_lock_waits = on
track_io_timing = on
CONF
    # Over the socket the operating system vouches: root and postgres (which is pg_cron) may be any role.
    printf '%s\n' 'local all all peer map=vigil' "host all all ${VIGIL_CLIENTS:-127.0.0.1/32} scram-sha-256" >"$PG_DATA/pg_hba.conf"
    printf '%s\n' 'vigil root all' 'vigil postgres all' >"$PG_DATA/pg_ident.conf"
    install -d -m 0700 -o postgres -g postgres "$PG_ARCHIVE"
    make_keys
    chown postgres:postgres "$PG_DATA"/{vigil,pg_hba,pg_ident}.conf
}

cluster_start() {
    cluster_init
    if cluster_running; then return; fi
    require_port VIGIL_PG_PORT
    cluster_configure
    install -d -m 0700 -o postgres -g postgres "$PG_SOCKETS"
    as_postgres "$PG_BIN/pg_ctl" start -D "$PG_DATA" -w -t 120 -s -l "$VIGIL_STATE/log/postgres-start.log" \
        </dev/null 9>&- || {
        tail -n 5 "$VIGIL_STATE/log/postgres-start.log" >&2
        die "Postgres did not start" "The log is in .vigil/$VIGIL_INSTANCE/log."
    }
}

cluster_stop() {
    if cluster_running; then
        as_postgres "$PG_BIN/pg_ctl" stop -D "$PG_DATA" -m fast -w -t 120 -s
    fi
}
