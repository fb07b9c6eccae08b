"""Accounts made for the tests, their passwords, and clients that have logged in as them."""

import base64
import hashlib
import hmac
import struct
import time
import uuid

from client import Client
from instance import sql

PASSWORD = "correct horse and more"


def forget_failures():
    sql("truncate auth.login_attempt")


class Person:
    """An account with a membership in each of some tenants, and a password."""

    def __init__(self, memberships, password=PASSWORD):
        self.email = f"p{uuid.uuid4().hex[:12]}@example.com"
        self.password = password
        self.tenant_ids = [tenant.tenant_id for tenant, _ in memberships]
        self.account_id = sql("""
            insert into auth.account (email, display_name, password_hash, password_changed_at)
            values (:'email', 'Person', vigil_platform.hash_password(:'password'), now()) returning account_id
            """, email=self.email, password=password)
        for tenant, role in memberships:
            sql("insert into auth.membership (tenant_id, account_id, role, accepted_at, created_by) values (:tenant, :'account', :'role', now(), 'test')",
                tenant=tenant.tenant_id, account=self.account_id, role=role)

    def log_in(self, headers=None, **more):
        arguments = {"email": self.email, "password": self.password} | more
        return self.anybody().post("/rpc/login", arguments, headers)

    def refresh(self, token, headers=None):
        return self.anybody().post("/rpc/refresh", {"refresh_token": token}, headers)

    def anybody(self, token=None):
        """A client that may see of this person's tenants."""
        return Client(token, others=self.tenant_ids)

    def client(self, **more):
        """A client of a new session."""
        answer = self.log_in(**more)
        assert answer.status == 200, answer.body
        return self.signed_in(answer)

    def signed_in(self, answer):
        client = self.anybody(answer.json["access_token"])
        client.tokens = answer.json
        return client


def one_time_code(secret, at=None):
    """RFC 6238 as an authenticator does it, of a secret in base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((time.time() if at is None else at) // 30)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}"
