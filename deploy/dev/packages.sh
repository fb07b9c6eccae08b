# The Debian package list, and what a Debian 13 host gets from it.
# shellcheck shell=bash

# package_list [SECTION...]: the packages of these sections, of all sections without arguments.
package_list() {
    awk -v wanted=" $* " '
        /^\[.*\]$/ { section = substr($0, 2, length($0) - 2); next }
        /^#/ || NF == 0 { next }
        wanted == "  " || index(wanted, " " section " ") { print $1 }
    ' "$VIGIL_HOME/deploy/packages.txt" | sort -u
}

# missing_packages NAME...
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u)
    comm -23 <(printf '%s\n' "$@" | sort -u) <(printf '%s\n' "$installed")
}

require_superuser() {
    [[ $(id -u) -eq 0 ]] || die "./dev $1 needs root" "Run it as root, for example with sudo."
}

# Quiet unless it fails.
apt_get() {
    local log
    log=$(mktemp)
    if ! DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends "$@" </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# install_packages NAME...: whatever is missing of these, from the machine's own package sources.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} -gt 0 ]] || return 0
    require_superuser "(to install ${missing[*]})"
    say "installing ${missing[*]}"
    apt_get update || say "warning: apt-get update failed, going on with the package lists there are"
    apt_get install "${missing[@]}" ||
        die "apt-get could not install ${missing[*]}" "Check the machine's package sources and network."
}

# A Debian server package makes and starts a cluster of its own; nobody asked for that one here.
without_default_cluster() {
    local conf=/etc/postgresql-common/createcluster.d/vigil-install.conf
    mkdir -p "${conf%/*}"
    echo 'create_main_cluster = false' >"$conf"
    local status=0
    "$@" || status=$?
    rm -f "$conf"
    return $status
}
