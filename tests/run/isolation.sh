# shellcheck shell=bash
# No tenant sees or changes what belongs to another: tests/isolation/run prints TAP. No worker, which would change what
# the tests watch. The suite `security` shows its numbers with those of the other attacks.
own_database
test_isolation() { run_with_instance "$VIGIL_HOME/tests/isolation/run" | tee "$VIGIL_INSTANCE_DIR/results/isolation.tap"; }
check_tap test_isolation
