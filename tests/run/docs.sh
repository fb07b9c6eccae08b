# shellcheck shell=bash
# Every example of the documentation runs as written, and docs/functions.md is complete: both print TAP.
own_database
services_up
check_tap run_with_instance "$VIGIL_HOME/tests/docs/functions"
check_tap run_with_instance "$VIGIL_HOME/tests/docs/run"
service_stop worker postgrest
