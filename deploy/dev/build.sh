# Compiles the extensions and the worker, and gives them to one instance.
# shellcheck shell=bash

cargo_build() {
    # A progress bar for a person, only warnings and errors for a log.
    local quiet=--quiet
    [[ ! -t 2 ]] || quiet=
    (cd "$VIGIL_HOME" && PGRX_PG_CONFIG_PATH=$PG_BIN/pg_config CARGO_TARGET_DIR=$VIGIL_TARGET \
        cargo build --release ${quiet:+"$quiet"} "$@") >&2
}

# Each extension and the folder of its control file.
readonly EXTENSIONS=(vigil:extension vigil_platform:extension/platform)

build_extensions() { cargo_build -p vigil -p vigil_platform --no-default-features --features pg17; }

build_worker() { cargo_build -p vigil-worker; }

# replace FILE TARGET [MODE]: puts a new file in the place of the old one; whoever has the old one open keeps it.
# Succeeds when the content changed.
replace() {
    ! cmp -s "$1" "$2" || return 1
    { install -m "${3:-0644}" "$1" "$2.new" && mv "$2.new" "$2"; } || die "cannot write $2" "Is the disk full?"
}

# The files go to the instance's own folder; Postgres finds links there. So two instances, or two clones, can run
# different versions over the same userland.
install_extensions() {
    local lib share folder=$VIGIL_STATE/extension extension name source file changed=
    lib=$("$PG_BIN/pg_config" --pkglibdir)
    share=$("$PG_BIN/pg_config" --sharedir)/extension
    install -d -m 0755 "$folder"
    for extension in "${EXTENSIONS[@]}"; do
        name=${extension%:*} source=$VIGIL_HOME/${extension#*:}
        for file in "$source/$name.control" "$source"/sql/"$name"--*.sql; do
            replace "$file" "$folder/${file##*/}" || true
            link "$folder/${file##*/}" "$share/${file##*/}"
        done
        link "$folder/$name.so" "$lib/$name.so"
        if replace "$VIGIL_TARGET/release/lib$name.so" "$folder/$name.so" 0755; then changed=yes; fi
    done
    # A backend that has loaded an old library keeps it, so a new one asks for a restart.
    [[ -z $changed ]] || cluster_stop
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
