create or replace function alerting.check_channel() returns trigger
language plpgsql
as $$
declare
  v_problem text := coalesce(
    alerting.channel_problem(new.kind, new.config, new.secret_ref, new.allow_http), alerting.throttle_problem(new.throttle));
begin
  if v_problem is null and new.template_id is not null and not exists (
    select from alerting.template t
    where t.tenant_id = new.tenant_id and t.template_id = new.template_id and t.kind = new.kind) then
    v_problem := pg_catalog.format('the template is not one for %s', new.kind);
  end if;
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = case new.kind
        when 'webhook' then 'config is {"url": "https://…"}; secret_ref names the key that signs.'
        when 'email' then 'config is {"host": "smtp.example.com", "port": 587, "tls": "starttls", "from": "vigil@example.com", "username": "vigil", "to": ["team@example.com"]}; secret_ref names the password.'
        when 'slack' then 'config is {}; secret_ref names the incoming webhook''s URL.'
        when 'teams' then 'config is {}; secret_ref names the workflow''s URL.'
        when 'pagerduty' then 'config is {}; secret_ref names the routing key of an Events API v2 integration.'
        when 'sms' then 'config is {"account_sid": "AC…", "from": "+4930123456", "to": ["+4917012345678"]}; secret_ref names the auth token.'
        else 'Choose one of the kinds.'
      end || ' A secret is named as env:VIGIL_SECRET_… or file:…, never written.';
  end if;
  return new;
end
$$;
comment on function alerting.check_channel() is
'Refuses a channel whose configuration does not fit its kind, whose limits are none, or whose template is of another kind (22023, with what the kind needs).';
