create or replace function alerting.clear_condition(tenant int, dedup_key text) returns boolean
language sql volatile
as $$
  select alerting.resolve_signals(tenant, null, array[clear_condition.dedup_key]) > 0
$$;
comment on function alerting.clear_condition(int, text) is
'Resolves the alert about a condition of the system that has passed. Returns whether there was one.';
