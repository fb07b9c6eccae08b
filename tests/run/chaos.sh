# shellcheck shell=bash
# Nothing is lost when processes are killed and disks fill: tests/chaos/run prints TAP.
own_database
services_up
check_tap run_with_instance "$VIGIL_HOME/tests/chaos/run"
service_stop worker postgrest
