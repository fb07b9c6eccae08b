create or replace function ops.alerts_on(tenant int, day date) returns bigint
language sql stable
as $$
  -- All but those about quotas, as a difference: each of the two is counted along an index.
  select (
      select pg_catalog.count(*) from alerting.alert al
      where al.tenant_id = alerts_on.tenant and al.raised_at >= alerts_on.day::timestamp at time zone 'UTC'
        and al.raised_at < (alerts_on.day + 1)::timestamp at time zone 'UTC')
    - (
      select pg_catalog.count(*) from alerting.alert al
      where al.tenant_id = alerts_on.tenant and al.dedup_key like 'quota/%' and al.raised_at >= alerts_on.day::timestamp at time zone 'UTC'
        and al.raised_at < (alerts_on.day + 1)::timestamp at time zone 'UTC')
$$;
comment on function ops.alerts_on(int, date) is
'How many alerts of a tenant were raised on a day, UTC, those about quotas left out.';
