create or replace function api.disable_channel(name text) returns setof api.channels
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('disable_channel', jsonb_build_array(name)::text);
  v_channel alerting.channel;
begin
  if v_answer is null then
    v_channel := alerting.find_channel(v_tenant_id, disable_channel.name);
    update alerting.channel c
    set enabled = false, disabled_at = coalesce(c.disabled_at, now()),
      disabled_reason = coalesce(c.disabled_reason, format('turned off by %s', auth.subject()))
    where c.tenant_id = v_tenant_id and c.channel_id = v_channel.channel_id;
    v_answer := ops.keep_answer('disable_channel', (select jsonb_agg(c) from api.channels c where c.name = disable_channel.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.channels, v_answer) a;
end
$$;
comment on function api.disable_channel(text) is
$$Turn a channel off
Nothing is sent to it, and what was waiting is suppressed, until POST /rpc/enable_channel.$$;
