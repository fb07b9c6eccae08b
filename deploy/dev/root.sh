# The Debian 13 userland: the host itself when it is one, otherwise a private root made once.
# shellcheck shell=bash

# Changes when the way the root is made changes; the package list is part of the name too.
readonly ROOT_RECIPE=1

host_is_debian_13() {
    # shellcheck source=/dev/null
    [[ $(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-}") == "debian 13" ]]
}

already_inside() { [[ ${VIGIL_INSIDE:-} == "$VIGIL_HOME:$VIGIL_INSTANCE" ]]; }

root_path() {
    local hash
    hash=$( (echo "$ROOT_RECIPE" && package_list) | sha256sum)
    echo "$VIGIL_CACHE/root-${hash:0:12}"
}

# host_source LABEL: address of the first package source with this label.
host_source() {
    # shellcheck disable=SC2016 # expanded by apt-get
    apt-get indextargets --format '$(REPO_URI)' "Label: $1" 'Created-By: Packages' | sed -n 1p
}

# bootstrap TARGET PACKAGES [OPTION...]: a Debian 13 tree in a folder, or as a tar stream on `-`, from the package
# sources and with the keyring this machine already trusts.
bootstrap() {
    local target=$1 packages=$2 mirror security sources settings status=0
    shift 2
    command -v apt-get >/dev/null ||
        die "this machine is not a Debian system" "Use Debian 12 or 13, or docker compose up."
    install_packages mmdebstrap debian-archive-keyring
    mirror=${VIGIL_DEBIAN_MIRROR:-$(host_source Debian)}
    if [[ -z $mirror ]]; then
        apt_get update
        mirror=$(host_source Debian)
    fi
    [[ -n $mirror ]] || die "no Debian package source is configured on this machine" \
        "Name one: VIGIL_DEBIAN_MIRROR=http://MIRROR/debian ./dev up."
    sources=("deb $mirror trixie main")
    security=$(host_source Debian-Security)
    [[ -z $security ]] || sources+=("deb $security trixie-security main")
    settings=$(mktemp)
    # The host's way to the mirror (proxies, clocks, credentials) holds inside as well.
    apt-config dump --format '%F "%v";%n' Acquire |
        grep -E '^Acquire::(https?::.*|Check-Date|Check-Valid-Until|Retries|ForceIPv[46]) ".+"' >"$settings" || true
    printf '%s\n' "${sources[@]}" | mmdebstrap --mode=root --variant=minbase --quiet --include="$packages" \
        --aptopt="$settings" "$@" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        trixie "$target" - || status=$?
    rm -f "$settings"
    [[ $status -eq 0 ]] || die "a Debian 13 tree could not be made" "Read the messages above; the mirror was $mirror."
}

make_root() {
    local root=$1 partial=$1.partial
    say "making a Debian 13 root in $root (once, about two minutes)"
    rm -rf --one-file-system "$partial" # what an interrupted run left
    # shellcheck disable=SC2016 # $1 is expanded by mmdebstrap's shell
    bootstrap "$partial" "$(package_list | paste -sd,)" \
        --essential-hook='mkdir -p "$1/etc/postgresql-common/createcluster.d"' \
        --essential-hook='echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.d/vigil.conf"' >&2
    touch "$partial/etc/resolv.conf" "$partial/etc/hosts"
    mkdir -p "$partial$VIGIL_MOUNT"
    mv "$partial" "$root"
}

# prepare_userland: prints the root's path, nothing when the host itself is the userland.
prepare_userland() {
    if host_is_debian_13; then
        local packages
        mapfile -t packages < <(package_list)
        [[ -z $(missing_packages "${packages[@]}") ]] || without_default_cluster install_packages "${packages[@]}"
        return
    fi
    local root
    root=$(root_path)
    if [[ ! -d $root ]]; then
        mkdir -p "$VIGIL_CACHE"
        (
            flock 9
            [[ -d $root ]] || make_root "$root" 9>&-
        ) 9>"$VIGIL_CACHE/root.lock" || exit 1
    fi
    echo "$root"
}

# Can this process have mounts of its own? Not in an unprivileged container.
may_mount() { unshare -m true 2>/dev/null; }

# Where nothing can be mounted the state lives in a folder of this instance under /var/lib: a clone may lie where the
# postgres user cannot go, and under a path too long for a socket.
unmounted_state() {
    local hash folder
    hash=$(sha256sum <<<"$VIGIL_INSTANCE_DIR")
    folder=/var/lib/vigil-${hash:0:12}
    install -d -m 0711 "$folder"
    ln -sfn "$folder" "$VIGIL_INSTANCE_DIR/state"
    echo "$folder"
}

# enter_userland COMMAND...: runs it inside, in the current folder, and ends this process.
enter_userland() {
    local root=
    require_superuser "${2:-}"
    # Only root gets here from outside; inside the folder is mounted elsewhere, for the postgres user too.
    install -d -m 0700 "$VIGIL_HOME/.vigil"
    install -d -m 0711 "$VIGIL_INSTANCE_DIR"
    [[ -n ${VIGIL_INSIDE:-} ]] || root=$(prepare_userland)
    export VIGIL_INSIDE=$VIGIL_HOME:$VIGIL_INSTANCE VIGIL_STATE=$VIGIL_MOUNT
    export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
    mkdir -p "$VIGIL_CACHE" "$CARGO_HOME" "$RUSTUP_HOME"
    export PATH=$PG_BIN:$CARGO_HOME/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
    if may_mount; then
        exec unshare -m --propagation private "$VIGIL_HOME/deploy/dev/enter" \
            "$root" "$VIGIL_INSTANCE_DIR" "$VIGIL_MOUNT" "$PWD" "$@"
    fi
    [[ -z $root ]] || die "this process may not mount, so it cannot enter the Debian 13 root" \
        "Run on Debian 13, or give the container the right (docker run --cap-add SYS_ADMIN), or use docker compose up."
    VIGIL_STATE=$(unmounted_state)
    exec "$@"
}
