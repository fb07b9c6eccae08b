create or replace function audit.verify(tenant int default null, heads jsonb default null)
returns table (
  tenant_id int, tenant_name text, ok boolean, entries bigint, last_sequence bigint, broken_sequence bigint, entry_id bigint, why text
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_least interval := (select o.minimum from ops.retention_object o where o.object = 'audit');
begin
  return query
  with head as materialized (
    select h.tenant_id, h.sequence, h.hash, h.signed_at, h.genuine
    from audit.read_heads(coalesce(verify.heads, '[]') || (
      select coalesce(jsonb_agg(jsonb_build_object('tenant_id', d.tenant_id, 'sequence', d.sequence, 'hash', encode(d.hash, 'hex'), 'token', d.token)), '[]')
      from audit.head d
      where verify.tenant is null or d.tenant_id = verify.tenant)) h
    where verify.tenant is null or h.tenant_id = verify.tenant
  ),
  chain as materialized (
    select t.tenant_id, t.name, s.entries, s.first_sequence, s.last_sequence, s.cut_at, s.broken_sequence, s.entry_id, s.why
    from fleet.tenant t
    cross join lateral audit.chain_state(t.tenant_id) s
    where verify.tenant is null or t.tenant_id = verify.tenant
  ),
  problem as (
    select c.tenant_id, c.broken_sequence, c.entry_id, c.why, 1 as rank from chain c where c.why is not null
    union all
    select h.tenant_id, h.sequence, null, 'a head is forged: no known key has signed it', 2 from head h where not h.genuine
    union all
    select c.tenant_id, coalesce(c.last_sequence, c.first_sequence - 1) + 1, null,
      format('cut off: there were %s on %s UTC', max(h.sequence), to_char(max(h.signed_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')), 3
    from chain c
    join head h on h.tenant_id = c.tenant_id and h.genuine and h.sequence > coalesce(c.last_sequence, c.first_sequence - 1)
    group by c.tenant_id, c.last_sequence, c.first_sequence
    union all
    select h.tenant_id, h.sequence, e.entry_id, 'rewritten: it had another hash when its chain''s head was signed', 0
    from head h
    join audit.entry e on e.tenant_id = h.tenant_id and e.sequence = h.sequence
    where h.genuine and encode(e.hash, 'hex') is distinct from h.hash
    union all
    -- What followed a head was chained after it was signed. A day is for transactions that took long.
    select c.tenant_id, h.sequence + 1, null, format('removed before its time: it was younger than %s', v_least), 4
    from chain c
    join head h on h.tenant_id = c.tenant_id and h.genuine and h.sequence < c.first_sequence - 1
      and h.signed_at > c.cut_at - v_least + interval '1 day'
    union all
    -- That a tenant was deleted is in the trail of the platform's own.
    select h.tenant_id, null, null, 'the tenant is gone, and no trail says that it was deleted', 5
    from head h
    where h.genuine and not exists (select from fleet.tenant t where t.tenant_id = h.tenant_id)
      and not exists (
        select from audit.entry e
        join chain c on c.tenant_id = e.tenant_id and c.name = 'platform' and c.why is null
        where e.object = 'fleet.tenant' and e.operation = 'delete' and e.object_key -> 'tenant_id' = to_jsonb(h.tenant_id))
  ),
  first_problem as (
    select distinct on (p.tenant_id) p.tenant_id, p.broken_sequence, p.entry_id, p.why
    from problem p
    order by p.tenant_id, p.broken_sequence nulls last, p.rank
  )
  select coalesce(c.tenant_id, p.tenant_id), c.name, p.why is null, coalesce(c.entries, 0), c.last_sequence, p.broken_sequence, p.entry_id, p.why
  from chain c
  full join first_problem p on p.tenant_id = c.tenant_id
  union all
  -- What is written from now on would not be on record; nobody's chain is broken by it.
  select null, null, false, null, null, null, null, m.why
  from audit.missing_triggers() m (why)
  where verify.tenant is null
  order by 1;
end
$$;
comment on function audit.verify(int, jsonb) is
'Verifies the audit trail of a tenant, or of all, against itself, the signed heads in audit.head, and the heads that the worker wrote outside the database (its files'' lines as a JSON array). A row for each tenant: ok, the number of chained entries, the last one''s number; otherwise the first entry that is not as it was (number, entry_id where it is there) and why: changed, rewritten, missing, there twice, cut off, removed before its time, not chained, or a head that is forged. For all also a row without a tenant for each trigger of the trail that is missing or off. Without the heads from outside it cannot see a tail that was cut off together with audit.head, nor a trail that was made anew. Owned by vigil_auth. 22023 when heads is no array.';
