create or replace function fleet.pull_batch(tenant int, source int, backfill boolean, out more boolean, out accepted bigint)
language plpgsql
as $$
declare
  v_source fleet.source;
  v_until timestamptz;
  v_from timestamptz;
  v_device text;
  v_ts timestamptz[];
  v_devices text[];
  v_items json[];
  v_count int;
  v_newest timestamptz;
  v_answer jsonb;
  v_rejected bigint := 0;
  v_new bigint;
begin
  select s.* into strict v_source from fleet.source s where s.tenant_id = tenant and s.source_id = source for update;
  -- What lies further ahead is pulled when its time has come.
  select a.latest + interval '1 microsecond' into v_until from fleet.accepted_times(tenant) a;
  if backfill then
    v_from := v_source.backfill_ts;
    v_device := v_source.backfill_device;
    v_until := least(v_until, v_source.backfill_to);
  else
    v_from := coalesce(v_source.next_ts, greatest(v_source.watermark - v_source.overlap, v_source.start_at));
    v_device := v_source.next_device;
  end if;

  -- One row more than is taken tells whether there are more.
  if v_device is null then
    select pg_catalog.array_agg(r.ts order by r.ts), pg_catalog.array_agg(r.device order by r.ts), pg_catalog.array_agg(r.item order by r.ts)
    into v_ts, v_devices, v_items
    from fleet.source_rows(v_source, v_from, v_until, null, false, v_source.batch_size + 1) r;
    v_count := coalesce(pg_catalog.cardinality(v_ts), 0);
    more := v_count > v_source.batch_size;
    if more then
      v_from := v_ts[v_count];
      if v_ts[1] < v_from then
        -- The last instant may have more rows than were read: it begins the next batch.
        v_count := pg_catalog.array_position(v_ts, v_from) - 1;
      else
        v_device := '';
      end if;
    end if;
  end if;
  -- An instant with more rows than a batch takes: one device after the other.
  if v_device is not null then
    select pg_catalog.array_agg(r.ts order by r.ordinality), pg_catalog.array_agg(r.device order by r.ordinality), pg_catalog.array_agg(r.item order by r.ordinality)
    into v_ts, v_devices, v_items
    from fleet.source_rows(v_source, v_from, v_until, v_device, false, v_source.batch_size + 1) with ordinality r;
    v_count := coalesce(pg_catalog.cardinality(v_ts), 0);
    if v_count <= v_source.batch_size then
      v_from := v_from + interval '1 microsecond';
      v_device := null;
    elsif v_devices[v_count] is distinct from v_devices[1] then
      v_device := v_devices[v_count];
      v_count := pg_catalog.array_position(v_devices, v_device) - 1;
    else
      v_device := coalesce(v_devices[1], '');
      select pg_catalog.array_agg(r.ts), pg_catalog.array_agg(r.device), pg_catalog.array_agg(r.item) into v_ts, v_devices, v_items
      from fleet.source_rows(v_source, v_from, v_until, v_device, true, null) r;
      v_count := pg_catalog.cardinality(v_ts);
      -- No text lies between this one and the device's.
      v_device := v_device || pg_catalog.chr(1);
    end if;
    more := true;
  end if;

  accepted := 0;
  perform pg_catalog.set_config('request.correlation_id', 'source/' || v_source.name, true);
  for v_first in 1 .. v_count by 10000 loop
    v_answer := fleet.ingest(tenant, pg_catalog.array_to_json(v_items[v_first : least(v_count, v_first + 9999)]));
    accepted := accepted + (v_answer ->> 'accepted')::bigint;
    with refused as (
      select distinct on (1, 2, 4) v_ts[v_first + j.index] as ts, coalesce(pg_catalog.left(v_devices[v_first + j.index], 200), '') as device,
        j.code, j.message, j.hint
      from pg_catalog.jsonb_to_recordset(v_answer -> 'rejected') as j (index int, code text, message text, hint text)
    ),
    noted as (
      insert into fleet.source_rejection as n (tenant_id, source_id, ts, device, code, message, hint)
      select tenant, source, r.ts, r.device, r.code, r.message, r.hint from refused r
      on conflict (tenant_id, source_id, ts, device, message) do update set last_seen_at = excluded.last_seen_at
      returning n.first_seen_at = n.last_seen_at as is_new
    )
    select pg_catalog.count(*) filter (where n.is_new) into v_new from noted n;
    v_rejected := v_rejected + v_new;
  end loop;
  perform pg_catalog.set_config('request.correlation_id', '', true);
  if v_rejected > 0 then
    delete from fleet.source_rejection n
    using (
      select o.ts, o.device, o.message
      from fleet.source_rejection o
      where o.tenant_id = tenant and o.source_id = source
      order by o.first_seen_at desc, o.ts desc
      offset 1000
    ) old
    where n.tenant_id = tenant and n.source_id = source and n.ts = old.ts and n.device = old.device and n.message = old.message;
  end if;

  if v_count > 0 then
    v_newest := least(v_ts[v_count], pg_catalog.now());
  end if;
  update fleet.source s
  set watermark = case when backfill then s.watermark else greatest(s.watermark, v_newest) end,
    next_ts = case when backfill then s.next_ts when more then v_from end,
    next_device = case when backfill then s.next_device when more then v_device end,
    backfill_to = case when not backfill or more then s.backfill_to end,
    backfill_ts = case when not backfill then s.backfill_ts when more then v_from end,
    backfill_device = case when not backfill then s.backfill_device when more then v_device end,
    caught_up_at = case when backfill or more then s.caught_up_at else pg_catalog.now() end,
    rows_accepted = s.rows_accepted + pull_batch.accepted,
    rows_rejected = s.rows_rejected + v_rejected
  where s.tenant_id = tenant and s.source_id = source;
end
$$;
comment on function fleet.pull_batch(int, int, boolean) is
'Takes the next rows of a source, or of its backfill, at most its batch_size, and stores them as ingestion does. more: whether the pass goes on. Rows that are refused are noted in fleet.source_rejection. Whatever fails leaves readings and watermark as they were.';
