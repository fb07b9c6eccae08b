create or replace function ops.replan_damaged(of_range_start timestamptz, of_archive bigint default null) returns bigint
language plpgsql
as $$
declare
  v_damaged bigint;
begin
  update ops.archive_manifest m
  set state = 'planned', damage = d.damage
  from (
    select v.tenant_id, v.archive_id, ops.archive_damage(v.path, v.sha256) as damage
    from ops.archive_manifest v
    where v.range_start = of_range_start and v.state = 'verified' and (of_archive is null or v.archive_id = of_archive)
  ) d
  where d.damage is not null and m.tenant_id = d.tenant_id and m.archive_id = d.archive_id;
  get diagnostics v_damaged = row_count;
  return v_damaged;
end
$$;
comment on function ops.replan_damaged(timestamptz, bigint) is
'Looks once more at the verified files, all or one, of the chunk that starts at an instant, before they are all there is of its rows. Those that are damaged since are to be written again. Returns how many.';
