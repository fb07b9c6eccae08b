"""Two at once with what works once: refresh tokens, links to choose a password, recovery codes. One of the two wins."""

import threading
from concurrent.futures import ThreadPoolExecutor

from corpus import Corpus
from instance import sql, sql_json
from persons import PASSWORD, Person
from tenants import Tenant
from wire import Wire

PAIRS = 1000
LANES = 8


class Lane:
    """Two connections that send at the same time."""

    def __init__(self):
        self.wires = (Wire(), Wire())
        self.pool = ThreadPoolExecutor(2)
        self.barrier = threading.Barrier(2)

    def both(self, procedure, arguments, headers=({}, {})):
        def send(n):
            self.barrier.wait()
            return self.wires[n].call(procedure, arguments[n], headers[n])
        return list(self.pool.map(send, (0, 1)))


def each(pairs, act):
    """act(lane, pair) for each of the pairs, in some lanes beside each other."""
    lanes = [Lane() for _ in range(LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        return [a for answers in pool.map(lambda n: [act(lanes[n], p) for p in pairs[n::LANES]], range(LANES)) for a in answers]


def refreshing(corpus, person):
    sessions = person.sessions(PAIRS)
    thieves, clients = sessions[: PAIRS // 2], sessions[PAIRS // 2:]

    def as_two(lane, pair):
        return pair[0], lane.both("refresh", [{"refresh_token": pair[1]}] * 2, ({"User-Agent": "phone"}, {"User-Agent": "thief"}))

    def as_one(lane, pair):
        return pair[0], lane.both("refresh", [{"refresh_token": pair[1]}] * 2, ({"User-Agent": "phone"}, {"User-Agent": "phone"}))

    stolen, repeated = each(thieves, as_two), each(clients, as_one)
    standing = {s["session_id"]: s for s in sql_json("""
        select s.session_id, s.revoked_because, count(r.token_sha256) as tokens, count(r.token_sha256) filter (where r.used_at is null) as unused
        from auth.session s join auth.refresh_token r using (session_id) where s.account_id = :'account' group by s.session_id
        """, account=person.account_id)}
    with corpus.case("a refresh token used by two clients at once: one wins, and the session ends") as case:
        for session, answers in stolen:
            won = [a for a in answers if a.status == 200]
            if len(won) == 1 and [a.status for a in answers if a not in won] == [401] and standing[session]["revoked_because"] == "reuse":
                case.refused()
            else:
                case.leaked(f"{[a.status for a in answers]}, session {standing[session]}")
    with corpus.case("what the winner got is worth nothing after the reuse was seen") as case:
        for _, answers in stolen[:50]:
            won = next(a for a in answers if a.status == 200).json
            statuses = (Wire(won["access_token"]).get("/devices").status, Wire().call("refresh", {"refresh_token": won["refresh_token"]}).status)
            case.refused() if statuses == (401, 401) else case.leaked(f"{statuses}")
    with corpus.case("a refresh token used twice at once by one client: one next token") as case:
        for session, answers in repeated:
            tokens = {a.json["refresh_token"] for a in answers if a.status == 200}
            if len(tokens) == 1 and {a.status for a in answers} == {200} and (standing[session]["tokens"], standing[session]["unused"]) == (2, 1):
                case.refused()
            else:
                case.leaked(f"{[a.status for a in answers]}, {len(tokens)} next tokens, session {standing[session]}")


def ending(corpus, person):
    """Logging out while refreshing: whoever comes first, nothing that was given works after both."""
    sessions = person.sessions(100)

    def both(lane, pair):
        refreshed = Wire().call("refresh", {"refresh_token": pair[1]}).json
        return lane.both_of((("refresh", {"refresh_token": refreshed["refresh_token"]}, {}), ("logout", {}, {"Authorization": f"Bearer {refreshed['access_token']}"})))

    Lane.both_of = lambda lane, calls: list(lane.pool.map(lambda n: (lane.barrier.wait(), lane.wires[n].call(*calls[n]))[1], (0, 1)))
    with corpus.case("logging out while a refresh is under way") as case:
        for refreshed, left in each(sessions, both):
            if left.status not in (200, 204) or refreshed.status not in (200, 401):
                case.leaked(f"{refreshed.status} {refreshed.text[:200]}, {left.status} {left.text[:200]}")
            elif refreshed.status == 200 and Wire(refreshed.json["access_token"]).get("/devices").status != 401:
                case.leaked("an access token outlived the logout")
            else:
                case.refused()


def links(corpus, person):
    tokens = [person.link() for _ in range(40)]

    def both(lane, token):
        return lane.both("reset_password", [{"token": token, "password": f"{PASSWORD} {who}"} for who in ("one", "two")])

    with corpus.case("a link to choose a password used twice at once") as case:
        for answers in each(tokens, both):
            statuses = sorted(a.status for a in answers)
            case.refused() if statuses in ([200, 404], [404, 404]) or 429 in statuses else case.leaked(f"{statuses} {answers[0].text[:200]}")


def recovery_codes(corpus, tenant_id):
    people = [Person(tenant_id) for _ in range(10)]
    for person in people:
        sql("""
            update auth.account set totp_secret_sealed = vigil_platform.seal('12345678901234567890', 'totp ' || account_id), totp_confirmed_at = now() where account_id = :'account';
            insert into auth.recovery_code (account_id, code_sha256) values (:'account', auth.token_sha256('abcdefghijklmnop'))
            """, account=person.account_id)

    def both(lane, person):
        return lane.both("login", [{"email": person.email, "password": PASSWORD, "code": "abcd-efgh-ijkl-mnop"}] * 2)

    with corpus.case("a recovery code used twice at once") as case:
        for answers in each(people, both):
            statuses = sorted(a.status for a in answers)
            case.refused() if statuses == [200, 401] else case.leaked(f"{statuses} {answers[0].text[:200]}")


def run():
    corpus = Corpus("refresh races", PAIRS)
    tenant = Tenant("races")
    person = Person(tenant.tenant_id)
    refreshing(corpus, person)
    ending(corpus, person)
    links(corpus, person)
    recovery_codes(corpus, tenant.tenant_id)
    return corpus
