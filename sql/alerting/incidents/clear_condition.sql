create or replace function alerting.clear_condition(tenant int, dedup_key text) returns boolean
language plpgsql
as $$
begin
  update alerting.alert al
  set state = 'resolved', resolved_at = pg_catalog.now()
  where al.tenant_id = clear_condition.tenant and al.dedup_key = clear_condition.dedup_key and al.state <> 'resolved';
  return found;
end
$$;
comment on function alerting.clear_condition(int, text) is
'Resolves the alert about a condition of the system that has passed. Returns whether there was one.';
