# shellcheck shell=bash
# The schema as a whole against tests/golden/schema.sql; --update writes the file anew.
clean_database
golden=$VIGIL_HOME/tests/golden/schema.sql
current=$VIGIL_STATE/schema.sql
dump_schema >"$current"
if [[ ${1:-} == --update ]]; then
    mkdir -p "${golden%/*}"
    cp "$current" "$golden"
fi
check "schema.sql is current (./dev test golden --update)" diff -u "$golden" "$current"
