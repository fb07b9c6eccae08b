create or replace function ops.drop_chunk(relation text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chunk record;
  v_dropped text[];
begin
  select format('%I.%I', c.hypertable_schema, c.hypertable_name)::regclass as hypertable, c.range_start, c.range_end into v_chunk
  from timescaledb_information.chunks c
  where format('%I.%I', c.chunk_schema, c.chunk_name) = drop_chunk.relation;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('chunk "%s" does not exist', drop_chunk.relation),
      hint = 'select chunk_schema, chunk_name from timescaledb_information.chunks lists the chunks.';
  end if;
  v_dropped := array(
    select d from public.drop_chunks(v_chunk.hypertable, older_than => v_chunk.range_end, newer_than => v_chunk.range_start) d);
  if v_dropped is distinct from array[drop_chunk.relation] then
    raise exception using
      errcode = 'XX000',
      message = format('dropping chunk %s would have dropped %s', drop_chunk.relation, v_dropped),
      hint = 'Nothing was dropped. Report it with the chunks'' ranges in timescaledb_information.chunks.';
  end if;
end
$$;
comment on function ops.drop_chunk(text) is
'Drops one chunk, given by its quoted name, and no other. Only the owner of a hypertable may, so it runs as the owner; what may go is decided by ops.remove_chunk. 42704 for an unknown chunk.';
