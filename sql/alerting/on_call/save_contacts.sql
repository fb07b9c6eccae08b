create or replace function alerting.save_contacts(tenant int, person int, methods jsonb, rules jsonb) returns void
language plpgsql
as $$
declare
  v_method record;
  v_problem text;
begin
  if not coalesce(pg_catalog.jsonb_typeof(methods) = 'array' and pg_catalog.jsonb_array_length(methods) <= 20, false)
    or exists (select from pg_catalog.jsonb_array_elements(methods) m (method) where pg_catalog.jsonb_typeof(m.method) <> 'object') then
    raise exception using
      errcode = '22023',
      message = 'methods are a list of at most 20 objects',
      hint = 'Send [{"channel": "sms", "address": "+4930123456"}].';
  end if;
  if not coalesce(pg_catalog.jsonb_typeof(rules) = 'array' and pg_catalog.jsonb_array_length(rules) <= 50, false)
    or exists (select from pg_catalog.jsonb_array_elements(rules) r (rule) where pg_catalog.jsonb_typeof(r.rule) <> 'object') then
    raise exception using
      errcode = '22023',
      message = 'rules are a list of at most 50 objects',
      hint = 'Send [{"urgency": "urgent", "delay_minutes": 5, "channel": "sms", "address": "+4930123456"}], or [] to be told over every method at once.';
  end if;
  for v_method in
    select m.method ->> 'channel' as channel, m.method ->> 'address' as address, c.kind, c.channel_id,
      alerting.unknown_key(m.method, '{channel,kind,address,enabled}') as unknown,
      coalesce(pg_catalog.jsonb_typeof(m.method -> 'enabled') = 'boolean', not m.method ? 'enabled') as switchable
    from pg_catalog.jsonb_array_elements(methods) m (method)
    left join alerting.channel c on c.tenant_id = tenant and c.name = m.method ->> 'channel'
  loop
    if v_method.channel_id is null then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('channel "%s" does not exist', pg_catalog.left(v_method.channel, 100)),
        hint = 'Name a channel of kind email or sms.';
    end if;
    if v_method.kind not in ('email', 'sms') then
      raise exception using
        errcode = '22023',
        message = pg_catalog.format('channel "%s" is of kind %s, which reaches no single person', v_method.channel, v_method.kind),
        hint = 'Name a channel of kind email or sms.';
    end if;
    if v_method.unknown is not null or not v_method.switchable then
      raise exception using
        errcode = '22023',
        message = 'a method has channel, address and enabled (true or false)',
        hint = 'Send {"channel": "sms", "address": "+4930123456", "enabled": true}.';
    end if;
    if v_method.kind = 'sms' and not coalesce(v_method.address ~ '^\+[1-9]\d{6,14}$', false) then
      raise exception using
        errcode = '22023',
        message = 'the address of a text message is a telephone number in E.164',
        hint = 'Write it with the country''s code and without spaces, such as "+4930123456".';
    end if;
    if v_method.kind = 'email' and not coalesce(v_method.address ~ '^[^@[:space:][:cntrl:]<>,;]+@[^@[:space:][:cntrl:]<>,;]+$' and pg_catalog.length(v_method.address) <= 320, false) then
      raise exception using
        errcode = '22023',
        message = 'the address of an email is one plain email address',
        hint = 'Write it without a name or brackets, such as "ann@example.com".';
    end if;
  end loop;

  -- What stays keeps its number.
  delete from alerting.contact_rule r where r.tenant_id = tenant and r.person_id = person;
  delete from alerting.contact_method m
  using alerting.channel c
  where m.tenant_id = tenant and m.person_id = person and c.tenant_id = m.tenant_id and c.channel_id = m.channel_id
    and not exists (
      select from pg_catalog.jsonb_array_elements(methods) x (method)
      where x.method ->> 'channel' = c.name and x.method ->> 'address' = m.address);
  insert into alerting.contact_method as m (tenant_id, person_id, channel_id, address, enabled)
  select distinct on (c.channel_id, x.method ->> 'address') tenant, person, c.channel_id, x.method ->> 'address', coalesce((x.method ->> 'enabled')::boolean, true)
  from pg_catalog.jsonb_array_elements(methods) x (method)
  join alerting.channel c on c.tenant_id = tenant and c.name = x.method ->> 'channel'
  on conflict on constraint contact_method_unique do update set enabled = excluded.enabled;

  select case
    when alerting.unknown_key(x.rule, '{urgency,delay_minutes,channel,address}') is not null then 'has an unknown key'
    when not coalesce(x.rule ->> 'urgency' in ('urgent', 'normal'), false) then 'has no urgency'
    when x.rule ? 'delay_minutes' and not coalesce(x.rule ->> 'delay_minutes' ~ '^\d{1,4}$' and (x.rule ->> 'delay_minutes')::int <= 1440, false) then 'has a delay that is not 0 to 1440 minutes'
    else 'does not name one of the methods' end into v_problem
  from pg_catalog.jsonb_array_elements(rules) x (rule)
  where alerting.unknown_key(x.rule, '{urgency,delay_minutes,channel,address}') is not null
    or not coalesce(x.rule ->> 'urgency' in ('urgent', 'normal'), false)
    or x.rule ? 'delay_minutes' and not coalesce(x.rule ->> 'delay_minutes' ~ '^\d{1,4}$' and (x.rule ->> 'delay_minutes')::int <= 1440, false)
    or not exists (
      select from pg_catalog.jsonb_array_elements(methods) y (method)
      where y.method ->> 'channel' = x.rule ->> 'channel' and y.method ->> 'address' = x.rule ->> 'address')
  limit 1;
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = 'a rule ' || v_problem,
      hint = 'Send {"urgency": "urgent" or "normal", "delay_minutes": 5, "channel": "sms", "address": "+4930123456"}, with the channel and the address of a method.';
  end if;
  insert into alerting.contact_rule (tenant_id, person_id, urgency, delay, contact_method_id)
  select distinct tenant, person, x.rule ->> 'urgency', pg_catalog.make_interval(mins => coalesce((x.rule ->> 'delay_minutes')::int, 0)), m.contact_method_id
  from pg_catalog.jsonb_array_elements(rules) x (rule)
  join alerting.channel c on c.tenant_id = tenant and c.name = x.rule ->> 'channel'
  join alerting.contact_method m on m.tenant_id = tenant and m.person_id = person and m.channel_id = c.channel_id and m.address = x.rule ->> 'address';
end
$$;
comment on function alerting.save_contacts(int, int, jsonb, jsonb) is
'Says anew how a person is reached. methods: [{"channel": NAME of an email or sms channel, "address", "enabled": true}]. rules: [{"urgency": "urgent"|"normal", "delay_minutes": 0, "channel", "address"}], each over one of the methods; [] for all at once. What is left out goes. 22023 for what is not right in it, 42704 for an unknown channel.';
