create or replace function alerting.channel_problem(kind text, config jsonb, secret_ref text, allow_http boolean) returns text
language plpgsql immutable parallel safe
as $$
declare
  v_known text[] := case kind
    when 'webhook' then '{url}'::text[]
    when 'email' then '{host,port,tls,from,username,reply_to,to}'::text[]
    when 'slack' then '{}'::text[]
    when 'teams' then '{}'::text[]
    when 'pagerduty' then '{endpoint}'::text[]
    when 'sms' then '{account_sid,from,messaging_service_sid,endpoint,to,validity_seconds}'::text[]
  end;
  v_key text;
  v_problem text;
begin
  if v_known is null then
    return 'kind is one of webhook, email, slack, teams, pagerduty, sms';
  end if;
  if pg_catalog.jsonb_typeof(config) is distinct from 'object' then
    return 'config is an object';
  end if;
  select min(k.key) into v_key from pg_catalog.jsonb_object_keys(config) k (key) where k.key <> all (v_known);
  if v_key is not null then
    return pg_catalog.format('config of kind %s has no "%s"; %s', kind, v_key,
      case when v_key ~* 'pass|secret|token|key' then 'the secret is named by secret_ref and never written here'
        when v_known = '{}' then 'it is empty' else 'it has ' || pg_catalog.array_to_string(v_known, ', ') end);
  end if;
  -- Numbers and lists have their own checks below.
  select min(e.key) into v_key
  from pg_catalog.jsonb_each(config) e
  where e.key not in ('port', 'to', 'validity_seconds') and pg_catalog.jsonb_typeof(e.value) <> 'string';
  if v_key is not null then
    return pg_catalog.format('config: "%s" is a text', v_key);
  end if;

  if secret_ref is null and (kind <> 'email' or config ? 'username') then
    return case kind
      when 'webhook' then 'a webhook needs secret_ref, the key that signs'
      when 'email' then 'with a username, email needs secret_ref, the password'
      when 'pagerduty' then 'PagerDuty needs secret_ref, the routing key'
      when 'sms' then 'SMS needs secret_ref, the auth token'
      else pg_catalog.format('%s needs secret_ref: the URL of its webhook is the secret', pg_catalog.initcap(kind))
    end;
  end if;

  if kind = 'webhook' then
    v_problem := 'config: "url" ' || alerting.url_problem(config ->> 'url', allow_http);
  elsif config ? 'endpoint' then
    v_problem := 'config: "endpoint" ' || alerting.url_problem(config ->> 'endpoint', allow_http);
  end if;
  if v_problem is null and kind in ('email', 'sms') and config ? 'to' then
    if pg_catalog.jsonb_typeof(config -> 'to') <> 'array' then
      v_problem := 'config: "to" is a list of 1 to 50 addresses';
    elsif pg_catalog.jsonb_array_length(config -> 'to') not between 1 and 50 then
      v_problem := 'config: "to" is a list of 1 to 50 addresses';
    else
      select pg_catalog.format('config: "%s" in "to" %s', pg_catalog.left(t.content #>> '{}', 100), x.problem) into v_problem
      from pg_catalog.jsonb_array_elements(config -> 'to') t (content)
      cross join lateral (select alerting.address_problem(kind, t.content #>> '{}') as problem) x
      where x.problem is not null
      limit 1;
    end if;
  end if;
  if v_problem is null and kind = 'email' then
    v_problem := case
      when coalesce(config ->> 'host', '') !~ '^[A-Za-z0-9:.-]{1,253}$' then 'config: "host" is the name of a mail server'
      when not coalesce(config -> 'port' between '1' and '65535' and config ->> 'port' ~ '^[0-9]+$', false)
        then 'config: "port" is a number from 1 to 65535, such as 587'
      when not coalesce(config ->> 'tls' in ('starttls', 'implicit', 'none'), false) then 'config: "tls" is starttls, implicit or none'
      when config ->> 'tls' = 'none' and not coalesce(allow_http, false) then 'mail without TLS needs allow_http'
      -- Either the address alone or, after a name, in brackets.
      when alerting.address_problem('email', coalesce(pg_catalog.substring(config ->> 'from', '^[^<>[:cntrl:]"]{0,100}<([^<>]+)>$'), config ->> 'from'))
        is not null then 'config: "from" is an email address, alone or as in Vigil <vigil@example.com>'
      when config ? 'reply_to' and alerting.address_problem('email', config ->> 'reply_to') is not null
        then 'config: "reply_to" is an email address'
      when config ? 'username' and (pg_catalog.length(config ->> 'username') not between 1 and 320 or config ->> 'username' ~ '[[:cntrl:]]') then 'config: "username" has 1 to 320 characters'
    end;
  elsif v_problem is null and kind = 'sms' then
    v_problem := case
      when coalesce(config ->> 'account_sid', '') !~ '^[A-Za-z0-9]{1,64}$' then 'config: "account_sid" is the id of the account'
      when config ? 'from' = config ? 'messaging_service_sid' then 'config has either "from" or "messaging_service_sid"'
      when config ? 'from' and config ->> 'from' !~ '^(\+[1-9][0-9]{6,14}|[A-Za-z0-9 ]{1,11})$'
        then 'config: "from" is a telephone number such as +4930123456, or a name of up to 11 letters and digits'
      when config ? 'messaging_service_sid' and config ->> 'messaging_service_sid' !~ '^[A-Za-z0-9]{1,64}$'
        then 'config: "messaging_service_sid" is the id of the service'
      when config ? 'validity_seconds' and not coalesce(
        config -> 'validity_seconds' between '1' and '36000' and config ->> 'validity_seconds' ~ '^[0-9]+$', false)
        then 'config: "validity_seconds" is a number from 1 to 36000'
    end;
  end if;
  return v_problem;
end
$$;
comment on function alerting.channel_problem(text, jsonb, text, boolean) is
'What is wrong with a channel: with its kind, with what config holds or lacks for it, with a secret that is missing, or with an address that is not reached over TLS although allow_http is false. Null when it can be used.';
