create or replace function api.preview_silence(matchers jsonb) returns setof api.alerts
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform alerting.refuse_matchers(preview_silence.matchers);
  return query
  select a.*
  from api.alerts a
  where a.state = 'open' and alerting.labels_match(a.labels, preview_silence.matchers)
  order by a.alert_id desc;
end
$$;
comment on function api.preview_silence(jsonb) is
$$Show which open alerts matchers match
Newest first. An empty list matches all; a silence refuses it.$$;
