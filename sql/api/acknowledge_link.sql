create or replace function api.acknowledge_link(token text) returns api."text/html"
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target record;
begin
  perform alerting.link_headers();
  select t.title, t.severity, t.state, t.acknowledged_by into v_target from alerting.link_target(token) t;
  if v_target.state is null then
    perform set_config('response.status', '404', true);
    return alerting.link_page('This link is not valid, or has expired', null, null, null);
  elsif v_target.state in ('acknowledged', 'resolved') then
    return alerting.link_page(
      case v_target.state when 'resolved' then 'Resolved already' else 'Acknowledged already by ' || v_target.acknowledged_by end,
      v_target.title, v_target.severity, null);
  end if;
  return alerting.link_page('Acknowledge this incident?', v_target.title, v_target.severity, token);
end
$$;
comment on function api.acknowledge_link(text) is
$$The page behind the link in a message
Shows the incident with one button that acknowledges it. Opening it changes nothing, since mail filters open links too. Needs no login; the token is the message's own and lives for a day. 404 for one that is not valid.$$;
