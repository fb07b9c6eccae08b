# The first administrator, who gets in by a link that is printed once.
# shellcheck shell=bash

public_url() {
    local url
    url=$(run_psql -Atq -c 'select public_url from auth.setting')
    url=${url:-${VIGIL_WORKER_PUBLIC_URL:-http://127.0.0.1:$VIGIL_API_PORT}}
    echo "${url%/}"
}

# Makes the account when there is none yet. Only a hash of the token is kept, so nothing prints the link again.
first_admin() {
    local email=${VIGIL_ADMIN_EMAIL:-admin@localhost} token
    token=$(run_psql -Atq -v ON_ERROR_STOP=1 -v email="$email" <<<"select auth.first_admin(:'email')")
    [[ -z $token ]] || say_link "the first administrator is $email" "$token"
}

# print_admin_link EMAIL: a new link, for an account that there is.
print_admin_link() {
    local token
    [[ $# -eq 1 ]] || die "admin-link needs an email" "./dev admin-link EMAIL"
    database_ready || die "instance $VIGIL_INSTANCE is not running" "Start it with ./dev up."
    token=$(run_psql -Atq -v ON_ERROR_STOP=1 -v email="$1" <<<"select auth.setup_token(:'email') from auth.account where email = lower(:'email')")
    [[ -n $token ]] || die "there is no account $1" "List them with ./dev psql -c 'select email from auth.account'."
    say_link "$1 chooses a new password" "$token"
}

say_link() {
    say "$1: open $(public_url)/rpc/set_password_page?token=$2"
    say "  the link works once, for a day"
}
