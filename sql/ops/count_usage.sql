create or replace function ops.count_usage(tenant int) returns bigint
language plpgsql
as $$
declare
  v_days bigint := ops.add_usage(array[tenant]);
begin
  perform ops.warn_of_quotas(tenant);
  return v_days;
end
$$;
comment on function ops.count_usage(int) is
'Counts now what a tenant uses, and warns of its quotas, as ops.add_usage and ops.warn_of_quotas do. Returns how many days have changed.';
