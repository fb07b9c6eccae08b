create or replace function api.coverage(schedule text, weeks int default 4) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_schedule_id int := alerting.find_schedule(v_tenant_id, coverage.schedule);
  v_to timestamptz := now() + make_interval(weeks => coverage.weeks);
begin
  if not coalesce(coverage.weeks between 1 and 53, false) then
    raise exception using
      errcode = '22023',
      message = 'weeks must be between 1 and 53',
      hint = 'Leave it out for 4.';
  end if;
  return (
    select jsonb_build_object('schedule', coverage.schedule, 'from', now(), 'to', v_to, 'covered', c.covered, 'by_fallback', c.by_fallback, 'gaps', (
      select coalesce(jsonb_agg(jsonb_build_object('from', g.from_ts, 'to', g.to_ts, 'kind', g.kind) order by g.from_ts), '[]')
      from alerting.coverage_gaps(v_tenant_id, v_schedule_id, now(), v_to) g))
    from alerting.coverage(v_tenant_id, v_schedule_id, now(), v_to) c);
end
$$;
comment on function api.coverage(text, int) is
$$What a schedule leaves open
Over the weeks to come: the share of the time (0 to 1) in which somebody is on call, the share in which it is only the fallback, and gaps, which lists these times: kind gap when there is nobody, fallback when only the fallback.$$;
