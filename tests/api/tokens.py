"""Tokens for the API: good ones, and what bad ones are made of."""

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
REQUEST_ROLES = ("viewer", "analyst", "operator", "tenant_admin", "platform_admin")


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


def new_session(tenant_id, role="viewer", subject="api-test", lifetime="1 day"):
    """A session as auth.issue_token makes one; with a negative lifetime one that has expired."""
    return sql("""
        insert into auth.session (kind, current_tenant_id, issued_role, issued_subject, expires_at)
        values ('issued', :tenant, :'role', :'subject', clock_timestamp() + :'lifetime'::interval)
        returning session_id
        """, tenant=tenant_id, role=role, subject=subject, lifetime=lifetime)


# One for each bearer: the tokens of a test are those of one session.
session_of = functools.cache(new_session)


def claims(tenant_id, role="viewer", /, **changes):
    """The claims of a good token; a change to None leaves the claim out. Its session is that of the tenant, role and
    subject, where there can be one."""
    now = int(time.time())
    subject = changes.get("sub")
    made = {
        "iss": "vigil",
        "aud": "vigil",
        "sub": "api-test",
        "role": role,
        "tenant_id": tenant_id,
        "typ": "access",
        "iat": now,
        "exp": now + 600,
        "jti": uuid.uuid4().hex,
    } | changes
    if "sid" not in made:
        made["sid"] = session_of(tenant_id, role if role in REQUEST_ROLES else "viewer",
                                 subject if isinstance(subject, str) and subject else "api-test")
    return {name: value for name, value in made.items() if value is not None}


def head(**changes):
    """The header of a good token; a change to None leaves the field out."""
    made = {"alg": "EdDSA", "typ": "JWT", "kid": published_key()["kid"]} | changes
    return {name: value for name, value in made.items() if value is not None}


def signed(message, key=KEY):
    """A token of a header and claims that are encoded already."""
    return f"{message}.{base64url(sign_ed25519(message, key))}"


def token(tenant_id, role="viewer", /, *, key=KEY, header=None, **changes):
    return signed(f"{part(head() if header is None else header)}.{part(claims(tenant_id, role, **changes))}", key)


def unsigned_token(tenant_id, role="viewer", **header):
    return f"{part({'alg': 'none', 'typ': 'JWT'} | header)}.{part(claims(tenant_id, role))}."


def hs256_token(tenant_id, secret, role="viewer", /, *, bits=256, **header):
    message = f"{part({'alg': f'HS{bits}', 'typ': 'JWT'} | header)}.{part(claims(tenant_id, role))}"
    return f"{message}.{base64url(hmac.new(secret, message.encode(), getattr(hashlib, f'sha{bits}')).digest())}"


def new_key(folder, *algorithm):
    """A key pair that nobody trusts: Ed25519 unless openssl's options say otherwise."""
    file = f"{folder}/untrusted-{uuid.uuid4().hex[:8]}.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", *(algorithm or ("ed25519",)), "-out", file],
                   check=True, capture_output=True)
    return file
