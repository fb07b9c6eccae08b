create or replace function audit.note_rows() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- No value changes the plan, and each session would otherwise plan five times before it finds out.
set plan_cache_mode = force_generic_plan
as $$
declare
  c_object constant text := tg_table_schema || '.' || tg_table_name;
  c_key constant text[] := tg_argv[0]::text[];
  c_secret constant text[] := tg_argv[1]::text[];
  v_origin record;
begin
  -- A statement without rows has one too.
  if not exists (select from changed) then
    return null;
  end if;
  v_origin := audit.origin();
  insert into audit.entry (
    tenant_id, actor, role, session_id, address, correlation_id, action, operation, object, object_key, before, after)
  select t.tenant_id, v_origin.actor, v_origin.role, v_origin.session_id, v_origin.address, v_origin.correlation_id,
    lower(tg_op), lower(tg_op), c_object, s.key, case tg_op when 'DELETE' then s.shown end, case tg_op when 'INSERT' then s.shown end
  from (select to_jsonb(c) as columns from changed c) r
  -- What goes with its tenant goes without an entry: the trail goes too. That the tenant went, and what belongs to none, is
  -- in the trail of the tenant of the platform's own people.
  join fleet.tenant t on t.tenant_id = coalesce(
    case when tg_op <> 'DELETE' or c_object <> 'fleet.tenant' then (r.columns ->> 'tenant_id')::int end,
    (select p.tenant_id from fleet.tenant p where p.name = 'platform'))
  cross join lateral (
    select jsonb_object_agg(f.key, f.value) filter (where f.key = any (c_key)) as key,
      jsonb_object_agg(f.key, audit.shown_value(f.value, f.key = any (c_secret)))
        filter (where f.key <> all (c_key) and f.key <> 'tenant_id' and f.value <> 'null') as shown
    from jsonb_each(r.columns) f
  ) s;
  return null;
end
$$;
comment on function audit.note_rows() is
'Trigger for each statement that inserts or deletes rows (its transition table is named changed): an entry of the audit trail for each. Arguments: the columns that name a row, those that are masked. Rows of no tenant are noted with the tenant named platform, where there is one. Owned by vigil_auth.';
