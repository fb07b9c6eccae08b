# shellcheck shell=bash
# The whole system in containers: built, brought up, used, taken down. Brings a container engine where there is none.

export COMPOSE_PROJECT_NAME=vigil-test VIGIL_WORKER_ALLOW_NETWORKS=172.16.0.0/12,192.168.0.0/16,10.0.0.0/8
engine_pid_file=$VIGIL_INSTANCE_DIR/dockerd.pid

compose() {
    local command=(docker-compose)
    ! docker compose version >/dev/null 2>&1 || command=(docker compose)
    (cd "$VIGIL_HOME" && "${command[@]}" -f docker-compose.yml -f tests/run/compose.yml "$@")
}

start_engine() {
    ! docker info >/dev/null 2>&1 || return 0
    local packages=(docker.io docker-compose) log=$VIGIL_INSTANCE_DIR/dockerd.log i
    # Debian 13 has the client in a package of its own.
    [[ -z $(apt-cache search --names-only '^docker-cli$') ]] || packages+=(docker-cli)
    install_packages "${packages[@]}"
    ! docker info >/dev/null 2>&1 || return 0
    setsid dockerd --log-level warn >"$log" 2>&1 </dev/null &
    echo $! >"$engine_pid_file"
    for ((i = 0; i < 60; i++)); do
        ! docker info >/dev/null 2>&1 || return 0
        sleep 0.5
    done
    tail -n 5 "$log"
    return 1
}

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Everything is built from two public images. Where no registry is reachable they are made: a minimal Debian 13, and
# the same with the toolchain of this machine.
base_images() {
    local toolchain container
    if timeout 120 docker pull -q debian:trixie-slim && timeout 900 docker pull -q rust:1.95-trixie; then return 0; fi
    have_image vigil-test-base || bootstrap - ca-certificates \
        --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/' |
        docker import - vigil-test-base || return 1
    have_image vigil-test-rust && return
    toolchain=$(cd "$VIGIL_HOME" && ./dev shell rustc --print sysroot) || return 1
    container=$(docker create vigil-test-base true) || return 1
    tar -C "$toolchain" --exclude=./share/doc -cf - . | docker cp - "$container:/usr/local" || return 1
    docker commit "$container" vigil-test-rust && docker rm "$container"
}

sql() {
    compose exec -T database /usr/lib/postgresql/17/bin/psql -h /var/lib/vigil/socket -U postgres -d vigil \
        -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

# request TOKEN METHOD PATH [BODY]: the answer's status, then its body.
request() {
    local answer
    answer=$("$VIGIL_HOME/dev" shell curl -sS --noproxy '*' --max-time 20 -w '\n%{http_code}' -X "$2" \
        ${1:+-H "Authorization: Bearer $1"} -H 'Content-Type: application/json' ${4:+-d "$4"} \
        "http://127.0.0.1:$VIGIL_API_PORT/$3" 2>&1) || true
    printf '%s %s\n' "${answer##*$'\n'}" "${answer%$'\n'*}"
}

# eventually SECONDS COMMAND...
eventually() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [[ $SECONDS -lt $end ]] || return 1
        sleep 1
    done
}

token() { compose run --rm -T migrate token --tenant acme --role "$1" 2>/dev/null; }

anonymous_reads_nothing() { [[ $(request '' GET devices) == "401 "* ]]; }

readings_are_stored() {
    local operator answer
    operator=$(token operator)
    request "$operator" POST rpc/create_profile '{"profile": "scanner", "metrics": ["battery", "temperature"]}'
    request "$operator" POST rpc/register_device '{"device": "s1", "profile": "scanner"}'
    answer=$(request "$operator" POST rpc/ingest \
        "[{\"device\": \"s1\", \"profile\": \"scanner\", \"ts\": \"$(date -u +%FT%TZ)\", \"metrics\": {\"battery\": 81, \"temperature\": 23}}]")
    echo "$answer"
    [[ $answer == *'"accepted": 1'* || $answer == *'"accepted":1'* ]]
    answer=$(request "$(token viewer)" GET latest)
    echo "$answer"
    [[ $answer == "200 "*battery* ]]
}

job_has_run() { [[ $(sql "select count(*) from ops.job_run where status = 'ok'") -gt 0 ]]; }
jobs_run() { eventually 60 job_has_run || { sql 'table ops.job_run' && return 1; }; }

delivered() { [[ $(sql "select state from alerting.notification where purpose = 'test'") == delivered ]]; }
webhook_arrives() {
    printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w0)" |
        compose run --rm -T migrate tee secrets/webhooks/receiver >/dev/null || return 1
    compose --profile receiver up -d receiver || return 1
    sql "select ops.add_webhook('acme', 'receiver', 'http://receiver:9465/', 'receiver', true)" || return 1
    request "$(token tenant_admin)" POST rpc/test_channel '{"name": "receiver"}' | grep notification_id || return 1
    eventually 60 delivered || { sql 'table alerting.notification' && return 1; }
    compose logs receiver | grep 'channel.test verified 204'
}

survives_restart() {
    compose restart -t 30 database || return 1
    eventually 60 sql 'select 1' || return 1
    eventually 60 answers_again
}
answers_again() { [[ $(request "$(token viewer)" GET devices) == "200 "*s1* ]]; }

take_down() {
    compose --profile receiver down -v --remove-orphans >"$VIGIL_INSTANCE_DIR/compose-down.log" 2>&1 || true
    if [[ -s $engine_pid_file ]]; then kill "$(<"$engine_pid_file")" 2>/dev/null || true; fi
    rm -f "$engine_pid_file"
}
trap take_down EXIT

api_answers() { [[ $(request '' GET '') == "200 "* ]]; }

must "container engine" start_engine
must "base images" base_images
if ! have_image rust:1.95-trixie; then export VIGIL_BASE_IMAGE=vigil-test-base VIGIL_RUST_IMAGE=vigil-test-rust; fi
compose --profile receiver down -v --remove-orphans >/dev/null 2>&1 || true # what an interrupted run left
must "images are built" compose --profile receiver build
must "stack comes up" compose up -d
must "the API answers" eventually 60 api_answers
must "a tenant is made" sql "select ops.create_tenant('acme', 'Acme')"
check "anonymous requests read nothing" anonymous_reads_nothing
check "readings are stored and read" readings_are_stored
check "jobs run" jobs_run
check "a webhook is delivered" webhook_arrives
check "the worker reports healthy" eventually 30 "$VIGIL_HOME/dev" shell curl -fsS --noproxy '*' \
    "http://127.0.0.1:$VIGIL_WORKER_PORT/healthz"
check "everything comes back after a restart of the database" survives_restart
check "the stack goes down" compose --profile receiver down -v --remove-orphans
