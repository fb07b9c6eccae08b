# shellcheck shell=bash
# The committed install script is what the extension's sources generate (extension/sql/README.md).
require_rust
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version *= *"\(.*\)"/\1/p' "$VIGIL_HOME/Cargo.toml")
script=extension/sql/vigil--$version.sql
generate() {
    local tool
    tool=$(cargo_pgrx)
    build_extension
    mkdir -p "$VIGIL_TARGET/pgrx"
    printf '[configs]\npg17 = "%s"\n' "$PG_BIN/pg_config" >"$VIGIL_TARGET/pgrx/config.toml"
    (cd "$VIGIL_HOME" && CARGO_TARGET_DIR=$VIGIL_TARGET PGRX_HOME=$VIGIL_TARGET/pgrx \
        "$tool" pgrx schema --release --skip-build --package vigil --no-default-features --features pg17 \
        --pg-config "$PG_BIN/pg_config" --out "$VIGIL_STATE/generated.sql" pg17)
    python3 "$VIGIL_HOME/extension/sql/arrange.py" "$VIGIL_STATE/generated.sql" >"$VIGIL_STATE/arranged.sql"
}
must "generate the install script" generate
check "$script is current" diff -u "$VIGIL_HOME/$script" "$VIGIL_STATE/arranged.sql"
