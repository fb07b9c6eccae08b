"""The table in docs/roles.md, cell by cell over HTTP: who may read each view and call each function. A function is called so
that it gets past the check of who asks and is refused for what it is asked (tests/api/refused_calls.py)."""

import csv
import json
import re

import tokens
from catalogue import functions, views
from corpus import Corpus
from instance import PROJECT
from persons import Person, platform
from refused_calls import CALLS
from role_table import BEARERS, ROLES, SCOPES, documented
from tenants import Tenant
from wire import Wire


def existing():
    return [*views(), *(f"rpc/{name}" for name in functions())]


class Bearers:
    """A connection for each column of the table."""

    def __init__(self):
        self.tenant = Tenant("rbac")
        self.person = {role: Person(self.tenant.tenant_id, role) for role in ROLES[1:-1]}
        self.person["platform_admin"] = Person(platform(), "platform_admin")
        admin = self.wire("tenant_admin")
        self.kept = {}
        self.keys = {}
        for scope in SCOPES:
            answer = admin.call("create_api_key", {"name": f"rbac-{scope}", "scope": scope})
            assert answer.status == 200, answer.text
            self.keys[f"key {scope}"] = answer.json["key"]

    def asking(self, bearer, name):
        """The connection of a bearer; for what ends a session, one of a new one."""
        if name == "rpc/logout":
            return self.wire(bearer)
        if bearer not in self.kept:
            self.kept[bearer] = self.wire(bearer)
        return self.kept[bearer]

    def wire(self, bearer):
        if bearer == "anon":
            return Wire()
        if bearer.startswith("key "):
            return Wire(**{"X-API-Key": self.keys[bearer]})
        person = self.person[bearer]
        # As a login makes one, without the slow hash.
        session = person.sessions(1)[0][0]
        return Wire(tokens.token(person.tenant_id, bearer, sub=person.account_id, sid=session))

    def may(self, wire, name):
        """Whether a connection gets past the check of who it is: true, false, or an answer that is neither."""
        if name.startswith("rpc/"):
            function = name.removeprefix("rpc/")
            if function not in CALLS:
                raise LookupError(f"CALLS has no call of {function} that is refused for what it asks")
            answer = wire.send("POST", f"/{name}", json.dumps(CALLS[function]).encode())
        else:
            answer = wire.get(f"/{name}", limit=1)
        if answer.code == "42501" or answer.code == "PT403" and "the API key is not for" in answer.text:
            return False if answer.status in (401, 403) else answer
        if answer.status < 500 and answer.status not in (403,) or name == "rpc/health" and answer.status == 503:
            return True
        return answer


def observed():
    """The table as the instance has it."""
    bearers = Bearers()
    table = {}
    for name in existing():
        table[name] = {bearer: bearers.may(bearers.asking(bearer, name), name) for bearer in BEARERS}
    return table


def declared():
    """The SQL-level truth of the isolation tests, for the request roles: {object: {role: may}}."""
    table = {}
    with (PROJECT / "tests" / "isolation" / "expected.csv").open() as file:
        for row in csv.DictReader(file):
            found = re.fullmatch(r"api\.(\w+)(\(.*\))?", row["object"])
            if found:
                letter, name = ("X", f"rpc/{found.group(1)}") if found.group(2) else ("r", found.group(1))
                table[name] = {role: letter in row[role] for role in ROLES}
    return table


def run():
    corpus = Corpus("roles", 1000)
    table, there = documented(), existing()
    corpus.line(set(table) == set(there), "docs/roles.md has a row for each view and function of api, and no other",
                [f"missing: {n}" for n in sorted(set(there) - set(table))] + [f"gone: {n}" for n in sorted(set(table) - set(there))])
    truth = declared()
    apart = [f"{name} of {role}: the matrix says {truth[name][role]}" for name in table if name in truth for role in ROLES if table[name][role] != truth[name][role]]
    corpus.line(not apart and not set(table) - set(truth), "docs/roles.md and tests/isolation/expected.csv say the same",
                apart + [f"not in expected.csv: {n}" for n in sorted(set(table) - set(truth))])
    bearers = Bearers()
    for name in there:
        with corpus.case(name) as case:
            if name not in table:
                case.leaked("it is not in docs/roles.md")
                continue
            for bearer in BEARERS:
                found = bearers.may(bearers.asking(bearer, name), name)
                if found is not table[name][bearer]:
                    case.leaked(f"{bearer}: {found if isinstance(found, bool) else (found.status, found.text[:200])}, the table says {table[name][bearer]}")
                elif found:
                    case.harmless()
                else:
                    case.refused()
    return corpus
