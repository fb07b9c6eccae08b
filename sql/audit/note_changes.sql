create or replace function audit.note_changes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- No value changes the plan, and each session would otherwise plan five times before it finds out.
set plan_cache_mode = force_generic_plan
as $$
declare
  c_object constant text := tg_table_schema || '.' || tg_table_name;
  c_key constant text[] := tg_argv[0]::text[];
  c_secret constant text[] := tg_argv[1]::text[];
  c_uninteresting constant text[] := tg_argv[2]::text[];
  v_origin record;
begin
  if not exists (select from changed) then
    return null;
  end if;
  v_origin := audit.origin();
  insert into audit.entry (
    tenant_id, actor, role, session_id, address, correlation_id, action, operation, object, object_key, before, after)
  select t.tenant_id, v_origin.actor, v_origin.role, v_origin.session_id, v_origin.address, v_origin.correlation_id,
    'update', 'update', c_object, k.key, d.before, d.after
  -- An update puts the old and the new form of a row into their tables in one go, so the two are in the same order; keys
  -- would not do, since they may change.
  from (select row_number() over () as number, to_jsonb(b) as columns from former b) o
  join (select row_number() over () as number, to_jsonb(c) as columns from changed c) n on n.number = o.number
  join fleet.tenant t on t.tenant_id = coalesce((n.columns ->> 'tenant_id')::int,
    (select p.tenant_id from fleet.tenant p where p.name = 'platform'))
  cross join lateral (
    select jsonb_object_agg(f.key, audit.shown_value(o.columns -> f.key, f.key = any (c_secret))) as before,
      jsonb_object_agg(f.key, audit.shown_value(f.value, f.key = any (c_secret))) as after
    from jsonb_each(n.columns) f
    where f.value <> o.columns -> f.key and f.key <> all (c_uninteresting)
  ) d
  cross join lateral (select jsonb_object_agg(x.name, o.columns -> x.name) as key from unnest(c_key) x (name)) k
  where d.after is not null;
  return null;
end
$$;
comment on function audit.note_changes() is
'Trigger for each statement that updates rows (its transition tables are named former and changed): an entry of the audit trail for each row that it changed, with the columns that changed. Arguments: the columns that name a row, those that are masked, those that do not count. Owned by vigil_auth.';
