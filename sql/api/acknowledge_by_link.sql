create or replace function api.acknowledge_by_link(token text) returns api."text/html"
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_done boolean := alerting.acknowledge_by_link(token);
  v_target record;
begin
  perform alerting.link_headers();
  if v_done is null then
    perform set_config('response.status', '404', true);
    return alerting.link_page('This link is not valid, or has expired', null, null, null);
  end if;
  select t.title, t.severity, t.state, t.acknowledged_by into v_target from alerting.link_target(token) t;
  return alerting.link_page(
    case when v_done then 'Acknowledged. It is yours.' when v_target.state = 'resolved' then 'Resolved already'
      else 'Acknowledged already by ' || v_target.acknowledged_by end,
    v_target.title, v_target.severity, null);
end
$$;
comment on function api.acknowledge_by_link(text) is
$$Acknowledge by the link in a message
What the button on that page does, in the name of whoever the message was for. Needs no login. Repeating it changes nothing. 404 for a token that is not valid or has expired.$$;
