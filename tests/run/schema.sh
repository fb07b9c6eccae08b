# shellcheck shell=bash
# The committed install scripts are what the sources of the extensions generate (extension/sql/README.md).
require_rust
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version *= *"\(.*\)"/\1/p' "$VIGIL_HOME/Cargo.toml")
build() {
    cargo_pgrx >/dev/null
    build_extensions
    mkdir -p "$VIGIL_TARGET/pgrx"
    printf '[configs]\npg17 = "%s"\n' "$PG_BIN/pg_config" >"$VIGIL_TARGET/pgrx/config.toml"
}
generate() {
    (cd "$VIGIL_HOME" && CARGO_TARGET_DIR=$VIGIL_TARGET PGRX_HOME=$VIGIL_TARGET/pgrx \
        "$(cargo_pgrx)" pgrx schema --release --skip-build --package "$1" --no-default-features --features pg17 \
        --pg-config "$PG_BIN/pg_config" --out "$VIGIL_STATE/generated.sql" pg17)
    python3 "$VIGIL_HOME/extension/sql/arrange.py" "$VIGIL_STATE/generated.sql" "$1" >"$VIGIL_STATE/$1.sql"
}
must "build the extensions" build
for extension in "${EXTENSIONS[@]}"; do
    name=${extension%:*}
    script=${extension#*:}/sql/$name--$version.sql
    must "generate the install script of $name" generate "$name"
    check "$script is current" diff -u "$VIGIL_HOME/$script" "$VIGIL_STATE/$name.sql"
done
