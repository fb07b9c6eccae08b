"""Tokens for the API: good ones, and every kind of bad one."""

import base64
import functools
import hashlib
import hmac
import json
import subprocess
import tempfile
import time
import uuid

from instance import SECRETS, sql

KEY = SECRETS.parent / "keys" / "signing.pem"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(fields):
    return base64url(json.dumps(fields).encode())


def published_key():
    """The public key as PostgREST has it."""
    return json.loads((SECRETS / "jwks.json").read_text())["keys"][0]


def sign_ed25519(message, key=KEY):
    # openssl signs Ed25519 messages from files only.
    with tempfile.NamedTemporaryFile() as file:
        file.write(message.encode())
        file.flush()
        return subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", file.name], check=True, capture_output=True
        ).stdout


@functools.cache
def session(tenant_id, role, subject):
    """The session that good tokens of a tenant, role and subject belong to, as a DBA would issue it."""
    return sql("""
        insert into auth.session (kind, current_tenant_id, issued_role, issued_subject, expires_at)
        values ('issued', :tenant, :'role', :'subject', now() + interval '1 day') returning session_id
        """, tenant=tenant_id, role=role, subject=subject)


def claims(tenant_id, role="viewer", /, **changes):
    """The claims of a good token; a change to None leaves the claim out. The session stays what it is, but for the
    subject, whatever else is changed."""
    now = int(time.time())
    made = {
        "iss": "vigil",
        "aud": "vigil",
        "sub": "api-test",
        "role": role,
        "tenant_id": tenant_id,
        "iat": now,
        "exp": now + 600,
        "jti": uuid.uuid4().hex,
        "typ": "access",
        "sid": session(tenant_id, role, changes.get("sub") or "api-test"),
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def token(tenant_id, role="viewer", /, *, key=KEY, header=None, **changes):
    head = {"alg": "EdDSA", "typ": "JWT", "kid": published_key()["kid"]} if header is None else header
    message = f"{part(head)}.{part(claims(tenant_id, role, **changes))}"
    return f"{message}.{base64url(sign_ed25519(message, key))}"


def unsigned_token(tenant_id, role="viewer"):
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims(tenant_id, role))}."


def hs256_token(tenant_id, secret, role="viewer", **header):
    message = f"{part({'alg': 'HS256', 'typ': 'JWT'} | header)}.{part(claims(tenant_id, role))}"
    return f"{message}.{base64url(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"


def new_key(folder):
    """A key pair that nobody trusts."""
    file = f"{folder}/untrusted.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True, capture_output=True)
    return file
