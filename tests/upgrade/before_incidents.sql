-- What an installation from before incidents holds, in its tables as they were. Row security is in force as it would be, and
-- whoever asks it without a tenant is refused.
create function public.upgrade_refuse() returns boolean language plpgsql as $$ begin raise 'row security was asked'; end $$;
grant execute on function public.upgrade_refuse() to public;
insert into fleet.tenant (tenant_id, name, display_name) overriding system value values (1, 'old', 'Old');
insert into fleet.site (tenant_id, site_id, path, name) overriding system value values (1, 1, 'emea.berlin', 'Berlin');
insert into fleet.profile (tenant_id, profile_id, name) overriding system value values (1, 1, 'pump');
insert into fleet.device (tenant_id, device_id, external_id, name, model, site_id) overriding system value values (1, 1, 'p-1', 'Pump 1', 'P7', 1), (1, 2, 'p-2', 'Pump 2', 'P7', 1);
insert into fleet.stream (tenant_id, stream_id, device_id, profile_id) overriding system value values (1, 1, 1, 1), (1, 2, 2, 1);
insert into detect.feature_set (tenant_id, feature_set_id, profile_id, spec_sha256, feature_count, longest_window) overriding system value values (1, 1, 1, '', 1, '1 hour');
insert into detect.model (tenant_id, model_id, profile_id, feature_set_id, feature_set_sha256, scope, bytes, seed, options, trained_from, trained_to, row_count,
  score_quantiles, thresholds, feature_low, feature_median, feature_high, trained_by, training_time) overriding system value
values (1, 1, 1, 1, '', 'profile', '', 1, '{}', now(), now(), 1, '{}', '{0.1,0.2,0.3,0.4}', '{}', '{}', '{}', 'x', '1 s');
insert into detect.anomaly (tenant_id, anomaly_id, stream_id, model_id, state, severity, started_at, ended_at, points, peak_score, peak_at, explanation, acknowledged_at, acknowledged_by)
overriding system value
select 1, n, 1 + n % 2, 1, 'open', 'critical', now() - interval '1 hour', now(), 3, 0.9, now(), '[]', case when n = 4 then now() end, case when n = 4 then 'ada' end
from generate_series(1, 4) n;
insert into alerting.channel (tenant_id, channel_id, name, url, secret_ref) overriding system value
values (1, 1, 'plain', 'http://127.0.0.1:9/hook', 'plain'), (1, 2, 'tls', 'https://hooks.example.com/', 'tls');
insert into alerting.rule (tenant_id, rule_id, name) overriding system value values (1, 1, 'serious anomalies');
insert into alerting.rule_channel (tenant_id, rule_id, channel_id) values (1, 1, 2);
-- Two of one stream, of which the newer stays; one that was acknowledged, one that was over, and one about the system.
insert into alerting.alert (tenant_id, alert_id, rule_id, anomaly_id, state, severity, summary, resolved_at) overriding system value
values (1, 1, 1, 1, 'open', 'critical', 'one', null), (1, 2, 1, 2, 'resolved', 'critical', 'two', now()), (1, 3, 1, 3, 'open', 'critical', 'three', null),
  (1, 4, 1, 4, 'acknowledged', 'critical', 'four', null);
update alerting.alert set acknowledged_at = now() where alert_id = 4;
insert into alerting.alert (tenant_id, alert_id, dedup_key, severity, summary) overriding system value values (1, 5, 'source/warehouse', 'high', 'five');
insert into alerting.notification (tenant_id, notification_id, channel_id, alert_id, message_id, payload, state, delivered_at) overriding system value
values (1, 1, 2, 1, 'm1', '{}', 'delivered', now()), (1, 2, 2, 3, 'm2', '{}', 'dead', null), (1, 3, 2, 4, 'm3', '{}', 'pending', null);
insert into audit.entry (tenant_id, actor, role, action, detail)
values (1, 'ada', 'operator', 'register_device', '{"device": "p-1"}'), (1, 'retention', 'vigil_jobs', 'retention', '{"object": "readings"}');
do $$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('fleet', 'detect', 'alerting') and c.relkind = 'r' and c.relname not in ('reading', 'device_feature', 'score', 'restored_reading')
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
  loop
    execute format('alter table %s enable row level security', v_table);
    execute format('alter table %s force row level security', v_table);
    execute format('create policy upgrade on %s using (public.upgrade_refuse())', v_table);
  end loop;
end $$;
