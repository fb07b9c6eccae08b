create or replace view api.api_keys with (security_invoker = true) as
select k.name, k.prefix, k.scope, k.endpoints, k.created_by, k.created_at, k.expires_at, k.revoked_at, k.revoked_by, k.last_used_at
from auth.api_key k;
comment on view api.api_keys is
$$API keys of the tenant
By name, with the letters they begin with; the key itself was shown when it was made. last_used_at is up to a minute late.$$;
