# shellcheck shell=bash
# Every function of the extension with hostile arguments: tests/hostile/run prints TAP.
clean_database
check_tap run_with_instance "$VIGIL_HOME/tests/hostile/run"
