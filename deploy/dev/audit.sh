# The audit trail against the heads that the worker has written outside the database.
# shellcheck shell=bash

# verify_audit [DIR]: prints what audit.verify finds, and fails when something is not as it was.
verify_audit() {
    local directory=${1:-$VIGIL_STATE/audit} output last
    [[ $# -le 1 ]] || die "one directory at most" "./dev audit-verify [DIR]"
    [[ -d $directory ]] || die "there is no directory $directory" \
        "Name the one that the worker's VIGIL_WORKER_AUDIT_DIR is, or a copy; folders under /etc, /usr and /var are not visible inside the Debian 13 root."
    database_ready || die "instance $VIGIL_INSTANCE is not running" "Start it with ./dev up."
    output=$(find "$directory" -name 'heads-*.jsonl' -print0 | sort -z | xargs -0r cat |
        run_psql -q -v ON_ERROR_STOP=1 --pset footer=off -f <(audit_statements)) ||
        die "the audit trail could not be verified" "The message stands above."
    last=${output##*$'\n'}
    printf '%s\n' "${output%$'\n'*}"
    printf '%s heads outside the database\n' "$(cut -d' ' -f2 <<<"$last")"
    # Half a line is what a worker leaves that is killed while it writes; it writes the whole one later.
    [[ $last != *' '*' '[1-9]* ]] || printf '%s lines are damaged and were left out\n' "${last##* }"
    [[ $last == "0 "* ]] || die "the audit trail is not what it was" "docs/audit.md says what each finding means."
}

# The files' lines come on standard input; the last line has the number of findings, of heads and of damaged lines.
audit_statements() {
    cat <<'SQL'
create temp table line (line text);
\copy line from pstdin with (format csv, delimiter E'\x01', quote E'\x02')
create temp table finding as
select v.tenant_id, v.tenant_name, v.ok, v.entries, v.last_sequence, v.broken_sequence, v.entry_id, v.why
from audit.verify(null, (select coalesce(jsonb_agg(l.line::jsonb), '[]') from (select distinct line from line where line is json object) l)) v;
select * from finding order by tenant_id;
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' '
select count(*) filter (where not f.ok), (select count(distinct l.line) filter (where l.line is json object) from line l),
  (select count(*) from line l where l.line is not json object)
from finding f;
SQL
}
