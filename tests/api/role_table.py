"""The table in docs/roles.md: what each role and each key may read and call."""

import re

from instance import PROJECT

DOCUMENT = PROJECT / "docs" / "roles.md"
ROLES = ("anon", "viewer", "analyst", "operator", "tenant_admin", "platform_admin")
SCOPES = ("ingest", "read", "operate", "admin")
BEARERS = (*ROLES, *(f"key {scope}" for scope in SCOPES))


def documented():
    """{object: {bearer: may}}. A row is `GET /devices` or `POST /rpc/ingest` and a cell for each bearer."""
    table = {}
    for line in DOCUMENT.read_text().splitlines():
        found = re.match(r"\| `(GET|POST) /(\S+)` \|(.*)\|$", line)
        if found:
            cells = [cell.strip() for cell in found.group(3).split("|")]
            if len(cells) != len(BEARERS) or set(cells) - {"x", "-"}:
                raise ValueError(f"docs/roles.md: {line}")
            if found.group(2) in table:
                raise ValueError(f"docs/roles.md says {found.group(2)} twice")
            table[found.group(2)] = {bearer: cell == "x" for bearer, cell in zip(BEARERS, cells, strict=True)}
    return table


def functions_of(role):
    """The functions that a role may call, without "rpc/"."""
    return {name.removeprefix("rpc/") for name, may in documented().items() if name.startswith("rpc/") and may[role]}
