create or replace function alerting.muting_alert(tenant int, alert alerting.alert) returns bigint
language sql stable
as $$
  select s.alert_id
  from alerting.inhibition i
  join alerting.alert s on s.tenant_id = i.tenant_id and s.state = 'open' and s.alert_id <> (muting_alert.alert).alert_id
  where i.tenant_id = muting_alert.tenant and i.enabled
    and alerting.labels_match((muting_alert.alert).labels, i.target_matchers)
    and alerting.inhibits(i, s.labels, (muting_alert.alert).labels)
  order by s.alert_id
  limit 1
$$;
comment on function alerting.muting_alert(int, alerting.alert) is
'The oldest open alert of the tenant that inhibits an alert; null when there is none. As in Alertmanager an alert that is silenced or inhibited itself still inhibits others: what is wrong is wrong whether or not somebody is told. It reads all open alerts; for many at once: alerting.mute_alerts.';
