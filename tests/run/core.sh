# shellcheck shell=bash
# What needs no Postgres: the workspace's default members. At the end, how much of what was tried.
require_rust
figures=$VIGIL_STATE/figures
rm -f "$figures"
test_default_members() {
    (cd "$VIGIL_HOME" && CARGO_TARGET_DIR=$VIGIL_TARGET VIGIL_FIGURES=$figures cargo test --quiet --no-fail-fast)
}
check_cargo_test test_default_members
[[ ! -e $figures ]] || sort -u "$figures" | sed 's/^/# /'
# Tests inside of the macro of proptest, each of many random cases.
find "$VIGIL_HOME"/extension/core/{src,tests} -name '*.rs' -exec awk '
    /^ *proptest! \{/ { inside = 1 } inside && /#\[test\]/ { n++ } /^\}/ { inside = 0 } END { printf "# properties: %d\n", n }' {} +
