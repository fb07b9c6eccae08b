"""Headers that other systems believe: whoever says so is somebody else, from elsewhere, with more rights or another method."""

import json

import tokens
from corpus import Corpus
from instance import API_URL
from tenants import Tenant, fleet
from wire import Wire, send_bytes

ADDRESSES = ("127.0.0.1", "::1", "10.0.0.1", "localhost", "192.0.2.1, 127.0.0.1", "' or 1=1 --", "1" * 5000, "\u00ff")
HOSTS = ("evil.example.com", "127.0.0.1", "localhost:1", "evil.example.com:80@vigil", "[::1]", "")


def spoofed(victim):
    claims = json.dumps({"role": "platform_admin", "tenant_id": victim.tenant_id, "sub": "root"})
    tenant = (str(victim.tenant_id), victim.name, f"{victim.tenant_id},1", "*", "-1")
    who = ("root", "admin", "postgres", "platform_admin", "root@example.com", "1")
    roles = ("platform_admin", "tenant_admin", "postgres", "vigil_owner", "service_role")
    table = {
        **dict.fromkeys(("X-Tenant-Id", "X-Tenant", "Tenant", "Tenant-Id", "X-Org-Id", "X-Account-Id", "X-Scope-OrgID", "X-Customer-Id", "X-Vigil-Tenant"), tenant),
        **dict.fromkeys(("Role", "X-Role", "X-User-Role", "X-Hasura-Role", "X-Postgrest-Role", "X-Roles", "X-Groups"), roles),
        **dict.fromkeys(("X-User", "X-User-Id", "X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Authenticated-User", "X-Auth-User", "X-WebAuth-User", "X-Email", "X-Forwarded-Email",
                         "X-Consumer-Username", "X-SSL-Client-S-DN", "X-Amzn-Oidc-Identity", "X-Ms-Client-Principal-Name"), who),
        **dict.fromkeys(("request.jwt.claims", "Request-Jwt-Claims", "request.jwt.claim.tenant_id", "X-Jwt-Claims", "X-Jwt-Payload", "X-Amzn-Oidc-Data", "X-Endpoint-API-UserInfo", "request.tenant_id", "X-Request-Jwt"),
                        (claims, str(victim.tenant_id))),
        **dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "Forwarded", "X-Originating-IP", "Via", "X-Forwarded"), ADDRESSES),
        **dict.fromkeys(("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-Original-Host", "Origin", "Referer"), HOSTS),
        **dict.fromkeys(("X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Path"), ("https", "file", "/auth", "443")),
        **dict.fromkeys(("X-Original-URL", "X-Rewrite-URL", "X-Request-URI", "X-Original-URI"), ("/audit_entries", "/rpc/set_retention", "/api_keys", "/../auth/account")),
        **dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"), ("DELETE", "POST", "PUT", "PATCH")),
        "Accept-Profile": ("auth", "fleet", "ops", "public", "pg_catalog", "information_schema", "api, auth", '"api"'),
        "Content-Profile": ("auth", "fleet", "public"),
        "Prefer": ("tx=rollback", "tx=commit", "params=multiple-objects", f"tenant_id={victim.tenant_id}", "role=platform_admin", "timezone=../../etc/passwd", "jwt=x", "missing=default", "resolution=merge-duplicates"),
        "Cookie": (f"tenant_id={victim.tenant_id}", "role=platform_admin", "session=" + "x" * 200, "Authorization=Bearer x"),
        "Connection": ("close, Authorization", "X-API-Key", "upgrade"), "Upgrade": ("h2c", "websocket"), "Expect": ("100-continue", "200-ok"), "TE": ("trailers",), "Max-Forwards": ("0",),
        "X-Api-Version": ("admin",), "X-Debug": ("1", "true"), "X-Internal": ("1", "true"), "X-Admin": ("1", "true"), "X-Original-Authorization": ("Bearer x",), "X-Original-Method": ("DELETE",),
        "apikey": ("x", "service_role"), "X-Auth-Token": ("x",), "X-Access-Token": ("x",), "X-CSRF-Token": ("x",), "X-GraphQL": ("1",), "X-Custom-IP-Authorization": ("127.0.0.1",),
        "Idempotency-Key": (f"{victim.tenant_id}", "' or true --", "\u00e9"), "X-Correlation-ID": ("a\tb", "x" * 129, "<script>", "%0d%0aSet-Cookie: x=1"),
    }
    for name, values in table.items():
        yield name, values


def judge(case, name, value, method, answer, plain, victim):
    told = f"{name}: {value[:60]} on {method}: {answer and answer.status} {answer and answer.text[:200]}"
    if answer is None or 400 <= answer.status < 500:
        case.refused()
    elif answer.status >= 500:
        case.leaked(told)
    elif victim.marker in answer.shown.replace(value, ""):
        case.leaked(f"it shows the other's, {told}")
    elif (answer.status, answer.body) != (plain.status, plain.body):
        case.leaked(f"it changes the answer, {told}")
    else:
        case.harmless()


def run():
    corpus = Corpus("header spoofing", 500)
    victim, own = fleet(), Tenant("headers")
    own.add_profile("meter", ["power"])
    own.add_device("m-1", "meter")
    viewer, nobody = Wire(tokens.token(own.tenant_id, "viewer")), Wire()
    retention = json.dumps({"object": "readings", "hot": "1 day"}).encode()
    requests = [
        ("reading as a viewer", viewer, ("GET", "/devices")), ("writing as a viewer", viewer, ("POST", "/rpc/set_retention", retention)),
        ("reading as nobody", nobody, ("GET", "/devices")), ("the audit trail as a viewer", viewer, ("GET", "/audit_entries")),
    ]
    plain = [wire.send(*request) for _, wire, request in requests]
    assert [p.status for p in plain] == [200, 403, 401, 403], [(p.status, p.body) for p in plain]
    for name, values in spoofed(victim):
        with corpus.case(name) as case:
            for value in values:
                for (what, wire, request), expected in zip(requests, plain, strict=True):
                    judge(case, name, value, what, wire.send(*request, headers={name: value.encode("latin-1", "replace").decode("latin-1")} if request[0] == "GET" else {name: value}), expected, victim)
    hosts(corpus)
    smuggling(corpus, own, victim)
    return corpus


def hosts(corpus):
    """What the API says about itself does not follow the Host that somebody claims."""
    with corpus.case("Host") as case:
        for host in HOSTS:
            for path in ("/", "/rpc/acknowledge_link?token=x", "/rpc/set_password_page?token=x", "/rpc/health"):
                for more in ("", f"X-Forwarded-Host: {host}\r\n"):
                    status, answer = send_bytes(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n".encode())
                    if status >= 500 and status != 503:
                        case.leaked(f"{host} {path}: {answer[:200]}")
                    elif b"evil" in answer:
                        case.leaked(f"{path} repeats the host: {answer[:300]}")
                    elif status >= 400 or status == 0:
                        case.refused()
                    else:
                        case.harmless()


def smuggling(corpus, own, victim):
    """A request within another: what stands behind the body is no second request with the rights of the first."""
    host = API_URL.split("//")[1]
    token = tokens.token(own.tenant_id, "viewer")
    inner = f"GET /audit_entries HTTP/1.1\r\nHost: {host}\r\n\r\n"
    with corpus.case("requests within requests") as case:
        for name, head in {
            "both lengths": f"Content-Length: {len(inner)}\r\nTransfer-Encoding: chunked\r\n", "two lengths": f"Content-Length: 0\r\nContent-Length: {len(inner)}\r\n",
            "a chunked of another spelling": "Transfer-Encoding: xchunked\r\n", "a chunked with a space": "Transfer-Encoding : chunked\r\n", "a negative length": "Content-Length: -1\r\n",
            "a length with a sign": f"Content-Length: +{len(inner)}\r\n", "a hexadecimal length": "Content-Length: 0x10\r\n", "a folded header": f"X-A: b\r\n Authorization: Bearer {token}\r\n",
            "a bare line feed": "X-A: b\nX-Tenant: 1\r\n", "a NUL in a header": "X-A: \x00\r\n", "no name": ": x\r\n", "a header of a megabyte": f"X-A: {'a' * 1_000_000}\r\n",
            "ten thousand headers": "".join(f"X-{n}: a\r\n" for n in range(10_000)),
        }.items():
            for first in (f"POST /rpc/ingest HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n", f"GET /devices HTTP/1.1\r\nHost: {host}\r\n"):
                status, answer = send_bytes(f"{first}Connection: close\r\n{head}\r\n0\r\n\r\n{inner}".encode("latin-1"))
                if victim.marker.encode() in answer or status >= 500:
                    case.leaked(f"{name}: {status} {answer[:200]}")
                elif status == 0 or status >= 400:
                    case.refused()
                else:
                    case.harmless()
