create or replace function alerting.plan_step(tenant int, incident bigint) returns void
language sql volatile
as $$
  insert into alerting.timer as t (tenant_id, incident_id, kind, due_at)
  select i.tenant_id, i.incident_id, 'escalate',
    pg_catalog.clock_timestamp() + case
      when i.step < pg_catalog.jsonb_array_length(i.policy -> 'steps') then (i.policy -> 'steps' -> i.step ->> 'delay')::interval
      -- Around again, or to the end: as long as the longer of first and last, and never at once.
      else greatest(coalesce(nullif(greatest((i.policy #>> '{steps,0,delay}')::interval, (i.policy #>> '{steps,-1,delay}')::interval),
        interval '0'), interval '5 minutes'), interval '1 minute') end
  from alerting.incident i
  where i.tenant_id = tenant and i.incident_id = incident
  on conflict (tenant_id, incident_id, kind, key) do update set due_at = excluded.due_at
$$;
comment on function alerting.plan_step(int, bigint) is
'Sets the time of an incident''s next escalation step: the step''s delay from now; after the last step the longer of the first and the last delay, at least a minute, five where both are zero.';
