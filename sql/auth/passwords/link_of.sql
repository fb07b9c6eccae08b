create or replace function auth.link_of(
  token text, out account_id uuid, out purpose text, out invited_to int, out tenant text, out email text, out display_name text, out has_password boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.account_id, k.purpose, k.invited_to, t.display_name, a.email, coalesce(m.display_name, a.display_name), a.password_hash is not null
  from auth.one_time_token k
  join auth.account a on a.account_id = k.account_id and a.active
  left join fleet.tenant t on t.tenant_id = k.invited_to
  left join auth.membership m on m.tenant_id = k.invited_to and m.account_id = k.account_id
  where k.token_sha256 = auth.token_sha256(token) and k.used_at is null and k.expires_at > clock_timestamp()
    and (k.purpose <> 'invite' or t.active and m.accepted_at is null)
$$;
comment on function auth.link_of(text) is
'Whose a link to choose a password is, and what for: reset, setup, or an invitation to a tenant. All null for one that was used, has expired, or never was. Owned by vigil_auth: whoever has it has no tenant.';
