create or replace function ops.is_over_quota(tenant int, quota text) returns boolean
language sql stable
as $$
  select exists (
    select from ops.quotas_of(is_over_quota.tenant) q
    where q.quota = is_over_quota.quota and q.max <= ops.used(is_over_quota.tenant, is_over_quota.quota))
$$;
comment on function ops.is_over_quota(int, text) is 'Whether a tenant has used up a quota. False where there is no limit.';
