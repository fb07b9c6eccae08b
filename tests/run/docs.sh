# shellcheck shell=bash
# Every example of the documentation runs as written: tests/docs/run prints TAP.
own_database
services_up
check_tap run_with_instance "$VIGIL_HOME/tests/docs/run"
service_stop worker postgrest
