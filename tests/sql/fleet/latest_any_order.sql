-- Whatever the order and the batches in which readings arrive, the same is stored and the same is latest.
begin;
select plan(6);
\ir ../support/old_readings.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'probe', '["a", "b", "c", "d", "e"]') \gset

-- 120 instants of three sources. Each instant is reported by one to three partial messages that do not contradict one
-- another, so the whole of them is known beforehand.
create temp table message as
with instant as (
  select source, n, '2026-02-01'::timestamptz + n * interval '17 minutes' as ts
  from generate_series(1, 3) source, generate_series(1, 120) n
)
select i.source, i.ts,
  jsonb_strip_nulls(jsonb_build_object(
    'a', case when (i.n + part) % 2 = 0 then i.n + i.source / 10.0 end,
    'b', case when (i.n * 7 + part) % 3 = 0 then i.n * 2 end,
    'c', case when (i.n * 5 + part) % 4 = 0 and i.n < 60 then -i.n end,
    'd', case when part = 3 then i.source end,
    'e', case when i.n = 11 and part = 1 then 0 end)) as metrics
from instant i
cross join generate_series(1, 3) part;
delete from message where metrics = '{}';

create temp table whole as
select m.source, m.ts, array[max(x.a), max(x.b), max(x.c), max(x.d), max(x.e)]::float8[] as values
from message m
cross join lateral jsonb_to_record(m.metrics) as x (a float8, b float8, c float8, d float8, e float8)
group by m.source, m.ts;

-- Every replay has devices of its own: in order, in reverse, and shuffled, in batches of several sizes.
create temp table replay (name text, seed float8, batch int);
insert into replay values ('forwards', null, 50), ('backwards', null, 50), ('shuffled', 0.1, 7), ('shuffled again', 0.2, 64), ('one by one', 0.3, 1), ('at once', 0.4, 5000);
select count(fleet.open_stream(pg_temp.tenant('acme'), r.name || ' ' || s, 'probe')) from replay r, generate_series(1, 3) s \gset

do $$
declare
  v_replay replay;
  v_batch record;
  v_answer jsonb;
begin
  for v_replay in table replay loop
    perform setseed(coalesce(v_replay.seed, 0));
    for v_batch in
      select json_agg(json_build_object('device', v_replay.name || ' ' || x.source, 'ts', x.ts, 'metrics', x.metrics) order by x.n) as items, count(*) as n
      from (
        select m.source, m.ts, m.metrics, row_number() over (order by
          case when v_replay.seed is null then case v_replay.name when 'forwards' then 1 else -1 end * extract(epoch from m.ts) else random() end) - 1 as n
        from message m
      ) x
      group by x.n / v_replay.batch
      order by x.n / v_replay.batch
    loop
      v_answer := fleet.ingest(pg_temp.tenant('acme'), v_batch.items);
      if v_answer -> 'rejected' <> '[]' or (v_answer ->> 'accepted')::int + (v_answer ->> 'duplicates')::int <> v_batch.n then
        raise exception 'replay % answered %', v_replay.name, v_answer;
      end if;
    end loop;
  end loop;
end $$;

create temp view stored as
select d.external_id as device, r.ts, r.values
from fleet.reading r join fleet.stream using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
where r.tenant_id = pg_temp.tenant('acme');
create temp view newest as
select d.external_id as device, l.ts, l.values, l.seen
from fleet.latest l join fleet.stream using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
where l.tenant_id = pg_temp.tenant('acme');

select cmp_ok((select count(*) from message), '>', 600::bigint, 'there are several hundred messages');
select cmp_ok((select count(*) from message), '>', (select count(*) from whole) * 3 / 2, 'several of them for one instant');
select set_eq(
  'select device, ts, values from stored',
  $$select r.name || ' ' || w.source, w.ts, w.values from whole w, replay r$$,
  'every replay stores the same readings');
select set_eq(
  'select device, ts, values, seen from newest',
  $$select r.name || ' ' || x.source, x.ts, x.values, x.seen
    from replay r, (
      select n.source, max(n.ts) as ts, array_agg(n.value order by n.position) as values, array_agg(n.seen order by n.position) as seen
      from (
        select distinct on (w.source, e.position) w.source, e.position, e.value, case when e.value is not null then w.ts end as seen,
          max(w.ts) over (partition by w.source) as ts
        from whole w cross join lateral unnest(w.values) with ordinality as e (value, position)
        order by w.source, e.position, e.value is null, w.ts desc
      ) n
      group by n.source
    ) x$$,
  'and ends with the same latest values, each with its own time');
select cmp_ok((select count(distinct s) from newest n cross join lateral unnest(n.seen) s), '>=', 3::bigint, 'which were measured at different times');

-- The same once more changes nothing.
create temp table before as select device, ts, values, seen from newest;
select fleet.ingest(pg_temp.tenant('acme'),
  (select json_agg(json_build_object('device', 'forwards ' || m.source, 'ts', m.ts, 'metrics', m.metrics) order by random()) from message m)) as answer \gset
select results_eq(
  format('select (%L::jsonb ->> ''accepted'')::int, (select count(*) from (table newest except table before) x)', :'answer'),
  'values (0, 0::bigint)', 'a replay of what is stored changes nothing');

select * from finish();
rollback;
