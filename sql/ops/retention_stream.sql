create or replace function ops.retention_stream(object text)
returns table (
  tenant_id int, stream_id int, profile_id int, policy_id int, cutoff timestamptz, archive_before timestamptz, held tstzmultirange)
language sql stable
as $$
  select st.tenant_id, st.stream_id, st.profile_id, s.policy_id, s.cutoff, s.archive_before, h.held
  from ops.retention_scope(retention_stream.object) s
  join fleet.stream st on st.tenant_id = s.tenant_id and st.profile_id = s.profile_id
  left join lateral (
    select pg_catalog.range_agg(pg_catalog.tstzrange(l.from_ts, l.to_ts, '[]')) as held
    from ops.legal_hold l
    where l.tenant_id = st.tenant_id and l.released_at is null
      and (l.device_id is null or l.device_id = st.device_id)
      and (l.stream_id is null or l.stream_id = st.stream_id)
  ) h on true
$$;
comment on function ops.retention_stream(text) is
'The same as ops.retention_scope for each stream: the policy that decides over an object, rows before cutoff go, those before archive_before go to files, held is what holds over its tenant, its device and itself cover.';
