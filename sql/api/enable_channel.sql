create or replace function api.enable_channel(name text) returns setof api.channels
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('enable_channel', jsonb_build_array(name)::text);
  v_channel alerting.channel;
begin
  if v_answer is null then
    v_channel := alerting.find_channel(v_tenant_id, enable_channel.name);
    update alerting.channel c
    set enabled = true, disabled_at = null, disabled_reason = null, failure_streak = 0, paused_until = null
    where c.tenant_id = v_tenant_id and c.channel_id = v_channel.channel_id;
    v_answer := ops.keep_answer('enable_channel', (select jsonb_agg(c) from api.channels c where c.name = enable_channel.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.channels, v_answer) a;
end
$$;
comment on function api.enable_channel(text) is
$$Turn a channel on again
Its failures are forgotten, and a pause after too many of them ends.$$;
