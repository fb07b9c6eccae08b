create or replace function ops.kept_since(tenant int) returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with decides as (
    -- A policy of the tenant takes the place of the one for all; those of profiles go beside it.
    select distinct on (p.profile_id) p.profile_id, case when p.enabled then now() - p.hot - coalesce(p.cold, '0') else '-infinity' end as cutoff
    from ops.retention_policy p
    where p.object = 'readings' and (p.tenant_id = kept_since.tenant or p.tenant_id is null)
    order by p.profile_id, p.tenant_id nulls last
  )
  select least(min(d.cutoff), (
    select min(coalesce(h.from_ts, '-infinity')) from ops.legal_hold h
    where h.tenant_id = kept_since.tenant and h.released_at is null))
  from decides d
  having bool_or(d.profile_id is null)
$$;
comment on function ops.kept_since(int) is
'Before which time readings of a tenant surely go again: the earliest of the cutoffs of its retention policies for readings, hot and cold together, and of what its legal holds cover. -infinity where a policy is off, null where there is none. Owned by vigil_jobs: a policy for all is no tenant''s.';
