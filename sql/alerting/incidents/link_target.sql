create or replace function alerting.link_target(
  token text, out tenant_id int, out incident_id bigint, out recipient text, out title text, out severity text, out state text, out acknowledged_by text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select i.tenant_id, i.incident_id, coalesce(p.name, n.address, c.name), i.title, i.severity, i.state, i.acknowledged_by
  from alerting.acknowledge_link l
  join alerting.notification n on n.tenant_id = l.tenant_id and n.notification_id = l.notification_id
  join alerting.channel c on c.tenant_id = n.tenant_id and c.channel_id = n.channel_id
  join alerting.incident i on i.tenant_id = n.tenant_id and i.incident_id = n.incident_id
  join fleet.tenant t on t.tenant_id = l.tenant_id and t.active
  left join alerting.person p on p.tenant_id = n.tenant_id and p.person_id = n.person_id
  where l.token_sha256 = sha256(convert_to(token, 'UTF8')) and l.expires_at > clock_timestamp()
$$;
comment on function alerting.link_target(text) is
'What a link in a message leads to: the incident, and who the message was for (a person''s name, else the address, else the channel). All null for a token that was never made, has expired, or belongs to a tenant that is not active. Owned by vigil_jobs: whoever has the link has no tenant.';
