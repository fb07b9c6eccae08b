# The Ed25519 key that signs API tokens, and tokens signed with it.
# shellcheck shell=bash

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# The private key stays in the secrets folder; PostgREST gets the public half as a key set.
make_signing_key() {
    local key public thumbprint
    key=$(secret_file jwt-ed25519.pem)
    if [[ ! -s $key ]]; then
        (umask 077 && openssl genpkey -algorithm ed25519 -out "$key.new")
        mv "$key.new" "$key"
    fi
    public=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | base64url)
    # RFC 7638: the key's identity is the hash of its required members in this order.
    thumbprint=$(printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$public" | openssl dgst -sha256 -binary | base64url)
    printf '{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"%s","x":"%s"}]}\n' \
        "$thumbprint" "$public" >"$(secret_file jwks.json)"
    chmod 0644 "$(secret_file jwks.json)"
}

seconds_of() {
    [[ $1 =~ ^([1-9][0-9]{0,3})(s|m)?$ ]] || return 1
    local factor=1
    [[ ${BASH_REMATCH[2]:-s} == s ]] || factor=60
    echo $((BASH_REMATCH[1] * factor))
}

print_token() {
    local tenant='' role='' ttl=15m subject=dev seconds tenant_id='' now header claims key kid
    while [[ $# -gt 0 ]]; do
        [[ $# -ge 2 ]] || die "$1 needs a value" "./dev token --tenant NAME --role ROLE [--ttl 15m] [--sub NAME]"
        case $1 in
            --tenant) tenant=$2 ;;
            --role) role=$2 ;;
            --ttl) ttl=$2 ;;
            --sub) subject=$2 ;;
            *) die "unknown option $1" "./dev token --tenant NAME --role ROLE [--ttl 15m] [--sub NAME]" ;;
        esac
        shift 2
    done
    case $role in
        anon | platform_admin) ;;
        viewer | analyst | operator | tenant_admin)
            [[ -n $tenant ]] || die "a token for $role needs a tenant" "Add --tenant NAME."
            ;;
        *) die "unknown role '$role'" \
            "Use one of anon, viewer, analyst, operator, tenant_admin, platform_admin with --role." ;;
    esac
    if ! seconds=$(seconds_of "$ttl") || [[ $seconds -gt 900 ]]; then
        die "ttl $ttl is not usable" "Use a time like 90s or 10m, at most 15m."
    fi
    [[ $subject =~ ^[A-Za-z0-9@._:-]{1,128}$ ]] || die "subject '$subject' is not usable" \
        "Use up to 128 letters, digits and @ . _ : - characters."
    database_ready || die "instance $VIGIL_INSTANCE is not running" "Start it with ./dev up."
    if [[ -n $tenant ]]; then
        tenant_id=$(run_psql -Atq -v ON_ERROR_STOP=1 -v name="$tenant" <<<"select tenant_id from fleet.tenant where name = :'name'")
        [[ -n $tenant_id ]] || die "there is no tenant '$tenant'" \
            "List them with ./dev psql -c 'select name from fleet.tenant'."
    fi
    key=$(secret_file jwt-ed25519.pem)
    kid=$(sed 's/.*"kid":"\([^"]*\)".*/\1/' "$(secret_file jwks.json)")
    now=$(date +%s)
    header=$(printf '{"alg":"EdDSA","typ":"JWT","kid":"%s"}' "$kid" | base64url)
    claims=$(printf '{"iss":"vigil","aud":"vigil","sub":"%s","role":"%s"%s,"iat":%d,"exp":%d,"jti":"%s"}' \
        "$subject" "$role" "${tenant_id:+,\"tenant_id\":$tenant_id}" "$now" $((now + seconds)) "$(openssl rand -hex 16)" |
        base64url)
    printf '%s.%s.%s\n' "$header" "$claims" "$(sign "$header.$claims" "$key")"
}

# Ed25519 signs the message itself, which openssl reads from a file only.
sign() {
    local message
    message=$(mktemp)
    printf '%s' "$1" >"$message"
    openssl pkeyutl -sign -rawin -inkey "$2" -in "$message" | base64url
    rm -f "$message"
}
