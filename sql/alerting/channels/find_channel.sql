create or replace function alerting.find_channel(tenant int, channel text) returns alerting.channel
language plpgsql
as $$
declare
  v_channel alerting.channel;
begin
  -- Held: whoever asks goes on to change the channel, or what refers to it.
  select c.* into v_channel from alerting.channel c where c.tenant_id = find_channel.tenant and c.name = find_channel.channel for update;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('channel "%s" does not exist', find_channel.channel),
      hint = 'GET /channels lists the channels.';
  end if;
  return v_channel;
end
$$;
comment on function alerting.find_channel(int, text) is 'A tenant''s channel by name, locked until the end of the transaction. 42704 when there is none.';
