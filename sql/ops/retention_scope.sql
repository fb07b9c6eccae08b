create or replace function ops.retention_scope(object text)
returns table (
  tenant_id int, profile_id int, policy_id int, cutoff timestamptz, archive_before timestamptz, summaries_before timestamptz,
  held tstzmultirange)
language sql stable
as $$
  select distinct on (s.tenant_id, s.profile_id) s.tenant_id, s.profile_id, p.policy_id,
    case when p.enabled then pg_catalog.now() - p.hot - coalesce(p.cold, '0') else '-infinity' end,
    case when p.enabled and p.cold is not null then pg_catalog.now() - p.hot else '-infinity' end,
    case when p.enabled then coalesce(pg_catalog.now() - p.hot - p.warm, '-infinity') else '-infinity' end,
    (
      select pg_catalog.range_agg(pg_catalog.tstzrange(h.from_ts, h.to_ts, '[]'))
      from ops.legal_hold h
      where h.tenant_id = s.tenant_id and h.device_id is null and h.stream_id is null and h.released_at is null
    )
  from (
    select f.tenant_id, f.profile_id from fleet.profile f
    union all
    select t.tenant_id, null from fleet.tenant t
    union all
    select null, null
  ) s
  join ops.retention_policy p on p.object = retention_scope.object
    and (p.tenant_id is null or p.tenant_id = s.tenant_id)
    and (p.profile_id is null or p.profile_id = s.profile_id)
  order by s.tenant_id, s.profile_id, p.profile_id nulls last, p.tenant_id nulls last
$$;
comment on function ops.retention_scope(text) is
'Which policy decides over an object for each profile of each tenant, for the rest of each tenant (profile_id null) and for what is nobody''s (both null). Rows before cutoff go for good, those before archive_before go to files, summaries before summaries_before go; -infinity where that is never. held is what holds over the whole tenant cover. A scope without any policy has no row: nothing of it goes.';
