create or replace function ops.lock_chunk(hypertable regclass, chunk regclass) returns void
language plpgsql
as $$
begin
  -- A vacuum of the chunk gives way to whoever has waited for deadlock_timeout, and to nobody who waits less. This
  -- waits for nothing but that, and nobody who reads or writes waits for this.
  perform pg_catalog.set_config('lock_timeout', '5s', true);
  execute pg_catalog.format('lock table %s in share update exclusive mode', chunk);
  -- Less than deadlock_timeout: whoever holds what this waits for is left alone, and waits no longer for this.
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- Writers wait here, before they look for a chunk, and make a new one afterwards. Not the chunk first: they would find it gone.
  execute pg_catalog.format('lock table only %s in share row exclusive mode', hypertable);
  execute pg_catalog.format('lock table %s in share row exclusive mode', chunk);
end
$$;
comment on function ops.lock_chunk(regclass, regclass) is
'Makes writers of a hypertable wait until the end of the transaction, so that nothing is added to the chunk. A vacuum of the chunk is ended. 55P03 when other locks are not to be had within 0.9 s each.';
