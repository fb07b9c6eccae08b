create or replace function api.save_channel(definition jsonb) returns setof api.channel_settings
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_channel', definition::text);
  v_given record;
  v_before alerting.channel;
  v_template_id int;
  v_key text;
  v_rule text;
begin
  if v_answer is null then
    if jsonb_typeof(definition) is distinct from 'object' then
      raise exception using
        errcode = '22023',
        message = 'definition is an object',
        hint = 'Send {"definition": {"name": "operations", "kind": "webhook", "config": {"url": "https://…"}, "secret_ref": "file:…"}}.';
    end if;
    select min(k.key) into v_key
    from jsonb_object_keys(definition) k (key)
    where k.key not in ('name', 'kind', 'config', 'secret_ref', 'allow_http', 'language', 'min_severity', 'template', 'throttle', 'max_in_flight', 'enabled');
    if v_key is not null then
      raise exception using
        errcode = '22023',
        message = format('a channel has no "%s"', v_key),
        hint = 'It has name, kind, config, secret_ref, allow_http, language, min_severity, template, throttle, max_in_flight and enabled.';
    end if;
    select g.* into v_given
    from jsonb_to_record(jsonb_strip_nulls(definition)) g (
      name text, kind text, config jsonb, secret_ref text, allow_http boolean, language text, min_severity text, template text, throttle jsonb,
      max_in_flight int, enabled boolean);
    perform alerting.refuse_foreign_secret(v_tenant_id, v_given.secret_ref);
    if v_given.template is not null then
      select t.template_id into v_template_id from alerting.template t where t.tenant_id = v_tenant_id and t.name = v_given.template;
      if not found then
        raise exception using
          errcode = '42704',
          message = format('template "%s" does not exist', v_given.template),
          hint = 'GET /templates lists the templates.';
      end if;
    end if;
    select c.* into v_before from alerting.channel c where c.tenant_id = v_tenant_id and c.name = v_given.name for update;
    if v_before.kind <> v_given.kind then
      raise exception using
        errcode = '22023',
        message = format('channel "%s" is of kind %s, which does not change', v_given.name, v_before.kind),
        hint = 'Make another channel, and remove this one with POST /rpc/delete_channel.';
    end if;
    insert into alerting.channel (tenant_id, name, kind, config, secret_ref, allow_http, language, min_severity, template_id, throttle, max_in_flight, enabled)
    values (v_tenant_id, v_given.name, v_given.kind, coalesce(v_given.config, '{}'), v_given.secret_ref, coalesce(v_given.allow_http, false),
      coalesce(v_given.language, 'en'), coalesce(v_given.min_severity, 'low'), v_template_id, v_given.throttle, coalesce(v_given.max_in_flight, 8),
      coalesce(v_given.enabled, v_before.enabled, true))
    on conflict on constraint channel_name_unique do update
    set config = excluded.config, secret_ref = excluded.secret_ref, allow_http = excluded.allow_http, language = excluded.language,
      min_severity = excluded.min_severity, template_id = excluded.template_id, throttle = excluded.throttle,
      max_in_flight = excluded.max_in_flight, enabled = excluded.enabled,
      -- What failed until now was set up differently.
      failure_streak = 0, paused_until = null;
    v_answer := ops.keep_answer('save_channel', (select jsonb_agg(c) from api.channel_settings c where c.name = v_given.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.channel_settings, v_answer) a;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = format('the channel breaks the rule %s', coalesce(nullif(v_rule, ''), 'that it has a name and a kind')),
      hint = 'It has a name, a kind, a config of up to 8000 bytes, a secret_ref such as file:acme/pager, language en or de, min_severity low, medium, high or critical, and max_in_flight from 1 to 1000.';
end
$$;
comment on function api.save_channel(jsonb) is
$$Set up a channel
Made, or replaced when there is one of the name; what is left out goes back to its default, and enabled stays as it is. Kinds are webhook, email, slack, teams, pagerduty and sms; each says in its errors what its config needs. The secret is named, never sent: file:TENANT/… below the worker's secrets directory, or env:VIGIL_SECRET_TENANT__… in its environment. POST /rpc/test_channel sends a message.$$;
