# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034 # expressions for eval
# ./dev itself: repeatable, polite to other processes, clear about mistakes.
dev() { "$VIGIL_HOME/dev" "$@"; }

# refuses STATUS TEXT COMMAND...: ends with this status and says this.
refuses() {
    local expected=$1 text=$2 output status=0
    shift 2
    output=$("$@" 2>&1) || status=$?
    echo "status $status: $output"
    [[ $status -eq $expected && $output == *"$text"* ]]
}

process_numbers() { echo "$(head -n 1 "$PG_DATA/postmaster.pid") $(service_pid postgrest) $(service_pid worker)"; }

claims_of() {
    local payload=${1#*.}
    payload=$(tr -- '-_' '+/' <<<"${payload%%.*}")
    while ((${#payload} % 4)); do payload+='='; done
    base64 -d <<<"$payload"
}

own_database
up_said=$(mktemp)
must "up" eval 'dev up 2>"$up_said"'
run_psql -q -c "select ops.create_tenant('acme', 'Acme')" >/dev/null

before=$(process_numbers)
must "up again" dev up
check "up again restarts nothing" test "$before" = "$(process_numbers)"
check "up printed a link for the first administrator" grep -q 'the first administrator is admin@localhost: open http://127.0.0.1:'"$VIGIL_API_PORT"'/rpc/set_password_page?token=' "$up_said"
check "and only once" eval '! dev up 2>&1 | grep set_password_page'
check "the link leads to a page" eval 'curl -fsS -H "Accept: text/html" "$(grep -o "http://[^ ]*set_password_page[^ ]*" "$up_said")" | grep "Choose a new password"'
check "another link" refuses 0 "/rpc/set_password_page?token=" dev admin-link admin@localhost
check "admin-link: no such account" refuses 1 "there is no account nobody@localhost" dev admin-link nobody@localhost
check "no link is in a log" eval '! grep -rF "$(grep -o "token=[^ ]*" "$up_said")" "$VIGIL_STATE/log"'
check "two at once wait for each other" eval 'dev up & dev up && wait $!'

check "secrets are for root and the services only" eval '[[ -z $(find "$VIGIL_STATE/secrets" -type f ! -name jwks.json -perm /077) ]]'
check "keys are for the server alone" eval '[[ -z $(find "$PG_KEYS" -perm /077 -o ! -user postgres) ]]'
check "servers listen on the loopback address only" eval \
    '! ss -ltnH | grep -E ":($VIGIL_PG_PORT|$VIGIL_API_PORT|$VIGIL_API_ADMIN_PORT|$VIGIL_WORKER_PORT) " | grep -v "127\.0\.0\.1:"'
check "services run without privileges" eval \
    '[[ $(ps -o user= -p "$(service_pid postgrest)" -p "$(service_pid worker)" | sort -u) == nobody ]]'
check "no secret is in a command line" eval '! ps -eo args | grep -F -f "$(secret_file authenticator)" | grep -v grep'

token=$(dev token --tenant acme --role analyst --ttl 90s --sub somebody)
claims=$(claims_of "$token")
check "a token names its tenant, role and subject" eval \
    '[[ $claims == *"\"aud\": \"vigil\""* && $claims == *"\"sub\": \"somebody\""* && $claims == *"\"role\": \"analyst\""* && $claims =~ \"tenant_id\":\ [0-9]+ ]]'
api_takes() { curl -fsS -H "Authorization: Bearer $1" "http://127.0.0.1:$VIGIL_API_PORT/devices"; }
check "the API takes it" api_takes "$token"
check "token: unknown tenant" refuses 1 "there is no tenant 'nobody'" dev token --tenant nobody --role analyst
check "token: unknown role" refuses 1 "unknown role 'king'" dev token --tenant acme --role king
check "token: no tenant" refuses 1 "needs a tenant" dev token --role analyst
check "token: too long" refuses 1 "at most 15m" dev token --tenant acme --role analyst --ttl 16m

# A new signing key: the first rotation was interrupted when it had made one.
api_refuses() { for _ in {1..50}; do api_takes "$1" 2>/dev/null || return 0; sleep 0.1; done; return 1; }
kids() { grep -o '"kid":"[^"]*"' "$(secret_file jwks.json)"; }
make_key next.pem new_signing_key
must "up with an interrupted rotation" dev up
check "its key is published" eval '[[ $(kids | wc -l) -eq 2 ]]'
must "rotate-keys" dev rotate-keys
check "continues the rotation" eval '[[ $(kids | wc -l) -eq 2 && ! -e $PG_KEYS/next.pem ]]'
renewed=$(dev token --tenant acme --role analyst)
check "tokens of the past key are taken" api_takes "$token"
check "tokens of the new key are taken" api_takes "$renewed"
check "up keeps the past key for a while" eval 'dev up && [[ $(kids | wc -l) -eq 2 ]]'
touch -d '18 minutes ago' "$PG_KEYS"/past-*.json
check "and then no longer" eval 'dev up && [[ $(kids | wc -l) -eq 1 ]]'
check "which refuses its tokens" api_refuses "$token"
check "rotate-keys --finish refuses them at once" eval 'dev rotate-keys && dev rotate-keys --finish && api_refuses "$renewed"'
check "rotate-keys: unknown option" refuses 1 "unknown option --now" dev rotate-keys --now

csv=$(mktemp -d)/readings.csv
printf '%s\r\n' 'ts,a,b' '2026-01-01T00:00:00Z,1,2' '2026-01-01T00:01:00Z,3,' >"$csv"
load=(dev import --tenant acme --profile pair --device d1)
check "import" refuses 0 "2 accepted, 0 already there, 0 rejected, 3 points" "${load[@]}" "$csv"
gzip -k "$csv"
check "import again, compressed" refuses 0 "0 accepted, 2 already there, 0 rejected, 0 points" "${load[@]}" "$csv.gz"
echo 'yesterday,1,2' >>"$csv"
check "import with a bad line" refuses 3 "0 accepted, 2 already there, 1 rejected" "${load[@]}" "$csv"
check "import names the bad line" refuses 3 "line 4: " "${load[@]}" "$csv"
check "import: unknown tenant" refuses 1 'tenant "nobody" does not exist' dev import --tenant nobody --profile pair --device d1 "$csv"
check "import: no such file" refuses 1 "cannot read" "${load[@]}" /nowhere.csv
check "import: missing option" refuses 1 "are needed" dev import --tenant acme "$csv"

check "psql reads standard input" eval '[[ $(dev psql -At <<<"select 6 * 7") == 42 ]]'
check "unknown command" refuses 1 "unknown command nonsense" dev nonsense
check "unknown suite" refuses 1 "no test suite 'nonsense'" dev test nonsense

# A machine that lost power leaves process numbers behind that by now belong to somebody else.
kill -KILL "$(service_pid postgrest)" "$(service_pid worker)" "$(head -n 1 "$PG_DATA/postmaster.pid")"
sleep 1
sleep 300 &
stranger=$!
echo "$stranger 1 $(</proc/sys/kernel/random/boot_id)" >"$(pid_file worker)"
check "down leaves strangers alone" eval 'dev down && kill -0 "$stranger"'
must "up after a crash" dev up
check "up did not take the stranger for the worker" eval '[[ $(service_pid worker) != "$stranger" ]]'
kill "$stranger"

must "down" dev down
check "down stopped everything" eval '! service_pid postgrest && ! service_pid worker && ! cluster_running'
check "down again" dev down
python3 -m http.server --bind 127.0.0.1 "$VIGIL_API_PORT" >/dev/null 2>&1 &
stranger=$!
for _ in {1..50}; do ! port_in_use "$VIGIL_API_PORT" || break; sleep 0.1; done
check "a port in use is named with its variable" refuses 1 "VIGIL_API_PORT=PORT ./dev up" dev up
kill "$stranger"
dev down
