create or replace function ops.withdraw_archives(of_range_start timestamptz default null) returns bigint
language plpgsql
as $$
declare
  v_withdrawn bigint;
begin
  update ops.archive_manifest m
  set state = 'removed', removed_at = pg_catalog.clock_timestamp()
  where m.state in ('planned', 'written', 'verified')
    and (of_range_start is null or m.range_start = of_range_start)
    and exists (
      select from pg_catalog.unnest(m.stream_ids) n (stream_id)
      join ops.retention_stream('readings') s on s.tenant_id = m.tenant_id and s.stream_id = n.stream_id
      where s.archive_before < m.range_end or s.held && pg_catalog.tstzrange(m.range_start, m.range_end));
  get diagnostics v_withdrawn = row_count;
  return v_withdrawn;
end
$$;
comment on function ops.withdraw_archives(timestamptz) is
'Gives up files under way, all or of the chunk that starts at an instant, that a hold or a longer policy, placed since they were planned, wants to stay in the database. Their rows are still there; the next plan divides them anew. Returns how many.';
