create or replace function ops.heartbeat(component text, instance text, version text, detail jsonb) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into ops.heartbeat as h (component, instance, version, detail)
  values (heartbeat.component, heartbeat.instance, heartbeat.version, coalesce(heartbeat.detail, '{}'))
  on conflict (component, instance) do update
  set version = excluded.version, detail = excluded.detail, last_seen_at = now()
$$;
comment on function ops.heartbeat(text, text, text, jsonb) is
'A part outside the database reports that it is alive. instance tells several of the same component apart.';
