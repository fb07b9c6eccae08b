"""Staff of the platform: requests from the platform's own tenant, which see every tenant."""

import tokens
from client import MARKERS, Client
from instance import sql


def platform_id():
    # The first admin of an installation makes it.
    return int(sql("""
        insert into fleet.tenant (name, display_name) values ('platform', 'Platform') on conflict do nothing;
        select tenant_id from fleet.tenant where name = 'platform'
        """))


def staff():
    tenant_id = platform_id()
    return Client(tokens.token(tenant_id, "platform_admin"), tenant_id, others=MARKERS.keys())


def staff_in(tenant):
    """Staff that has entered a tenant."""
    return Client(tokens.token(tenant.tenant_id, "platform_admin"), tenant.tenant_id)
