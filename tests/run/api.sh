# shellcheck shell=bash
# The API over real HTTP: tests/api, Python's unittest.
own_database
services_up
# The tests bring readings of fixed days.
run_psql -q -f "$VIGIL_HOME/tests/sql/support/old_readings.psql"
# The tests run these themselves, and wait for nobody else's run.
run_psql -q -c "update ops.job set enabled = false where job_name in ('archive', 'verify', 'retention', 'prune', 'storage')"
# They are quicker than people, and all come from one address.
run_psql -q -c "update auth.rate_limit set burst = 1e6, per_second = 1e6"
test_api() { run_with_instance python3 -m unittest discover -v -s "$VIGIL_HOME/tests/api" -t "$VIGIL_HOME/tests/api"; }
check_unittest test_api
service_stop worker postgrest
