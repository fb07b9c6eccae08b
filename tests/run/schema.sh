# shellcheck shell=bash
# The committed install script is what the extension's sources generate.
require_rust
generate() {
    local tool
    tool=$(cargo_pgrx)
    (cd "$VIGIL_HOME/extension" && CARGO_TARGET_DIR=$VIGIL_TARGET PGRX_HOME=$VIGIL_TARGET/pgrx \
        "$tool" pgrx schema --release --no-default-features --features pg17 --pg-config "$PG_BIN/pg_config" \
        --out "$VIGIL_STATE/generated.sql")
}
check "generate the install script" generate
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version *= *"\(.*\)"/\1/p' "$VIGIL_HOME/Cargo.toml")
check "extension/sql/vigil--$version.sql is current" diff -u "$VIGIL_HOME/extension/sql/vigil--$version.sql" "$VIGIL_STATE/generated.sql"
