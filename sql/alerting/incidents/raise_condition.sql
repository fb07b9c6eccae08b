create or replace function alerting.raise_condition(tenant int, dedup_key text, severity text, summary text) returns boolean
language plpgsql
as $$
#variable_conflict use_column
declare
  v_alert_id bigint;
begin
  insert into alerting.alert as al (tenant_id, dedup_key, severity, summary)
  values (raise_condition.tenant, raise_condition.dedup_key, raise_condition.severity, raise_condition.summary)
  on conflict (tenant_id, dedup_key) where state <> 'resolved' do nothing
  returning al.alert_id into v_alert_id;
  if v_alert_id is null then
    -- Who has been told is not told again; who looks sees how it stands now.
    update alerting.alert al
    set severity = raise_condition.severity, summary = raise_condition.summary
    where al.tenant_id = raise_condition.tenant and al.dedup_key = raise_condition.dedup_key and al.state <> 'resolved'
      and (al.severity, al.summary) is distinct from (raise_condition.severity, raise_condition.summary);
    return false;
  end if;
  insert into alerting.notification (tenant_id, channel_id, alert_id, message_id, payload)
  select c.tenant_id, c.channel_id, v_alert_id,
    'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
    alerting.notification_payload(c.tenant_id, v_alert_id)
  from alerting.channel c
  where c.tenant_id = raise_condition.tenant and c.enabled;
  perform pg_catalog.pg_notify('vigil_notification', '');
  return true;
end
$$;
comment on function alerting.raise_condition(int, text, text, text) is
'Opens an alert about the system itself and notifies every enabled channel of the tenant, in the same transaction. While an alert with the dedup key is not resolved, only its severity and summary follow. Returns whether it is new. 23514 for an unknown severity, or a key with spaces or of more than 200 characters.';
