# PostgREST and the worker as background processes, and the instance as a whole.
# shellcheck shell=bash

pid_file() { echo "$VIGIL_STATE/$1.pid"; }

# A process is known by its number, its start in this boot and the boot, so that after a restart of the machine a
# stranger with the same number is never taken for ours.
process_identity() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    set -- "$1" "${stat##*) }"
    # shellcheck disable=SC2086 # a list of words
    set -- "$1" $2
    echo "$1 ${21} $(</proc/sys/kernel/random/boot_id)"
}

# service_pid NAME: its process number, if it runs.
service_pid() {
    local recorded pid
    recorded=$(cat "$(pid_file "$1")" 2>/dev/null) || return 1
    pid=${recorded%% *}
    [[ $(process_identity "$pid") == "$recorded" ]] && echo "$pid"
}

# service_start NAME COMMAND...: as nobody, away from this terminal, output to the log.
service_start() {
    local name=$1 log=$VIGIL_STATE/log/$1.log pid
    shift
    [[ ! -f $log || $(stat -c %s "$log") -lt 10000000 ]] || mv "$log" "$log.1"
    (
        cd /
        exec setsid setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs \
            "$@" </dev/null >>"$log" 2>&1 9>&-
    ) &
    pid=$!
    process_identity "$pid" >"$(pid_file "$name")" ||
        die "$name ended at once: $(tail -n 1 "$log")" "The log is in .vigil/$VIGIL_INSTANCE/log/$name.log."
}

# service_stop NAME...: asks, waits ten seconds, insists.
service_stop() {
    local name pid i
    for name in "$@"; do
        if pid=$(service_pid "$name"); then
            kill -TERM "$pid" 2>/dev/null || true
            for ((i = 0; i < 100; i++)); do
                service_pid "$name" >/dev/null || break
                sleep 0.1
            done
            if pid=$(service_pid "$name"); then kill -KILL "$pid" 2>/dev/null || true; fi
        fi
        rm -f "$(pid_file "$name")"
    done
}

# await NAME URL: until the service answers 200.
await() {
    local i
    for ((i = 0; i < 300; i++)); do
        curl -fsS -o /dev/null --noproxy '*' --max-time 2 "$2" 2>/dev/null && return
        service_pid "$1" >/dev/null || break
        sleep 0.1
    done
    tail -n 10 "$VIGIL_STATE/log/$1.log" >&2
    die "$1 is not ready" "The log is in .vigil/$VIGIL_INSTANCE/log/$1.log."
}

postgrest_start() {
    if service_pid postgrest >/dev/null; then
        # The key set may be another one.
        run_psql -q -c "notify pgrst, 'reload config'" -c "notify pgrst, 'reload schema'"
        return
    fi
    require_port VIGIL_API_PORT
    require_port VIGIL_API_ADMIN_PORT
    replace "$VIGIL_HOME/postgrest.conf" "$VIGIL_STATE/postgrest.conf" || true
    write_secret authenticator.url \
        "postgres://authenticator:$(<"$(secret_file authenticator)")@127.0.0.1:$VIGIL_PG_PORT/$VIGIL_DATABASE"
    PGRST_DB_URI=@$(secret_file authenticator.url) \
        PGRST_DB_POOL=$(at_least 10 $((4 * $(nproc)))) \
        PGRST_JWT_SECRET=@$(secret_file jwks.json) \
        PGRST_SERVER_HOST=127.0.0.1 PGRST_SERVER_PORT=$VIGIL_API_PORT PGRST_ADMIN_SERVER_PORT=$VIGIL_API_ADMIN_PORT \
        PGRST_OPENAPI_SERVER_PROXY_URI=http://127.0.0.1:$VIGIL_API_PORT \
        service_start postgrest "$VIGIL_STATE/bin/postgrest" "$VIGIL_STATE/postgrest.conf"
    await postgrest "http://127.0.0.1:$VIGIL_API_ADMIN_PORT/ready"
}

worker_start() {
    ! service_pid worker >/dev/null || return 0
    require_port VIGIL_WORKER_PORT
    # Receivers on this machine are allowed: that is where one is tried out.
    VIGIL_WORKER_DATABASE_URL="postgres://vigil_worker@127.0.0.1:$VIGIL_PG_PORT/$VIGIL_DATABASE" \
        VIGIL_WORKER_DATABASE_PASSWORD_FILE=$(secret_file vigil_worker) \
        VIGIL_WORKER_SECRETS_DIR=$(secret_file webhooks) \
        VIGIL_WORKER_AUDIT_DIR=$VIGIL_STATE/audit \
        VIGIL_WORKER_LISTEN=127.0.0.1:$VIGIL_WORKER_PORT \
        VIGIL_WORKER_ALLOW_NETWORKS=127.0.0.0/8 \
        VIGIL_WORKER_PUBLIC_URL=${VIGIL_WORKER_PUBLIC_URL:-http://127.0.0.1:$VIGIL_API_PORT} \
        service_start worker "$VIGIL_STATE/bin/vigil-worker"
    await worker "http://127.0.0.1:$VIGIL_WORKER_PORT/healthz"
}

prepare_folders() {
    install -d -m 0755 "$VIGIL_STATE/bin"
    # Postgres' log collector writes here as postgres; the others have their files opened for them.
    install -d -m 0750 -o postgres -g postgres "$VIGIL_STATE/log"
    install -d -m 0710 -o root -g nogroup "$VIGIL_STATE/secrets"
    install -d -m 0750 -o root -g nogroup "$VIGIL_STATE/secrets/webhooks"
    # Postgres cannot write here.
    install -d -m 0750 -o nobody -g nogroup "$VIGIL_STATE/audit"
}

# with_lock COMMAND...: one ./dev at a time changes an instance.
with_lock() {
    exec 9>"$VIGIL_STATE/lock"
    flock -w 600 9 || die "another ./dev has been busy with instance $VIGIL_INSTANCE for ten minutes" \
        "Wait for it, or end it, and repeat."
    "$@"
    exec 9>&-
}

# An instance that runs with other ports than the ones asked for is stopped first.
remember_ports() {
    local ports
    ports=$(env | grep -E '^VIGIL_(PG|API|API_ADMIN|WORKER)_PORT=' | sort)
    [[ $(cat "$VIGIL_STATE/ports" 2>/dev/null) != "$ports" ]] || return 0
    bring_down
    echo "$ports" >"$VIGIL_STATE/ports"
}

instance_up() { with_lock bring_up; }

bring_up() {
    prepare_folders
    remember_ports
    require_rust
    say "instance $VIGIL_INSTANCE"
    step download fetch_binaries
    step "build extensions" build_extensions
    step "build worker" build_worker
    install_extensions
    install_programs
    step postgres cluster_start
    step schema migrate
    publish_keys
    step postgrest postgrest_start
    step worker worker_start
    instance_status
    first_admin
}

instance_down() { with_lock bring_down; }

bring_down() {
    service_stop worker postgrest
    cluster_stop
}

instance_reset() {
    instance_down
    rm -rf --one-file-system "${VIGIL_STATE:?}"/*
}

instance_status() {
    local name pid
    say "instance $VIGIL_INSTANCE, state in .vigil/$VIGIL_INSTANCE"
    if cluster_running; then
        say "  postgres   127.0.0.1:$VIGIL_PG_PORT database $VIGIL_DATABASE"
    else
        say "  postgres   not running"
    fi
    for name in postgrest worker; do
        if ! pid=$(service_pid "$name"); then
            say "  $(printf '%-10s' $name) not running"
        elif [[ $name == postgrest ]]; then
            say "  postgrest  http://127.0.0.1:$VIGIL_API_PORT (admin $VIGIL_API_ADMIN_PORT), process $pid"
        else
            say "  worker     http://127.0.0.1:$VIGIL_WORKER_PORT/metrics, process $pid"
        fi
    done
}

# run_with_instance COMMAND...: with what a client of this instance needs in the environment.
run_with_instance() {
    export VIGIL_API_URL=http://127.0.0.1:$VIGIL_API_PORT
    export PGHOST=$PG_SOCKETS PGPORT=$VIGIL_PG_PORT PGDATABASE=$VIGIL_DATABASE PGUSER=postgres
    export CARGO_TARGET_DIR=$VIGIL_TARGET PGRX_PG_CONFIG_PATH=$PG_BIN/pg_config
    "$@"
}
