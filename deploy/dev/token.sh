# Tokens for the API, of sessions that the database issues.
# shellcheck shell=bash

readonly TOKEN_USAGE="./dev token --tenant NAME --role ROLE [--ttl 15m] [--sub NAME]"

seconds_of() {
    [[ $1 =~ ^([1-9][0-9]{0,3})(s|m)?$ ]] || return 1
    local factor=1
    [[ ${BASH_REMATCH[2]:-s} == s ]] || factor=60
    echo $((BASH_REMATCH[1] * factor))
}

print_token() {
    local tenant='' role='' ttl=15m subject=dev seconds
    while [[ $# -gt 0 ]]; do
        [[ $# -ge 2 ]] || die "$1 needs a value" "$TOKEN_USAGE"
        case $1 in
            --tenant) tenant=$2 ;;
            --role) role=$2 ;;
            --ttl) ttl=$2 ;;
            --sub) subject=$2 ;;
            *) die "unknown option $1" "$TOKEN_USAGE" ;;
        esac
        shift 2
    done
    [[ $role =~ ^(viewer|analyst|operator|tenant_admin|platform_admin)$ ]] || die "unknown role '$role'" \
        "Use one of viewer, analyst, operator, tenant_admin, platform_admin with --role."
    [[ -n $tenant ]] || die "a token needs a tenant" "Add --tenant NAME."
    if ! seconds=$(seconds_of "$ttl") || [[ $seconds -gt 900 ]]; then
        die "ttl $ttl is not usable" "Use a time like 90s or 10m, at most 15m."
    fi
    [[ $subject =~ ^[A-Za-z0-9@._:-]{1,128}$ ]] || die "subject '$subject' is not usable" \
        "Use up to 128 letters, digits and @ . _ : - characters."
    database_ready || die "instance $VIGIL_INSTANCE is not running" "Start it with ./dev up."
    [[ -n $(run_psql -Atq -v ON_ERROR_STOP=1 -v name="$tenant" <<<"select 1 from fleet.tenant where name = :'name'") ]] ||
        die "there is no tenant '$tenant'" "List them with ./dev psql -c 'select name from fleet.tenant'."
    run_psql -Atq -v ON_ERROR_STOP=1 -v tenant="$tenant" -v role="$role" -v subject="$subject" -v seconds="$seconds" \
        <<<"select auth.issue_token(:'tenant', :'role', :'subject', make_interval(secs => :seconds))"
}
