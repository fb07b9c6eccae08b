create or replace function ops.refuse_policy(object text) returns void
language plpgsql
as $$
begin
  raise exception using
    errcode = '42501',
    message = pg_catalog.format('how long %s are kept was set by the platform', object),
    hint = 'Ask a DBA; the reason is at GET /retention_policies.';
end
$$;
comment on function ops.refuse_policy(text) is 'Raises 42501: a tenant does not change what a DBA set for it.';
