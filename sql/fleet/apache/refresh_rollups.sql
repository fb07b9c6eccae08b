create or replace procedure fleet.refresh_rollups(inout made bigint)
language plpgsql
as $$
begin
  -- fleet.make_rollups has made them, tenant by tenant.
  made := 0;
end
$$;
comment on procedure fleet.refresh_rollups(bigint) is
'Makes what the rollups job makes for all tenants at once. Here: nothing.';
