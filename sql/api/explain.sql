create or replace function api.explain(device text, ts timestamptz default null, profile text default null, strongest int default 5)
returns table (
  at timestamptz, score float8, feature text, metric text, unit text, statistic text, "window" interval,
  value float8, typical_low float8, typical_median float8, typical_high float8, direction text, contribution float8
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_stream record;
  v_scored record;
begin
  if explain.strongest is null or explain.strongest not between 1 and 1000 then
    raise exception using
      errcode = '22023',
      message = 'strongest must be between 1 and 1000',
      hint = 'Leave it out for the five strongest.';
  end if;
  v_stream := detect.find_stream(v_tenant_id, explain.device, explain.profile);
  select s.ts as scored_at, s.score as scored, s.model_id as by_model, f.values as vector into v_scored
  from detect.score s
  join detect.model m on m.tenant_id = s.tenant_id and m.model_id = s.model_id
  join detect.device_feature f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id
    and f.feature_set_id = m.feature_set_id and f.ts = s.ts
  where s.tenant_id = v_tenant_id and s.stream_id = v_stream.stream_id and s.ts <= coalesce(explain.ts, 'infinity')
  order by s.ts desc
  limit 1;
  if not found then
    raise exception using
      errcode = '42704',
      message = 'the device has no score at or before that time',
      hint = 'Train a model that covers it with POST /rpc/train_model, or ask for a later time.';
  end if;
  return query
  select v_scored.scored_at, v_scored.scored, c.feature, c.metric, c.unit, c.statistic, c.time_window,
    case when h.is_shown then c.value end, case when h.is_shown then c.low end, case when h.is_shown then c.median end,
    case when h.is_shown then c.high end, c.direction, c.contribution
  from detect.contributions(v_tenant_id, v_scored.by_model, v_scored.vector, explain.strongest) c
  cross join lateral (
    select auth.sees_personal_data() or not exists (
      select from fleet.metric k where k.tenant_id = v_tenant_id and k.name = c.metric and k.personal) as is_shown
  ) h;
end
$$;
comment on function api.explain(text, timestamptz, text, int) is
$$Explain a score
The strongest contributions to the newest score at or before ts (default: the newest), with value and typical range. All contributions of a reading add up to its score.$$;
