create or replace function ops.backfill_source(tenant text, name text, from_ts timestamptz, to_ts timestamptz) returns void
language plpgsql
as $$
declare
  v_under_way boolean;
begin
  if not coalesce(pg_catalog.isfinite(from_ts) and pg_catalog.isfinite(to_ts) and from_ts < to_ts, false) then
    raise exception using
      errcode = '22023',
      message = 'from_ts must be before to_ts, and both finite',
      hint = 'Give the range to pull, such as ''2026-01-01'', ''2026-02-01''.';
  end if;
  select s.backfill_to is not null into v_under_way
  from fleet.source s
  join fleet.tenant t on t.tenant_id = s.tenant_id
  where t.name = tenant and s.name = backfill_source.name
  for update of s;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('source "%s" of tenant "%s" does not exist', name, tenant),
      hint = 'Add it with ops.add_source; select name from fleet.source lists the sources.';
  end if;
  if v_under_way then
    raise exception using
      errcode = '55006',
      message = pg_catalog.format('a backfill of source "%s" is under way', name),
      hint = 'Wait until fleet.source.backfill_to is null again, or end it by setting backfill_to, backfill_ts and backfill_device to null.';
  end if;
  update fleet.source s
  set backfill_to = to_ts, backfill_ts = from_ts, backfill_device = null
  from fleet.tenant t
  where t.tenant_id = s.tenant_id and t.name = tenant and s.name = backfill_source.name;
end
$$;
comment on function ops.backfill_source(text, text, timestamptz, timestamptz) is
'Has the sources job pull a range of a source once more, from inclusive, to exclusive, after what is new; the watermark stays where it is. What is there already changes nothing. For DBAs. 42704 for an unknown source, 55006 while another backfill of it is under way, 22023 for a range that is empty or infinite.';
