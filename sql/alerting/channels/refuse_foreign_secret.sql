create or replace function alerting.refuse_foreign_secret(tenant int, secret_ref text) returns void
language plpgsql stable
as $$
declare
  v_name text;
  v_variable text;
begin
  select t.name, 'VIGIL_SECRET_' || pg_catalog.upper(pg_catalog.replace(t.name, '-', '_')) || '__' into v_name, v_variable
  from fleet.tenant t
  where t.tenant_id = refuse_foreign_secret.tenant;
  if secret_ref is null or pg_catalog.starts_with(secret_ref, 'file:' || v_name || '/') then
    return;
  end if;
  -- Of several tenants whose names would give one prefix, none gets it: a name with two of - or _ together, or one at its end.
  if v_name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and secret_ref ~ ('^env:' || v_variable || '[A-Z0-9]+(_[A-Z0-9]+)*$') then
    return;
  end if;
  raise exception using
    errcode = '42501',
    message = 'the secret is not the tenant''s',
    hint = pg_catalog.format('Name file:%s/… or env:%s…; a DBA may name any.', v_name, v_variable);
end
$$;
comment on function alerting.refuse_foreign_secret(int, text) is
'Raises 42501 unless a reference names a secret of the tenant: a file in the folder of its name, or an environment variable VIGIL_SECRET_ and its name in capitals with _ for - and two underscores, so that the variables of acme are not those of acme-eu. Tenants whose names have an underscore use files. Nothing for null.';
