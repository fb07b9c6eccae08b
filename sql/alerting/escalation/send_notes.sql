create or replace function alerting.send_notes(tenant int) returns bigint
language plpgsql
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_recipient alerting.recipient;
  v_free_at timestamptz;
  v_sent bigint := 0;
begin
  for v_recipient in
    select r.* from alerting.recipient r
    where r.tenant_id = tenant and r.note_due_at <= v_now
    for update skip locked
  loop
    v_free_at := alerting.throttled_until(tenant, v_recipient.channel_id, nullif(v_recipient.address, ''), v_now);
    if v_free_at is not null then
      update alerting.recipient r set note_due_at = v_free_at
      where r.tenant_id = tenant and r.channel_id = v_recipient.channel_id and r.address = v_recipient.address;
      continue;
    end if;
    insert into alerting.notification (tenant_id, channel_id, message_id, payload, state, purpose, address, language, severity, priority,
      sequence, max_attempts)
    select tenant, c.channel_id, 'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
      alerting.note_payload(v_recipient), 'pending', 'note', nullif(v_recipient.address, ''),
      coalesce((
        select p.language
        from alerting.contact_method m
        join alerting.person p on p.tenant_id = m.tenant_id and p.person_id = m.person_id
        where m.tenant_id = c.tenant_id and m.channel_id = c.channel_id and m.address = v_recipient.address
        order by m.contact_method_id
        limit 1), c.language),
      'high', 20,
      (select coalesce(max(n.sequence), 0) + 1 from alerting.notification n
        where n.tenant_id = tenant and n.channel_id = c.channel_id and n.purpose = 'note'),
      alerting.max_attempts(c.kind, 'note')
    from alerting.channel c
    where c.tenant_id = tenant and c.channel_id = v_recipient.channel_id;
    delete from alerting.recipient r
    where r.tenant_id = tenant and r.channel_id = v_recipient.channel_id and r.address = v_recipient.address;
    v_sent := v_sent + 1;
  end loop;
  if v_sent > 0 then
    perform pg_catalog.pg_notify('vigil_notification', '');
  end if;
  return v_sent;
end
$$;
comment on function alerting.send_notes(int) is
'Tells recipients whose messages were throttled or over the quota, as soon as their throttle has room, in one note how many there were and about what. Returns how many notes.';
