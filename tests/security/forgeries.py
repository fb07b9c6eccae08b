"""Tokens that were forged, stolen, kept too long or bent. The attacker has what a viewer of a tenant of their own has, the
public key, and any library; for some, the server's own signature under claims that it would never have signed."""

import base64
import json
import subprocess
import tempfile
import time

import tokens
from corpus import Corpus
from instance import SECRETS, sql
from tenants import Tenant
from tokens import base64url, claims, head, hs256_token, part, sign_ed25519, signed, token
from wire import Wire, send_bytes

# The order of the group in which Ed25519 signs.
ORDER = 2**252 + 27742317777372353535851937790883648493


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **options).stdout


class Attacker:
    """The tenant that is attacked, with one device; the attacker's own; and keys that nobody trusts."""

    def __init__(self, folder):
        self.tenant, self.own = Tenant("victim"), Tenant("attacker")
        self.device = f"m-{self.tenant.marker}"
        self.tenant.add_profile("meter", ["power"])
        self.tenant.add_device(self.device, "meter")
        self.id, self.own_id = self.tenant.tenant_id, self.own.tenant_id
        self.ed25519 = tokens.new_key(folder)
        self.p256 = tokens.new_key(folder, "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        self.rsa = tokens.new_key(folder, "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        self.public = tokens.published_key()

    def body(self, **changes):
        return part(claims(self.id, changes.pop("role", "viewer"), **changes))

    def mine(self, **header):
        """Signed with the attacker's own Ed25519 key."""
        return token(self.id, key=self.ed25519, header=head(**header))

    def jwk(self):
        """The attacker's public key."""
        return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.public["kid"],
                "x": base64url(openssl("pkey", "-in", self.ed25519, "-pubout", "-outform", "DER")[-32:])}

    def certificate(self):
        """The attacker's certificate, as x5c has it."""
        return base64.b64encode(openssl("req", "-x509", "-key", self.ed25519, "-subj", "/CN=vigil", "-outform", "DER")).decode()


def of_another_algorithm(a):
    for name in ("none", "None", "NONE", "nOnE", "none ", " none", "", "null", "\x00none"):
        for signature in ("", "AAAA"):
            yield f"algorithm {name!r}, signature {signature!r}", f"{part({'alg': name, 'typ': 'JWT'})}.{a.body()}.{signature}"
    for name in (None, 0, [], {}, ["EdDSA"], {"alg": "none"}):
        yield f"algorithm {json.dumps(name)}", f"{part({'alg': name, 'typ': 'JWT'})}.{a.body()}."
    yield "no algorithm", f"{part({'typ': 'JWT'})}.{a.body()}."
    yield "no header", f".{a.body()}."
    pem = openssl("pkey", "-in", tokens.KEY, "-pubout")
    der = openssl("pkey", "-in", tokens.KEY, "-pubout", "-outform", "DER")
    jwks = (SECRETS / "jwks.json").read_bytes()
    secrets = {
        "x as it is": a.public["x"].encode(), "x decoded": base64.urlsafe_b64decode(a.public["x"] + "="),
        "x in base64": base64.b64encode(base64.urlsafe_b64decode(a.public["x"] + "=")), "PEM": pem, "PEM without its last newline": pem.strip(),
        "DER": der, "PEM without its frame": b"".join(pem.splitlines()[1:-1]), "JWKS": jwks, "JWKS without its last newline": jwks.strip(),
        "JWK": json.dumps(a.public).encode(), "JWK without spaces": json.dumps(a.public, separators=(",", ":")).encode(),
        "key id": a.public["kid"].encode(), "nothing": b"", "secret": b"secret", "the name": b"vigil",
    }
    for name, secret in secrets.items():
        for bits in (256, 384, 512):
            yield f"HS{bits} with {name}", hs256_token(a.id, secret, bits=bits)
        yield f"HS256 with {name} and the key's id", hs256_token(a.id, secret, kid=a.public["kid"])
    message = f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': a.public['kid']})}.{a.body()}"
    yield "RS256 with an own key", f"{message}.{base64url(openssl('dgst', '-sha256', '-sign', a.rsa, input=message.encode()))}"
    message = f"{part({'alg': 'PS256', 'typ': 'JWT', 'kid': a.public['kid']})}.{a.body()}"
    yield "PS256 with an own key", f"{message}.{base64url(openssl('dgst', '-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sign', a.rsa, input=message.encode()))}"
    for algorithm in ("ES256", "ES384", "ES512"):
        message = f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': a.public['kid']})}.{a.body()}"
        yield f"{algorithm} with an own key", f"{message}.{base64url(openssl('dgst', '-sha256', '-sign', a.p256, input=message.encode()))}"
    yield "ES256 with zeroes (psychic signature)", f"{part({'alg': 'ES256', 'typ': 'JWT'})}.{a.body()}.{base64url(bytes(64))}"
    for algorithm in ("HS256", "RS256", "ES256", "eddsa", "Ed25519", "EdDSA448", "A256GCM", "dir", "RSA-OAEP"):
        yield f"our signature under algorithm {algorithm}", token(a.id, header=head(alg=algorithm))


def of_another_key(a):
    yield "signed with another key", a.mine()
    yield "another key and no key id", a.mine(kid=None)
    for kid in ("unknown", "", "../../../../dev/null", "/dev/null", "file:///etc/hostname", "../secrets/jwt-ed25519.pem", "' or '1'='1",
                "x' union select 'AAAA'--", "x'; drop table auth.signing_key; --", "$(id)", "|id", "http://127.0.0.1:1/jwks.json", "\x00", "a" * 10000):
        yield f"another key, key id {kid[:40]!r}", a.mine(kid=kid)
    for kid in (0, None, [], {}, True, [a.public["kid"]]):
        yield f"another key, key id {json.dumps(kid)[:20]}", token(a.id, key=a.ed25519, header=head() | {"kid": kid})
    yield "a key that the token brings (jwk)", a.mine(jwk=a.jwk())
    yield "a key that the token brings, and no key id", a.mine(jwk=a.jwk(), kid=None)
    yield "a certificate that the token brings (x5c)", a.mine(x5c=[a.certificate()])
    for name in ("jku", "x5u"):
        for url in ("http://127.0.0.1:9/keys", "https://example.com/jwks.json", "file:///etc/passwd", f"data:application/json,{json.dumps({'keys': [a.jwk()]})}"):
            yield f"a key at an address ({name}: {url[:20]})", a.mine(**{name: url})
    yield "a key by its thumbprint (x5t)", a.mine(x5t=base64url(bytes(20)))
    yield "an extension that must be understood (crit)", token(a.id, header=head(crit=["exp"], exp=9999999999))
    yield "an unknown extension that must be understood", token(a.id, header=head(crit=["vigil"], vigil=True))
    yield "unencoded claims (b64)", token(a.id, header=head(crit=["b64"], b64=False))
    yield "encryption instead of a signature", f"{part({'alg': 'dir', 'enc': 'A256GCM'})}..{base64url(bytes(12))}.{a.body()}.{base64url(bytes(16))}"


def of_a_bent_signature(a):
    good = token(a.id)
    message, signature = good.rsplit(".", 1)
    raw = base64.urlsafe_b64decode(signature + "==")
    for name, bytes_ in {
        "cut": raw[:-1], "cut in half": raw[:32], "longer": raw + b"\x00", "twice": raw * 2, "zeroes": bytes(64), "ones": b"\xff" * 64,
        "turned round": raw[::-1], "halves exchanged": raw[32:] + raw[:32], "first bit flipped": bytes([raw[0] ^ 1]) + raw[1:],
        "last bit flipped": raw[:-1] + bytes([raw[-1] ^ 0x80]), "S of zero": raw[:32] + bytes(32), "R of zero": bytes(32) + raw[32:],
        "the neutral point": b"\x01" + bytes(63),
    }.items():
        yield f"signature {name}", f"{message}.{base64url(bytes_)}"
    header, body, _ = good.split(".")
    raised = part(claims(a.id, "tenant_admin"))
    yield "role raised under the old signature", f"{header}.{raised}.{signature}"
    yield "claims of another token under this signature", f"{header}.{part(claims(a.id))}.{signature}"
    yield "header changed under the old signature", f"{part({'alg': 'EdDSA'})}.{body}.{signature}"
    yield "header and claims exchanged", f"{body}.{header}.{signature}"
    own = token(a.own_id)
    yield "the other tenant under one's own signature", f"{own.split('.')[0]}.{a.body()}.{own.split('.')[2]}"
    yield "no signature", f"{message}."
    yield "two parts", message
    yield "four parts", f"{good}.{signature}"
    yield "the dots left out", good.replace(".", "")
    yield "signed over other bytes", f"{message}.{base64url(sign_ed25519(body))}"


def of_other_claims(a):
    """Signed by the server's own key; the hook alone stands in the way."""
    now = int(time.time())
    for name in ("iss", "aud", "sub", "role", "tenant_id", "typ", "iat", "exp", "jti", "sid"):
        yield f"{name} missing", token(a.id, **{name: None})
        for value in ("null", True, 0, -1, 1.5, "", [], {}, "x" * 300, [None], {"eq": 1}):
            if name in ("sub", "jti") and value in ("null", "x" * 300) and isinstance(value, str):
                continue # what anybody may be called
            fields = claims(a.id) | {name: None if value == "null" else value}
            yield f"{name} is {json.dumps(fields[name])[:20]}", signed(f"{part(head())}.{part(fields)}")
    for issuer in ("Vigil", "vigil ", "vigil\x00", ["vigil"], "https://vigil", "vigil.example.com"):
        yield f"issuer {issuer!r}", token(a.id, iss=issuer)
    for audience in ("other", "VIGIL", ["other"], ["vigil2"], [], [[]], {"vigil": 1}, "vigil other"):
        yield f"audience {audience!r}", token(a.id, aud=audience)
    for kind in ("refresh", "audit_head", "audit-head", "id", "ACCESS", "access ", "at+jwt", ["access"], "invite"):
        yield f"a token of type {kind!r}", token(a.id, typ=kind)
    yield "expired", token(a.id, iat=now - 700, exp=now - 100)
    yield "expired within the skew that PostgREST grants", token(a.id, iat=now - 300, exp=now - 5)
    yield "expired long ago", token(a.id, iat=0, exp=600)
    yield "not yet valid", token(a.id, nbf=now + 600)
    yield "not yet valid, within the skew that PostgREST grants", token(a.id, nbf=now + 20)
    yield "valid from a word", token(a.id, nbf="never")
    yield "issued in the future", token(a.id, iat=now + 120, exp=now + 300)
    yield "lives a second too long", token(a.id, iat=now, exp=now + 901)
    yield "lives for years", token(a.id, iat=now - 86400 * 365, exp=now + 86400 * 365)
    yield "issued after it ends", token(a.id, iat=now + 20, exp=now + 10)
    for exp in (1e18, 1e300, -1, "9999999999", "Infinity", [now + 600], True):
        yield f"expiry {exp!r}", token(a.id, exp=exp)
    for tenant in (0, -1, 99999999999, 1e20, f"{a.id}", f"{a.id} or true", [a.id], True, {"tenant_id": a.id}, a.id + 0.5):
        yield f"tenant {tenant!r}", token(a.id, tenant_id=tenant, sid=tokens.session_of(a.id))
    yield "an unknown tenant", token(a.id, tenant_id=999999999)
    for role in ("postgres", "authenticator", "anon", "vigil_owner", "vigil_api", "vigil_auth", "vigil_jobs", "vigil_worker", "bi_reader", "pg_read_all_data",
                 "pg_execute_server_program", "nobody-at-all", "VIEWER", 'viewer"; set role postgres; --', "none", "public", "viewer\x00", "viewer "):
        yield f"role {role!r}", token(a.id, role)
    yield "a role raised by one step", token(a.id, "analyst", sid=tokens.session_of(a.id))
    yield "a role raised to the top", token(a.id, "platform_admin", sid=tokens.session_of(a.id))
    yield "another subject than the session's", token(a.id, sub="somebody", sid=tokens.session_of(a.id))


def of_sessions(a):
    """Signed by the server's own key, and of a session that does not carry them."""
    yield "the other tenant with one's own session", token(a.id, sid=tokens.session_of(a.own_id))
    yield "one's own tenant with the other's session", token(a.own_id, sid=tokens.session_of(a.id))
    for sid in ("00000000-0000-0000-0000-000000000000", "not-a-session", "' or true --", tokens.session_of(a.id).upper(), tokens.session_of(a.id) + " "):
        yield f"session {sid[:20]!r}", token(a.id, sid=sid)
    ended = tokens.new_session(a.id)
    sql("update auth.session set revoked_at = clock_timestamp(), revoked_because = 'revoked' where session_id = :'session'", session=ended)
    yield "a revoked session", token(a.id, sid=ended)
    yield "an expired session", token(a.id, sid=tokens.new_session(a.id, lifetime="-1 second"))
    gone = tokens.new_session(a.id)
    sql("delete from auth.session where session_id = :'session'", session=gone)
    yield "a deleted session", token(a.id, sid=gone)
    idle = Tenant("idle")
    kept = token(idle.tenant_id)
    sql("update fleet.tenant set active = false where tenant_id = :tenant", tenant=idle.tenant_id)
    yield "a suspended tenant", kept


def of_bent_form(a):
    good = token(a.id)
    header, body, signature = good.split(".")
    yield "a megabyte", "a" * 1_000_000
    yield "a megabyte of claims, another key", signed(f"{part(head())}.{part(claims(a.id, padding='x' * 700_000))}", a.ed25519)
    yield "ten thousand dots", "." * 10_000
    for depth in (1_000, 30_000):
        nested = base64url(("[" * depth + "]" * depth).encode())
        yield f"claims {depth} deep", signed(f"{part(head())}.{nested}")
        yield f"header {depth} deep", f"{nested}.{body}.{signature}"
    for name, text in {"an array": b"[]", "text": b'"x"', "a number": b"1", "null": b"null", "nothing": b"", "no JSON": b"{", "not UTF-8": b"\xff\xfe{}",
                       "a byte order mark": b"\xef\xbb\xbf{}", "NaN": b'{"exp": NaN}', "with NUL": b'{"role": "viewer\x00"}', "two objects": b"{}{}"}.items():
        yield f"claims are {name}", signed(f"{part(head())}.{base64url(text)}")
        yield f"header is {name}", signed(f"{base64url(text)}.{body}")
    own = json.dumps(claims(a.own_id))[1:-1]
    for name, first in {"tenant": f'"tenant_id": {a.id}', "role": '"role": "tenant_admin"', "subject": '"sub": "root"'}.items():
        for order in (f"{{{first}, {own}}}", f"{{{own}, {first}}}"):
            # Whichever counts: nothing of the other tenant, and no role that the session has not.
            yield f"{name} twice", signed(f"{part(head())}.{base64url(order.encode())}")
    for name, bent in {
        "padded": f"{good}=", "all parts padded": ".".join(f"{p}==" for p in good.split(".")), "standard base64": f"{header}.{body}.{signature[:-2]}+/",
        "a star in it": good.replace(".", ".*", 1), "a space in it": good.replace(".", ". ", 1), "percent": good.replace(".", "%2E"),
        "full width dots": good.replace(".", "．"), "a letter like another": good.replace("e", "е", 1), "quotes": f'"{good}"',
        "two tokens": f"{token(a.own_id)} {token(a.own_id)}", "two with a comma": f"{token(a.own_id)},{token(a.own_id)}",
    }.items():
        yield name, bent


def groups(a):
    yield of_another_algorithm(a)
    yield of_another_key(a)
    yield of_a_bent_signature(a)
    yield of_other_claims(a)
    yield of_sessions(a)
    yield of_bent_form(a)


def judge(a, case, answers):
    """The answers to reading and to writing with a token that must not work, or works for the attacker's own tenant."""
    for answer in answers:
        if answer is None or answer.status in (400, 401, 403, 404, 405, 413, 414, 431):
            case.refused()
        elif answer.status >= 500:
            case.leaked(f"{answer.status} {answer.text[:300]}")
        elif a.tenant.marker in answer.shown:
            case.leaked(f"it reads the other tenant: {answer.status} {answer.text[:300]}")
        elif answer.status == 200 and answer.text in ("[]", '{"accepted":0,"duplicates":0,"rejected":[]}'):
            case.harmless()
        else:
            case.leaked(f"it was accepted: {answer.status} {answer.text[:300]}")


def in_other_places(a, corpus):
    good = token(a.id)
    wire = Wire()
    for name, path, headers in (
        ("in the address", f"/devices?access_token={good}", {}), ("in the address as jwt", f"/devices?jwt={good}", {}),
        ("in a cookie", "/devices", {"Cookie": f"access_token={good}; Authorization=Bearer {good}"}),
        ("in X-Authorization", "/devices", {"X-Authorization": f"Bearer {good}"}),
        ("in Proxy-Authorization", "/devices", {"Proxy-Authorization": f"Bearer {good}"}),
        ("in X-API-Key", "/devices", {"X-API-Key": good}),
        ("as the password of Basic", "/devices", {"Authorization": "Basic " + base64.b64encode(f"vigil:{good}".encode()).decode()}),
        ("as Digest", "/devices", {"Authorization": f"Digest {good}"}), ("without a scheme", "/devices", {"Authorization": good}),
        ("as Token", "/devices", {"Authorization": f"Token {good}"}), ("beside an API key", "/devices", {"Authorization": f"Bearer {good}", "X-API-Key": "x"}),
    ):
        with corpus.case(f"a good token {name}") as case:
            judge(a, case, [wire.send("GET", path, headers=headers)])
    for name, lines in {"two headers, the good one last": ("x", good), "two headers of one's own tenant": (token(a.own_id), "x")}.items():
        request = "GET /devices HTTP/1.1\r\nHost: vigil\r\nConnection: close\r\n" + "".join(f"Authorization: Bearer {line}\r\n" for line in lines) + "\r\n"
        with corpus.case(name) as case:
            status, answer = send_bytes(request.encode())
            if status == 200 and a.tenant.marker.encode() in answer:
                # A token that is good stays good wherever it stands: this one is nobody's but the client's own.
                case.harmless()
            elif status in (0, 200, 400, 401):
                case.refused() if status != 200 else case.harmless()
            else:
                case.leaked(f"{status} {answer[:300]}")


def rotated_out(a, corpus):
    """Two keys while one replaces the other; then the old one is worth nothing."""
    file = SECRETS / "jwks.json"
    kept = file.read_text()
    old, new = a.jwk() | {"kid": "old"}, json.loads(kept)["keys"][0]

    def publish(*keys):
        file.write_text(json.dumps({"keys": keys}) + "\n")
        sql("notify pgrst, 'reload config'")

    def comes_to(status):
        for _ in range(100):
            if Wire(rotated).get("/devices").status == status:
                return True
            time.sleep(0.05)
        return False

    rotated = token(a.id, key=a.ed25519, header=head(kid="old"))
    with corpus.case("a key that was rotated out") as case:
        try:
            publish(new, old)
            if not comes_to(200):
                case.leaked("a second published key is not taken: the test proves nothing")
            publish(new)
            case.refused() if comes_to(401) else case.leaked("its tokens are still taken after five seconds")
        finally:
            file.write_text(kept)
            sql("notify pgrst, 'reload config'")


def run():
    corpus = Corpus("forgeries", 60)
    reading = b'[{"device": "%s", "ts": "2026-03-01T00:00:00Z", "metrics": {"power": 1}}]'
    with tempfile.TemporaryDirectory() as folder:
        a = Attacker(folder)
        if a.device not in Wire(token(a.id)).get("/devices").text:
            raise AssertionError("a good token does not work")
        for group in groups(a):
            for name, forged in group:
                with corpus.case(name) as case:
                    wire = Wire(forged)
                    judge(a, case, [wire.get("/devices"), wire.send("POST", "/rpc/ingest?columns=device", reading % a.device.encode())])
                    wire.close()
        in_other_places(a, corpus)
        rotated_out(a, corpus)
        with corpus.case("nothing was written") as case:
            stored = sql("select count(*) from fleet.reading where tenant_id = :tenant", tenant=a.id)
            case.refused() if stored == "0" else case.leaked(f"{stored} readings")
    return corpus
