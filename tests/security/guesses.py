"""Guessing: passwords of one account, one password of many accounts, second factors, keys, links and refresh tokens. How many
guesses were looked at is counted in the database; what the clock of this machine says does not matter."""

import base64
import hashlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

from corpus import Corpus
from instance import sql
from persons import PASSWORD, Person, failures, platform
from tenants import Tenant
from wire import Wire

# Sessions of PostgREST remember limits for two seconds.
LEARNED_SECONDS = 2.5
LIMITS = """
select json_agg(l) from auth.rate_limit l where l.tenant_id is null
"""


def many(number, act, beside=8):
    wires = [Wire() for _ in range(beside)]
    with ThreadPoolExecutor(beside) as pool:
        return [a for answers in pool.map(lambda n: [act(wires[n], k) for k in range(n, number, beside)], range(beside)) for a in answers]


def settle(case, answers, looked_at, most):
    """Guesses of which at most so many may have been looked at."""
    for answer in answers:
        if answer.status == 200:
            case.leaked(f"a guess was right: {answer.text[:200]}")
        elif answer.status >= 500:
            case.leaked(f"{answer.status} {answer.text[:200]}")
        else:
            case.refused()
    if looked_at > most:
        case.leaked(f"{looked_at} guesses were looked at, {most} may be")


def passwords(corpus, tenant):
    person = Person(tenant.tenant_id)
    with corpus.case("passwords of one account, eight at once") as case:
        before, started = failures(tenant.tenant_id), time.monotonic()
        answers = many(300, lambda wire, n: person.log_in(f"a wrong password {n}", wire))
        # 20 at once and one a second in shared memory; from the fifth failure on there is a wait, too.
        settle(case, answers, failures(tenant.tenant_id) - before, 20 + (time.monotonic() - started) + 1)
        waits = {a.headers.get("Retry-After") for a in answers if a.status == 429}
        if not waits or None in waits:
            case.leaked(f"nobody was told to wait: {waits}")
    with corpus.case("the right password does not end the wait") as case:
        answer = person.log_in()
        case.refused() if answer.status == 429 else case.leaked(f"{answer.status} {answer.text[:200]}")
    with corpus.case("nor do a space, a capital letter or another spelling of the email") as case:
        for email in (f" {person.email}", person.email.upper(), f"{person.email} ", f"\t{person.email}\n"):
            answer = Wire().call("login", {"email": email, "password": PASSWORD})
            case.refused() if answer.status in (401, 429) else case.leaked(f"{email!r}: {answer.status} {answer.text[:200]}")
    with corpus.case("nor a claimed address") as case:
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"):
            for n in range(20):
                answer = Wire(**{name: f"198.51.100.{n}"}).call("login", {"email": person.email, "password": f"wrong {n}"})
                case.refused() if answer.status == 429 else case.leaked(f"{name}: {answer.status} {answer.text[:200]}")
    nobody = Person.__new__(Person)
    nobody.email = f"nobody-{tenant.marker}@example.com"
    with corpus.case("an account that there is not is guessed at just as slowly") as case:
        before, started = failures(tenant.tenant_id), time.monotonic()
        answers = many(100, lambda wire, n: nobody.log_in(f"a wrong password {n}", wire))
        settle(case, answers, failures(tenant.tenant_id) - before, 20 + (time.monotonic() - started) + 1)
        case.refused() if any(a.status == 429 for a in answers) else case.leaked("nobody was told to wait, which tells that there is no such account")


def enumeration(corpus, tenant):
    """What is told about an account that there is and one that there is not: status, body and headers but for what counts."""
    there = Person(tenant.tenant_id)
    with corpus.case("the same is told of an account that there is") as case:
        for procedure, arguments in (("login", {"password": "wrong but long enough"}), ("request_password_reset", {})):
            told = []
            for email in (there.email, f"nobody{os.urandom(6).hex()}@example.com"):
                answer = Wire().call(procedure, {"email": email} | arguments)
                told.append((answer.status, answer.text.replace(email, "?"), sorted(n for n in answer.headers if n != "Date")))
            case.refused() if told[0] == told[1] else case.leaked(f"{procedure}: {told}")


def second_factors(corpus, tenant):
    person = Person(tenant.tenant_id)
    sql("""update auth.account set totp_secret_sealed = vigil_platform.seal('12345678901234567890', 'totp ' || account_id), totp_confirmed_at = now()
        where account_id = :'account'""", account=person.account_id)
    with corpus.case("second factors under the right password") as case:
        before, started = failures(tenant.tenant_id), time.monotonic()
        answers = many(200, lambda wire, n: person.log_in(PASSWORD, wire, code=f"{n:06}"))
        settle(case, answers, failures(tenant.tenant_id) - before, 20 + (time.monotonic() - started) + 1)


def of_many_bits(corpus):
    """256 random bits: these only have to be refused, all alike."""
    def random_text():
        return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")

    for name, act, status in (
        ("API keys", lambda wire, n: wire.get("/devices", {"X-API-Key": f"vgl_{os.urandom(4).hex()}_{random_text()}"}), 401),
        ("refresh tokens", lambda wire, n: wire.call("refresh", {"refresh_token": random_text()}), 401),
        ("links", lambda wire, n: wire.call("reset_password", {"token": random_text(), "password": PASSWORD}), 404),
        ("links to acknowledge", lambda wire, n: wire.call("acknowledge_link", {"token": random_text()}), 404),
    ):
        with corpus.case(f"random {name}") as case:
            for answer in many(300, act):
                case.refused() if answer.status in (status, 429) else case.leaked(f"{answer.status} {answer.text[:200]}")


def near_misses(corpus, tenant):
    """Everything but the last letter of a key is known, or its hash."""
    answer = Wire(**{"Authorization": f"Bearer {tenant_token(tenant)}"}).call("create_api_key", {"name": "near", "scope": "admin"})
    key = answer.json["key"]
    with corpus.case("an API key but for a little") as case:
        if Wire(**{"X-API-Key": key}).get("/devices").status != 200:
            case.leaked("the key itself does not work")
        for guess in (key[:-1], key + "A", key.upper(), key.lower(), " " + key + "x", key.replace("_", "-"), key.split("_", 2)[2], hashlib.sha256(key.encode()).hexdigest(),
                      key[:-1] + ("A" if key[-1] != "A" else "B"), "%", "_" * len(key), f"{key},{key}", f"{key}' or '1'='1", "vgl_%", json.dumps(key)):
            answer = Wire(**{"X-API-Key": guess}).get("/devices")
            case.refused() if answer.status in (400, 401) else case.leaked(f"{guess[:30]}: {answer.status} {answer.text[:200]}")


def tenant_token(tenant):
    return Person(tenant.tenant_id, "tenant_admin").log_in().json["access_token"]


def bursts(corpus, tenant):
    """The limit of what needs no token, as it is shipped: counted in shared memory, whoever asks."""
    person = Person(tenant.tenant_id)
    with corpus.case("logins of anybody are limited together") as case:
        sql("update auth.rate_limit set burst = 20, per_second = 0.5 where class = 'login' and bearer = 'strangers' and tenant_id is null")
        try:
            time.sleep(LEARNED_SECONDS)
            started = time.monotonic()
            answers = many(200, lambda wire, n: Wire().call("login", {"email": f"x{n}-{tenant.marker}@example.com", "password": "wrong but long enough"}))
            passed = sum(a.status != 429 for a in answers)
            most = 20 + (time.monotonic() - started) * 0.5 + 1
            for answer in answers:
                case.refused() if answer.status in (401, 429) else case.leaked(f"{answer.status} {answer.text[:200]}")
            if passed > most:
                case.leaked(f"{passed} passed, {most:.0f} may")
            late = [a for a in answers if a.status == 429]
            if not late or not all(int(a.headers["Retry-After"]) >= 1 for a in late):
                case.leaked("429 without Retry-After")
        finally:
            sql("update auth.rate_limit set burst = 1e6, per_second = 1e6 where class = 'login'")
            time.sleep(LEARNED_SECONDS)
    del person


def run():
    corpus = Corpus("guesses", 1000)
    tenant = Tenant("guesses")
    platform()
    for group in (passwords, enumeration, second_factors, near_misses, bursts):
        group(corpus, tenant)
    of_many_bits(corpus)
    return corpus
