# shellcheck shell=bash
# tests/lint/*.sql: each query lists what breaks a rule of the schema, so it returns no row.
clean_database
for file in "$VIGIL_HOME"/tests/lint/*.sql; do
    if ! rows=$(run_psql -qAt -v ON_ERROR_STOP=1 -f "$file" 2>&1); then
        failed "${file##*/}" "$rows"
    elif [[ -n $rows ]]; then
        failed "${file##*/}" "$rows"
    else
        passed "${file##*/}"
    fi
done
