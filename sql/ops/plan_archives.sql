create or replace function ops.plan_archives() returns bigint
language plpgsql
as $$
declare
  v_planned bigint;
begin
  insert into ops.archive_manifest (tenant_id, profile_id, policy_id, range_start, range_end, part, stream_ids, path)
  select p.tenant_id, p.profile_id, p.policy_id, p.range_start, p.range_end, p.part, p.stream_ids,
    pg_catalog.format('readings/tenant=%s/profile=%s/%s/part-%s.parquet', p.tenant_id, p.profile_id,
      pg_catalog.to_char(p.range_start at time zone 'UTC', 'YYYY-MM-DD"t"HH24MISS"z"'), p.part)
  from (
    select a.*, coalesce((
      select pg_catalog.max(m.part) from ops.archive_manifest m
      where m.tenant_id = a.tenant_id and m.profile_id = a.profile_id and m.range_start = a.range_start), 0)
      + pg_catalog.row_number() over (partition by a.tenant_id, a.profile_id, a.range_start order by a.stream_ids)::int as part
    from ops.archive_plan() a
    where a.row_count > 0
  ) p;
  get diagnostics v_planned = row_count;
  return v_planned;
end
$$;
comment on function ops.plan_archives() is
'Enters what ops.archive_plan lists into ops.archive_manifest, one row for each file to be. Returns how many. 23505 when another session does so at the same time.';
