"""Accounts with a password, made by the superuser: inviting is tested elsewhere."""

import json
import uuid

from instance import sql
from wire import Wire

PASSWORD = "correct horse battery staple 7"


class Person:
    """Somebody who works in one tenant, in one role."""

    def __init__(self, tenant_id, role="viewer"):
        self.email = f"p{uuid.uuid4().hex[:12]}@example.com"
        self.tenant_id = tenant_id
        self.account_id = sql("""
            with made as (
              insert into auth.account (email, display_name, password_hash, password_changed_at)
              values (:'email', 'P', vigil_platform.hash_password(:'password'), now())
              returning account_id
            )
            insert into auth.membership (tenant_id, account_id, role, accepted_at, created_by)
            select :tenant, m.account_id, :'role', now(), 'security' from made m returning account_id
            """, email=self.email, password=PASSWORD, tenant=tenant_id, role=role)

    def log_in(self, password=PASSWORD, wire=None, **more):
        return (wire or Wire()).call("login", {"email": self.email, "password": password} | more)

    def sessions(self, number):
        """New sessions, each with a refresh token, without so many logins: [session, refresh token]."""
        return json.loads(sql("""
            with made as (
              insert into auth.session (kind, account_id, current_tenant_id, expires_at)
              select 'login', :'account', :tenant, now() + interval '1 hour' from generate_series(1, :number)
              returning session_id
            )
            select json_agg(json_build_array(m.session_id, (auth.new_refresh_token(m.session_id)).token)) from made m
            """, account=self.account_id, tenant=self.tenant_id, number=number))

    def link(self):
        """A token to choose a password with."""
        return sql("select auth.setup_token(:'email')", email=self.email)


def failures(tenant_id):
    """How many passwords, codes included, were looked at and found wrong, as the audit trail has it."""
    return int(sql("""
        select count(*) from audit.entry e
        where e.action = 'failed_login' and e.tenant_id = any (array[:tenant, (select t.tenant_id from fleet.tenant t where t.name = 'platform')])
        """, tenant=tenant_id))


def platform():
    """The tenant of those who run the platform, made if need be, with a channel for mail to people that reaches nobody."""
    tenant_id = int(sql("select coalesce((select t.tenant_id from fleet.tenant t where t.name = 'platform'), ops.create_tenant('platform', 'Platform'))"))
    sql("""
        insert into alerting.channel (tenant_id, name, kind, config)
        values (:tenant, 'accounts', 'email', '{"host": "mail.invalid", "port": 587, "tls": "starttls", "from": "vigil@mail.invalid"}')
        on conflict do nothing
        """, tenant=tenant_id)
    return tenant_id
