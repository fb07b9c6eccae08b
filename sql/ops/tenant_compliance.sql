create or replace function ops.tenant_compliance()
returns table (
  tenant text, object text, profile text, hot interval, warm interval, cold interval, enabled boolean, rows_past_limit bigint, rows_held bigint,
  oldest_past_limit timestamptz, holds bigint, last_run_at timestamptz, last_removed_at timestamptz, rows_removed numeric,
  archives bigint, archived_rows numeric, archives_damaged bigint, archives_checked_since timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_policy record;
  v_part record;
  v_rows bigint;
  v_held bigint;
  v_oldest timestamptz;
begin
  for v_policy in
    select r.tenant, r.object, r.profile, r.hot, r.warm, r.cold, r.enabled, o.relation, s.policy_id, s.profile_id, s.cutoff
    from ops.tenant_retention() r
    join ops.retention_object o on o.object = r.object
    left join fleet.profile f on f.tenant_id = v_tenant_id and f.name = r.profile
    join ops.retention_scope(r.object) s on s.tenant_id = v_tenant_id and s.profile_id is not distinct from f.profile_id
    order by o.position, r.profile nulls first
  loop
    tenant := v_policy.tenant;
    object := v_policy.object;
    profile := v_policy.profile;
    hot := v_policy.hot;
    warm := v_policy.warm;
    cold := v_policy.cold;
    enabled := v_policy.enabled;
    rows_past_limit := 0;
    rows_held := 0;
    oldest_past_limit := null;
    for v_part in
      select format('%I.%I', c.chunk_schema, c.chunk_name)::regclass as name
      from timescaledb_information.chunks c
      where c.hypertable_schema || '.' || c.hypertable_name = v_policy.relation and c.range_end <= v_policy.cutoff
      union all
      select v_policy.relation::regclass
      where not exists (
        select from timescaledb_information.hypertables h
        where h.hypertable_schema || '.' || h.hypertable_name = v_policy.relation)
    loop
      execute format('select count(*), count(*) filter (where x.held), min(x.ts) from (%s) x where x.expired and x.policy_id = $4',
        ops.expired_query(v_part.name))
      into v_rows, v_held, v_oldest
      using v_tenant_id, null::tid, null::tid, v_policy.policy_id;
      rows_past_limit := rows_past_limit + v_rows;
      rows_held := rows_held + v_held;
      oldest_past_limit := least(oldest_past_limit, v_oldest);
    end loop;
    select count(*) into holds from ops.legal_hold h where h.tenant_id = v_tenant_id and h.released_at is null;
    select j.last_succeeded_at into last_run_at from ops.job j where j.job_name = 'retention';
    select max(r.finished_at), coalesce(sum(r.row_count), 0) into last_removed_at, rows_removed
    from ops.retention_run r
    where r.tenant_id = v_tenant_id and r.policy_id = v_policy.policy_id and r.object = v_policy.object;
    archives := null;
    archived_rows := null;
    archives_damaged := null;
    archives_checked_since := null;
    if v_policy.object = 'readings' then
      select count(*), coalesce(sum(m.row_count), 0), count(m.damage), min(m.checked_at)
      into archives, archived_rows, archives_damaged, archives_checked_since
      from ops.archive_manifest m
      join ops.retention_scope('readings') s on s.tenant_id = m.tenant_id and s.profile_id = m.profile_id
      where m.tenant_id = v_tenant_id and m.state in ('dropped', 'restored') and s.policy_id = v_policy.policy_id;
    end if;
    return next;
  end loop;
end
$$;
comment on function ops.tenant_compliance() is
'For each policy that decides over what the session''s tenant has: what is past its limit now and how much of that is held, from the text that the run uses; live holds, the last good run of the job, and what was removed under the policy; for readings the files under it, how many rows they hold, how many are damaged, and since when each has been looked at. Owned by vigil_jobs; the tenant is the session''s and no other.';
