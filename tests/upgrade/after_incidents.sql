-- What became of it: each line that is printed is wrong.
do $$
declare
  v_table regclass;
begin
  for v_table in select p.polrelid from pg_policy p where p.polname = 'upgrade' loop
    execute format('drop policy upgrade on %s', v_table);
  end loop;
  drop function public.upgrade_refuse();
end $$;
select 'channels: ' || x.found
from (select string_agg(concat_ws(' ', c.name, c.config ->> 'url', c.secret_ref, c.allow_http), ', ' order by c.channel_id) as found from alerting.channel c) x
where x.found is distinct from 'plain http://127.0.0.1:9/hook file:plain t, tls https://hooks.example.com/ file:tls f';
select 'alerts: ' || x.found
from (select string_agg(concat_ws(' ', a.alert_id, a.dedup_key, a.state, a.labels ->> 'device', a.labels ->> 'site'), ', ' order by a.alert_id) as found from alerting.alert a) x
where x.found is distinct from '1 rule:1:stream:2 resolved p-2 emea.berlin, 2 rule:1:stream:1 resolved p-1 emea.berlin, 3 rule:1:stream:2 open p-2 emea.berlin, 4 rule:1:stream:1 open p-1 emea.berlin, 5 source/warehouse open';
select 'incidents: ' || coalesce(x.found, 'none')
from (select string_agg(concat_ws(' ', i.state, i.acknowledged_by, a.alert_id), ', ') as found from alerting.incident i join alerting.alert a using (tenant_id, incident_id) where i.state = 'acknowledged') x
where x.found is distinct from 'acknowledged ada 4';
select 'route: ' || coalesce(x.found, 'none')
from (select string_agg(r.name || ' ' || (alerting.policy_snapshot(1, r.policy_id) #>> '{steps,0,targets,0,channel_id}'), ', ') as found
  from alerting.route r where alerting.labels_match('{"rule": "serious anomalies"}', r.matchers)) x
where x.found is distinct from 'rule-1 2';
select 'balance: ' || b::text from alerting.balance(1) b where b.balanced is not true or b.sent <> 1 or b.dead <> 1;
select audit.chain_entries() \g /dev/null
select 'audit: ' || coalesce(x.found, 'none')
from (select string_agg(concat_ws(' ', e.sequence, e.actor, e.operation, e.object), ', ' order by e.sequence) as found from audit.entry e where e.entry_id <= 2) x
where x.found is distinct from '1 ada call register_device, 2 retention retention readings';
select 'audit trail: ' || coalesce(v.why, 'none') from audit.verify(1) v where v.ok is not true;
