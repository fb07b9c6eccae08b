#!/usr/bin/env bash
# ./dev demo: two customers' fleets, faults of known place and time, and what Vigil makes of them.
set -euo pipefail
exec python3 "$(dirname -- "${BASH_SOURCE[0]}")/main.py" "$@"
