# Compiles the extension and the worker, and gives both to one instance.
# shellcheck shell=bash

cargo_build() {
    # A progress bar for a person, only warnings and errors for a log.
    local quiet=--quiet
    [[ ! -t 2 ]] || quiet=
    (cd "$VIGIL_HOME" && PGRX_PG_CONFIG_PATH=$PG_BIN/pg_config CARGO_TARGET_DIR=$VIGIL_TARGET \
        cargo build --release ${quiet:+"$quiet"} "$@") >&2
}

build_extension() { cargo_build -p vigil --no-default-features --features pg17; }

build_worker() { cargo_build -p vigil-worker; }

# replace FILE TARGET [MODE]: puts a new file in the place of the old one; whoever has the old one open keeps it.
# Succeeds when the content changed.
replace() {
    ! cmp -s "$1" "$2" || return 1
    { install -m "${3:-0644}" "$1" "$2.new" && mv "$2.new" "$2"; } || die "cannot write $2" "Is the disk full?"
}

# The files go to the instance's own folder; Postgres finds links there. So two instances, or two clones, can run
# different versions over the same userland.
install_extension() {
    local lib share folder=$VIGIL_STATE/extension file
    lib=$("$PG_BIN/pg_config" --pkglibdir)
    share=$("$PG_BIN/pg_config" --sharedir)/extension
    install -d -m 0755 "$folder"
    for file in "$VIGIL_HOME"/extension/vigil.control "$VIGIL_HOME"/extension/sql/vigil--*.sql; do
        replace "$file" "$folder/${file##*/}" || true
        link "$folder/${file##*/}" "$share/${file##*/}"
    done
    link "$folder/vigil.so" "$lib/vigil.so"
    # A backend that has loaded the old library keeps it, so a new one asks for a restart.
    if replace "$VIGIL_TARGET/release/libvigil.so" "$folder/vigil.so" 0755; then cluster_stop; fi
}

link() { [[ $(readlink "$2") == "$1" ]] || ln -sfn "$1" "$2"; }

install_programs() {
    local changed=
    install -d -m 0755 "$VIGIL_STATE/bin"
    replace "$(binary_path postgrest)" "$VIGIL_STATE/bin/postgrest" 0755 && changed+=" postgrest"
    replace "$VIGIL_TARGET/release/vigil-worker" "$VIGIL_STATE/bin/vigil-worker" 0755 && changed+=" worker"
    # shellcheck disable=SC2086 # a list of words
    [[ -z $changed ]] || service_stop $changed
}
