# shellcheck shell=bash
# Who is on call, against Python's zoneinfo over ten years: tests/oncall/run prints TAP.
own_database
check_tap run_with_instance "$VIGIL_HOME/tests/oncall/run"
