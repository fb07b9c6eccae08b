# shellcheck shell=bash
# Random queries for a minute over tables from which the functions of the extension are reached. sqlsmith makes them, as
# a role without rights; whatever they answer, no server process ends and the extension never fails internally.
own_database
seconds=${VIGIL_SQLSMITH_SECONDS:-60}
log=$VIGIL_STATE/log/sqlsmith.csv
smith() { VIGIL_DATABASE=sqlsmith run_psql -qAt -v ON_ERROR_STOP=1 "$@"; }
# The log of this minute apart, with the SQLSTATE and the place in the source of every error.
cluster_stop
rm -f "$VIGIL_STATE"/log/sqlsmith*
cluster_start
cat >>"$PG_DATA/vigil.conf" <<'CONF'
log_destination = 'csvlog'
log_filename = 'sqlsmith.log'
log_error_verbosity = 'verbose'
log_min_messages = 'error'
log_min_duration_statement = -1
CONF
drop_smith() { PGOPTIONS="-c client_min_messages=warning" run_psql -qAt -c "drop database if exists sqlsmith with (force)" -c "drop role if exists sqlsmith"; }
drop_smith
run_psql -qAt -c "select pg_reload_conf()" -c "create role sqlsmith login" -c "create database sqlsmith" >/dev/null
must "make the database" smith -f "$VIGIL_HOME/tests/sqlsmith/schema.sql" -c "alter database sqlsmith set track_functions = 'all'" \
    -c "alter role sqlsmith in database sqlsmith set search_path = shadow, pg_catalog"

# It ends by itself only when the connection is lost for good.
status=0
timeout --signal=INT --kill-after=10 "$seconds" sqlsmith --seed=20240301 --exclude-catalog --dump-all-queries \
    --target="host=$PG_SOCKETS port=$VIGIL_PG_PORT user=sqlsmith dbname=sqlsmith" \
    >"$VIGIL_STATE/sqlsmith.queries" 2>"$VIGIL_STATE/log/sqlsmith.err" || status=$?
check "sqlsmith ran for $seconds s" test "$status" -eq 124

python3 - "$log" "$VIGIL_STATE/sqlsmith.queries" <<'PYTHON' >"$VIGIL_STATE/sqlsmith.figures" || true
import collections, csv, sys

csv.field_size_limit(1 << 30)
states, ours, ended = collections.Counter(), [], []
for row in csv.reader(open(sys.argv[1], newline="", errors="replace")):
    severity, state, message, query, location = row[11], row[12], row[13], row[19], row[21]
    if row[2] == "sqlsmith":
        states[state[:2]] += 1
        if ".rs:" in location and state.startswith(("XX", "P0")) or severity == "PANIC":
            ours.append(f"{state} {message} at {location}\n{query}")
    if "terminated by signal" in message or "crash of another server process" in message:
        ended.append(message)
open(sys.argv[1] + ".ours", "w").write("\n".join(ours[:5]))
open(sys.argv[1] + ".ended", "w").write("\n".join(ended[:5]))
queries = sum(line.startswith("select") or line.startswith("WITH") for line in open(sys.argv[2], errors="replace"))
print(queries, sum(states.values()), " ".join(f"{state}:{count}" for state, count in states.most_common(8)))
PYTHON
read -r queries refused classes <"$VIGIL_STATE/sqlsmith.figures"
reached=$(smith -c "select count(*) || ' ' || coalesce(sum(calls), 0) from pg_stat_user_functions where schemaname = 'vigil'")
empty() { [[ ! -s $1 ]] || { cat "$1" && return 1; }; }
check "no server process ended" empty "$log.ended"
check "no internal error of the extension" empty "$log.ours"
check "many functions of the extension were called" test "${reached% *}" -ge 30
printf '# %s queries, %s of them refused (%s); %s functions of the extension called %s times by themselves\n' \
    "$queries" "$refused" "$classes" "${reached% *}" "${reached#* }"
drop_smith
cluster_stop # which forgets the settings
