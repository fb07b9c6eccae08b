# shellcheck shell=bash
# The whole system in containers: built, brought up, used, taken down. Brings a container engine where there is none.

engine_log=$VIGIL_INSTANCE_DIR/dockerd.log
engine_pid=
export COMPOSE_PROJECT_NAME=vigil-test VIGIL_WORKER_ALLOW_NETWORKS=172.16.0.0/12,192.168.0.0/16,10.0.0.0/8

compose() {
    if docker compose version >/dev/null 2>&1; then
        (cd "$VIGIL_HOME" && docker compose -f docker-compose.yml -f tests/run/compose.yml "$@")
    else
        (cd "$VIGIL_HOME" && docker-compose -f docker-compose.yml -f tests/run/compose.yml "$@")
    fi
}

start_engine() {
    docker info >/dev/null 2>&1 && return
    local packages=(docker.io docker-compose) i
    # Debian 13 has the client in a package of its own.
    apt-cache show docker-cli >/dev/null 2>&1 && packages+=(docker-cli)
    install_packages "${packages[@]}"
    docker info >/dev/null 2>&1 && return
    setsid dockerd --log-level warn >"$engine_log" 2>&1 </dev/null &
    engine_pid=$!
    for ((i = 0; i < 60; i++)); do
        docker info >/dev/null 2>&1 && return
        sleep 0.5
    done
    tail -n 5 "$engine_log"
    return 1
}

# The images everything is built from: pulled, or made here where no registry is reachable.
base_images() {
    local toolchain container
    if timeout 60 docker pull -q debian:trixie-slim && timeout 600 docker pull -q rust:1.95-trixie; then return; fi
    export VIGIL_BASE_IMAGE=vigil-test-base VIGIL_RUST_IMAGE=vigil-test-rust
    if ! docker image inspect "$VIGIL_BASE_IMAGE" >/dev/null 2>&1; then
        bootstrap - ca-certificates \
            --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/' |
            docker import - "$VIGIL_BASE_IMAGE"
    fi
    if ! docker image inspect "$VIGIL_RUST_IMAGE" >/dev/null 2>&1; then
        toolchain=$("$VIGIL_HOME/dev" shell bash -c 'cd "$VIGIL_HOME" && rustc --print sysroot')
        container=$(docker create "$VIGIL_BASE_IMAGE" true)
        tar -C "$toolchain" --exclude=./share/doc -cf - . | docker cp - "$container:/usr/local"
        docker commit "$container" "$VIGIL_RUST_IMAGE"
        docker rm "$container"
    fi
}
