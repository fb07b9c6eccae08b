create or replace function detect.compute_scores(tenant int) returns bigint
language plpgsql
as $$
declare
  v_streams int[];
  v_froms timestamptz[];
  v_tos timestamptz[];
  v_rows bigint;
begin
  -- Taken in a statement of its own. A statement is planned before it looks at rows: one that did both would take what was
  -- written meanwhile into a new chunk, which its plan does not know, and find no features there.
  with taken as (
    delete from detect.feature_change c where c.tenant_id = tenant
    returning c.stream_id, c.from_ts, c.to_ts
  )
  select pg_catalog.array_agg(t.stream_id), pg_catalog.array_agg(t.from_ts), pg_catalog.array_agg(t.to_ts)
  into v_streams, v_froms, v_tos
  from taken t;
  if v_streams is null then
    return 0;
  end if;
  with taken as (
    select t.stream_id, t.from_ts, t.to_ts
    from rows from (pg_catalog.unnest(v_streams), pg_catalog.unnest(v_froms), pg_catalog.unnest(v_tos)) t (stream_id, from_ts, to_ts)
  ),
  span as (
    select t.stream_id, pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(t.from_ts, t.to_ts, '[]'))) as span
    from taken t
    group by t.stream_id
  ),
  covered as materialized (
    select t.stream_id, detect.active_model(tenant, t.stream_id) as model_id
    from (select distinct s.stream_id from span s) t
  ),
  written as (
    insert into detect.score as s (tenant_id, stream_id, ts, model_id, score)
    select tenant, f.stream_id, f.ts, f.model_id, f.score
    from (
      -- In the order of models, so that each is decoded once. One stream after the other along the primary key,
      -- whatever the planner knows of chunks that were just filled.
      select d.stream_id, d.ts, c.model_id, vigil.anomaly_score(c.bytes, d.values) as score
      from (
        select c.stream_id, m.model_id, m.feature_set_id, m.bytes
        from covered c
        join detect.model m on m.tenant_id = tenant and m.model_id = c.model_id
        order by m.model_id, c.stream_id
        offset 0
      ) c
      join span p on p.stream_id = c.stream_id
      cross join lateral (
        select f.stream_id, f.ts, f.values
        from detect.device_feature f
        where f.tenant_id = tenant and f.stream_id = c.stream_id and f.feature_set_id = c.feature_set_id
          and f.ts >= pg_catalog.lower(p.span) and f.ts <= pg_catalog.upper(p.span)
          and f.ts >= (select pg_catalog.min(pg_catalog.lower(b.span)) from span b)
          and f.ts <= (select pg_catalog.max(pg_catalog.upper(b.span)) from span b)
        order by f.ts
      ) d
    ) f
    on conflict (tenant_id, stream_id, ts) do update
    set model_id = excluded.model_id, score = excluded.score
    where (s.model_id, s.score) is distinct from (excluded.model_id, excluded.score)
    returning s.stream_id, s.ts
  ),
  noted as (
    insert into detect.score_change (tenant_id, stream_id, from_ts, to_ts)
    select tenant, w.stream_id, pg_catalog.min(w.ts), pg_catalog.max(w.ts)
    from written w
    group by w.stream_id
  )
  select pg_catalog.count(*) into v_rows from written;
  return v_rows;
end
$$;
comment on function detect.compute_scores(int) is
'Scores the new feature vectors of the tenant with the narrowest active model of each stream. Returns how many scores changed. Streams without a model are passed over; training one scores what lies after its window.';
