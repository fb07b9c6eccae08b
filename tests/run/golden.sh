# shellcheck shell=bash
# The schema as a whole against tests/golden/schema.sql; --update writes the file anew.
clean_database
golden=$VIGIL_HOME/tests/golden/schema.sql
current=$VIGIL_STATE/schema.sql
arguments=()
for schema in $(run_psql -Atc "select nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner where r.rolname = 'vigil_owner' order by 1"); do
    arguments+=(--schema "$schema")
done
# Comments, blank lines and session settings differ between releases of pg_dump and say nothing about the schema.
dump_schema "${arguments[@]}" |
    grep -vE '^(--.*|SET .*|SELECT pg_catalog\.set_config.*|.(un)?restrict .*)?$' >"$current"
if [[ ${1:-} == --update ]]; then
    mkdir -p "${golden%/*}"
    cp "$current" "$golden"
fi
check "schema.sql is current (./dev test golden --update)" diff -u "$golden" "$current"
