create or replace function auth.limits_of(class text, bearer text, tenant int) returns jsonb
language sql stable
as $$
  select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('bearer', l.bearer, 'burst', l.burst, 'per_second', l.per_second)), '[]')
  from (
    select distinct on (r.bearer) r.bearer, r.burst, r.per_second
    from auth.rate_limit r
    where r.class = limits_of.class and (r.tenant_id = limits_of.tenant or r.tenant_id is null)
      and (r.bearer = limits_of.bearer or r.bearer = 'tenant' and limits_of.bearer in ('user', 'key'))
    order by r.bearer, r.tenant_id nulls last) l
$$;
comment on function auth.limits_of(text, text, int) is
'The rows of auth.rate_limit that hold for a kind of bearer in a tenant (0: none) and a class of endpoints, the tenant''s own before those for all: an array of objects with bearer, burst and per_second. Users and keys are counted for their tenant, too.';
