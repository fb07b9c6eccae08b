create or replace function fleet.accepted_times(tenant int, out earliest timestamptz, out latest timestamptz)
language sql stable
as $$
  select greatest('2000-01-01 00:00:00+00', pg_catalog.now() - t.past_tolerance), pg_catalog.now() + t.future_tolerance
  from fleet.tenant t
  where t.tenant_id = tenant
$$;
comment on function fleet.accepted_times(int) is
'Between which times a reading that arrives now must lie: by the tenant''s tolerances, and not before the year 2000. Nulls for a tenant that does not exist.';
