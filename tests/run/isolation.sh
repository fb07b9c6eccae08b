# shellcheck shell=bash
# No tenant sees or changes what belongs to another: tests/isolation/run prints TAP.
own_database
services_up
check_tap run_with_instance "$VIGIL_HOME/tests/isolation/run"
service_stop worker postgrest
