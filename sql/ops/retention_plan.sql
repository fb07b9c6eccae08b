create or replace function ops.retention_plan(of_object text default null, of_tenant int default null, of_relation text default null)
returns setof ops.retention_item
language plpgsql stable
as $$
declare
  v_part record;
begin
  if of_object is not null
    and not exists (select from ops.retention_object o where o.object = of_object) then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('object "%s" does not exist', of_object),
      hint = 'select object from ops.retention_object lists the objects.';
  end if;
  for v_part in
    select o.object, c.name, c.name::regclass as part, c.range_end
    from ops.retention_object o
    cross join lateral (select pg_catalog.max(s.cutoff) as latest from ops.retention_scope(o.object) s) cut
    cross join lateral (
      select pg_catalog.format('%I.%I', k.chunk_schema, k.chunk_name) as name, k.range_end
      from timescaledb_information.chunks k
      where k.hypertable_schema || '.' || k.hypertable_name = o.relation and k.range_end <= cut.latest
      union all
      select o.relation, null
      where not exists (
        select from timescaledb_information.hypertables h where h.hypertable_schema || '.' || h.hypertable_name = o.relation)
    ) c
    where (of_object is null or o.object = of_object)
      and (of_relation is null or c.name = of_relation)
    order by o.position, c.range_end, c.name
  loop
    return query execute pg_catalog.format($query$
      with part as (
        select x.tenant_id, x.policy_id, pg_catalog.count(*) as total,
          pg_catalog.count(*) filter (where x.expired and not x.held) as going,
          pg_catalog.count(*) filter (where x.expired and x.held) as held,
          pg_catalog.min(x.ts) filter (where x.expired and not x.held) as from_ts,
          pg_catalog.max(x.ts) filter (where x.expired and not x.held) as to_ts
        from (%s) x
        group by x.tenant_id, x.policy_id
      ),
      sums as (
        select coalesce(pg_catalog.sum(p.total), 0) as total, coalesce(pg_catalog.sum(p.going), 0) as going,
          pg_catalog.pg_total_relation_size(%L::regclass) as bytes
        from part p
      )
      select p.policy_id, %L, p.tenant_id, %L,
        case when s.total = s.going and %L::timestamptz is not null then 'drop chunk' else 'delete' end,
        coalesce(p.going, 0), coalesce(p.held, 0),
        case s.total when 0 then s.bytes else (s.bytes * p.going / s.total)::bigint end, p.from_ts, p.to_ts
      from sums s
      left join part p on p.going + p.held > 0
      where ($4::int is null or p.tenant_id = $4)
        and (p.going + p.held > 0 or s.total = 0 and %L::timestamptz is not null)
      order by p.tenant_id, p.policy_id
      $query$,
      ops.expired_query(v_part.part), v_part.name, v_part.object, v_part.name, v_part.range_end, v_part.range_end)
    using null::int, null::tid, null::tid, of_tenant;
  end loop;
end
$$;
comment on function ops.retention_plan(text, int, text) is
'The dry run: what the next run would remove now, by policy, tenant and chunk or table; all, or one object, tenant or chunk. action: drop chunk where everything in it is past its limit, delete where a longer policy or a hold keeps some of it. held_rows are past the limit and stay. bytes is the rows'' share of the size on disk. Chunks that hold nothing have row_count 0 and no policy. It reads every chunk that is old enough for the shortest policy. 22023 for an unknown object.';
