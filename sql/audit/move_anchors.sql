create or replace function audit.move_anchors() returns int
language plpgsql
as $$
declare
  v_moved int;
begin
  with moved as (
    insert into audit.anchor as a (tenant_id, first_sequence)
    select k.tenant_id, k.first_sequence
    from audit.kept_from() k
    where k.first_sequence > 1
    on conflict (tenant_id) do update
    set first_sequence = excluded.first_sequence, moved_at = excluded.moved_at
    where excluded.first_sequence > a.first_sequence
    returning a.tenant_id, a.first_sequence
  )
  insert into audit.entry (tenant_id, actor, role, action, operation, object, detail)
  select m.tenant_id, 'retention', current_user, 'cut', 'cut', 'audit.entry', pg_catalog.jsonb_build_object(
    'first_sequence', m.first_sequence, 'previous_hash', pg_catalog.encode(e.previous_hash, 'hex'))
  from moved m
  join audit.entry e on e.tenant_id = m.tenant_id and e.sequence = m.first_sequence;
  get diagnostics v_moved = row_count;
  return v_moved;
end
$$;
comment on function audit.move_anchors() is
'Before retention removes entries: writes into each trail that loses some where it begins from now on, and what hash the entry before had. audit.verify takes a beginning that is missing for removed if such an entry says so. Returns how many trails.';
