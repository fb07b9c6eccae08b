# The keys of an instance: what signs tokens and what seals secrets, for the server alone, and the public halves that
# PostgREST checks tokens with. docs/keys.md is for people.
# shellcheck shell=bash

PG_KEYS=${VIGIL_STATE:-}/keys
readonly ROTATE_USAGE="./dev rotate-keys [--finish]"

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# make_key NAME COMMAND...: a file that only the server's user reads, with what the command prints, made once. It is
# there as a whole or not at all.
make_key() {
    local file=$PG_KEYS/$1
    shift
    [[ ! -s $file ]] || return 0
    (umask 077 && "$@" >"$file.new" && sync "$file.new") || die "${file##*/} could not be made" "Is the disk full?"
    chown postgres:postgres "$file.new"
    mv "$file.new" "$file"
}

new_signing_key() { openssl genpkey -algorithm ed25519; }

make_keys() {
    install -d -m 0700 -o postgres -g postgres "$PG_KEYS"
    make_key signing.pem new_signing_key
    make_key sealing.key openssl rand -base64 32
}

# key_id X: RFC 7638, the hash of the required members in this order.
key_id() { printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$1" | openssl dgst -sha256 -binary | base64url; }

# public_half FILE: as a JSON Web Key.
public_half() {
    local x
    x=$(openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | base64url)
    printf '{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"%s","x":"%s"}' "$(key_id "$x")" "$x"
}

# A token lives for 15 minutes and PostgREST allows for half a minute. After that the next ./dev up or rotation takes the
# public half back.
past_keys_in_use() { find "$PG_KEYS" -name 'past-*.json' -mmin -17; }
past_keys_done() { find "$PG_KEYS" -name 'past-*.json' ! -mmin -17; }

# published_keys: one a line; the key that signs, the one that will, and those whose tokens may still be alive.
published_keys() {
    local file
    for file in "$PG_KEYS/signing.pem" "$PG_KEYS/next.pem"; do
        [[ ! -s $file ]] || { public_half "$file" && echo; }
    done
    past_keys_in_use | sort | xargs -r cat
}

# A rotation that was interrupted has noted the key that still signs: a key is published once.
publish_keys() {
    local file
    file=$(secret_file jwks.json)
    past_keys_done | xargs -r rm -f
    published_keys | awk '!seen[$0]++' | paste -sd, | sed 's/.*/{"keys":[&]}/' >"$file.new"
    chmod 0644 "$file.new"
    if cmp -s "$file.new" "$file"; then
        rm -f "$file.new"
        return
    fi
    mv "$file.new" "$file"
    # PostgREST reads the file again. One that is not running does when it starts.
    ! database_ready || run_psql -q -c "notify pgrst, 'reload config'"
}

# rotate_keys [--finish]: may be interrupted anywhere and called again.
rotate_keys() {
    case ${1:-} in
        '')
            replace_signing_key
            publish_keys
            say "tokens of the past key are taken until they have expired; ./dev rotate-keys --finish refuses them now"
            ;;
        --finish)
            rm -f "$PG_KEYS"/past-*.json
            publish_keys
            ;;
        *) die "unknown option $1" "$ROTATE_USAGE" ;;
    esac
}

# First everybody knows the new key, then it signs.
replace_signing_key() {
    local past
    database_ready || die "instance $VIGIL_INSTANCE is not running" "Start it with ./dev up."
    make_key next.pem new_signing_key
    publish_keys
    await_known_key "$PG_KEYS/next.pem"
    past=$PG_KEYS/past-$EPOCHSECONDS.json
    { public_half "$PG_KEYS/signing.pem" && echo; } >"$past.new"
    mv "$past.new" "$past"
    # The server looks at the file whenever it signs.
    mv "$PG_KEYS/next.pem" "$PG_KEYS/signing.pem"
}

# await_known_key FILE: until PostgREST takes a signature of this key, if one runs here. The token says nothing, so that
# the request is refused anyway, but by the database.
await_known_key() {
    local header token answer i
    if ! command -v curl >/dev/null || ! service_pid postgrest >/dev/null; then
        sleep 3
        return
    fi
    header=$(printf '{"alg":"EdDSA","typ":"JWT"}' | base64url)
    token=$header.$(printf '{}' | base64url)
    token+=.$(sign "$token" "$1")
    for ((i = 0; i < 50; i++)); do
        answer=$(curl -sS --noproxy '*' --max-time 5 -H @- "http://127.0.0.1:$VIGIL_API_PORT/" <<<"Authorization: Bearer $token")
        [[ $answer == *JWSError* ]] || return 0
        sleep 0.2
    done
    die "PostgREST does not take the new key" "The log is in .vigil/$VIGIL_INSTANCE/log/postgrest.log. Nothing signs with it yet; repeat the command."
}

# sign TEXT FILE: Ed25519 signs the message itself, which openssl reads from a file only.
sign() {
    local message
    message=$(mktemp)
    printf '%s' "$1" >"$message"
    openssl pkeyutl -sign -rawin -inkey "$2" -in "$message" | base64url
    rm -f "$message"
}
