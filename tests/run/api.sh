# shellcheck shell=bash
# The API over real HTTP: tests/api, Python's unittest.
own_database
services_up
# The tests bring readings of fixed days.
run_psql -q -f "$VIGIL_HOME/tests/sql/support/old_readings.psql"
# The tests run these themselves, and wait for nobody else's run.
run_psql -q -c "update ops.job set enabled = false where job_name in ('archive', 'verify', 'retention', 'prune', 'storage')"
test_api() { run_with_instance python3 -m unittest discover -v -s "$VIGIL_HOME/tests/api" -t "$VIGIL_HOME/tests/api"; }
check_unittest test_api
service_stop worker postgrest
