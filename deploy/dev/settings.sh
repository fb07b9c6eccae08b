# Names, paths and ports shared by every part, and how ./dev speaks to its user.
# shellcheck shell=bash disable=SC2034

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE HINT
die() {
    printf 'error: %s\n' "$1" >&2
    [[ -z ${2:-} ]] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

require_file() { [[ -e $VIGIL_HOME/$1 ]] || die "there is no $1 in $VIGIL_HOME" "$2"; }

# step NAME COMMAND...: runs the command and says how long it took.
step() {
    local name=$1 from=$EPOCHREALTIME
    shift
    "$@"
    local us=$((${EPOCHREALTIME/[.,]/} - ${from/[.,]/}))
    printf '  %-16s %4d.%d s\n' "$name" $((us / 1000000)) $((us / 100000 % 10)) >&2
}

export VIGIL_INSTANCE=${VIGIL_INSTANCE:-dev}
[[ $VIGIL_INSTANCE =~ ^[a-z][a-z0-9_-]{0,15}$ ]] ||
    die "VIGIL_INSTANCE=$VIGIL_INSTANCE is not a usable name" "Use up to 16 lower-case letters, digits, - and _."

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME
# Outside the clone only things that any clone could use; deleting it costs time, nothing else.
VIGIL_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/vigil
# Everything that belongs to one instance of one clone.
VIGIL_INSTANCE_DIR=$VIGIL_HOME/.vigil/$VIGIL_INSTANCE
# Where the instance's directory is mounted inside the userland: short enough for a socket path, and reachable
# for the postgres user even when the clone is in somebody's private folder.
VIGIL_MOUNT=/run/vigil
# Objects made inside the userland link against its libc, so they never share a folder with the host's own builds.
VIGIL_TARGET=$VIGIL_HOME/target/trixie

PG_BIN=/usr/lib/postgresql/17/bin
VIGIL_DATABASE=vigil

# A command for a second instance, started inside the first one's environment, does not inherit its ports.
if [[ -n ${VIGIL_INSIDE:-} && $VIGIL_INSIDE != "$VIGIL_HOME:$VIGIL_INSTANCE" ]]; then
    unset VIGIL_PG_PORT VIGIL_API_PORT VIGIL_API_ADMIN_PORT VIGIL_WORKER_PORT
fi
# The test instance has ports of its own, so that a running demonstration is never in the way.
case $VIGIL_INSTANCE in
    dev) port_offset=0 ;;
    test) port_offset=100 ;;
    *) port_offset=$((200 + $(cksum <<<"$VIGIL_INSTANCE" | cut -d' ' -f1) % 50 * 100)) ;;
esac

# A port is what the environment says, else what the instance was last started with, else the default.
choose_port() {
    local saved=
    [[ ! -r $VIGIL_INSTANCE_DIR/ports ]] || saved=$(sed -n "s/^$1=//p" "$VIGIL_INSTANCE_DIR/ports")
    local chosen=${!1:-${saved:-$(($2 + port_offset))}}
    export "$1=$chosen"
}
choose_port VIGIL_PG_PORT 5433
choose_port VIGIL_API_PORT 3000
choose_port VIGIL_API_ADMIN_PORT 3001
choose_port VIGIL_WORKER_PORT 9464

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# require_port VARIABLE: the port named by the variable must be free.
require_port() {
    local port=${!1}
    [[ $port =~ ^[0-9]{1,5}$ && $port -ge 1 && $port -le 65535 ]] ||
        die "$1=$port is not a port" "Use a number from 1 to 65535."
    if port_in_use "$port"; then
        die "port $port on 127.0.0.1 is in use by another program" \
            "Stop that program, or choose another port with $1=PORT ./dev up."
    fi
}
