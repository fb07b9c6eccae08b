create or replace function ops.reading_hash(stream_id int, ts timestamptz, "values" float8[]) returns bigint
language sql immutable parallel safe
as $$
  select pg_catalog.hash_record_extended(row(stream_id, ts, "values"), 0)
$$;
comment on function ops.reading_hash(int, timestamptz, float8[]) is
'Hash of a reading. Summed up it says whether rows and an archive file are the same, in whatever order.';
