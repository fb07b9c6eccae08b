create or replace function alerting.is_silenced(tenant int, incident bigint) returns boolean
language sql stable
as $$
  select exists (
      select from alerting.silence s
      where s.tenant_id = tenant and s.starts_at <= pg_catalog.clock_timestamp() and s.ends_at > pg_catalog.clock_timestamp())
    and not exists (
      select
      from alerting.alert al
      where al.tenant_id = tenant and al.incident_id = incident and al.state = 'open'
        and alerting.muting_silence(tenant, al.labels, pg_catalog.clock_timestamp()) is null)
$$;
comment on function alerting.is_silenced(int, bigint) is
'Whether a silence that began after the incident covers all of its open alerts, so that nobody is told any more while it lasts.';
