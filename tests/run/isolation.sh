# shellcheck shell=bash
# No tenant sees or changes what belongs to another: tests/isolation/run prints TAP. No worker, which would change what
# the tests watch.
own_database
check_tap run_with_instance "$VIGIL_HOME/tests/isolation/run"
