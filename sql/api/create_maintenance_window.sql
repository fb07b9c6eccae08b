create or replace function api.create_maintenance_window(
  matchers jsonb, reason text, local_start time default null, lasts interval default null, time_zone text default null,
  weekdays int[] default null, month_days int[] default null, starts_at timestamptz default null, ends_at timestamptz default null
) returns setof api.silences
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('create_maintenance_window',
    jsonb_build_array(matchers, reason, local_start, lasts, time_zone, weekdays, month_days, starts_at, ends_at)::text);
  v_silence alerting.silence;
begin
  if v_answer is null then
    v_silence.tenant_id := v_tenant_id;
    v_silence.kind := 'maintenance';
    v_silence.matchers := create_maintenance_window.matchers;
    v_silence.reason := create_maintenance_window.reason;
    v_silence.local_start := create_maintenance_window.local_start;
    v_silence.lasts := create_maintenance_window.lasts;
    v_silence.time_zone := create_maintenance_window.time_zone;
    v_silence.weekdays := create_maintenance_window.weekdays;
    v_silence.month_days := create_maintenance_window.month_days;
    v_silence.starts_at := create_maintenance_window.starts_at;
    v_silence.ends_at := create_maintenance_window.ends_at;
    v_silence.silence_id := alerting.add_silence(v_silence);
    v_answer := ops.keep_answer('create_maintenance_window',
      (select jsonb_agg(s) from api.silences s where s.silence_id = v_silence.silence_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.silences, v_answer) a;
end
$$;
comment on function api.create_maintenance_window(jsonb, text, time, interval, text, int[], int[], timestamptz, timestamptz) is
$$Plan maintenance, once or again and again
Recurring: {"local_start": "22:00", "lasts": "8 hours", "time_zone": "Europe/Berlin"} begins on each day among weekdays (1 is Monday) and month_days (31 is also the last day of a shorter month), within starts_at and ends_at. Both given, both must hold: weekdays [1] and month_days [1,2,3,4,5,6,7] is the first Monday. Hours are hours that pass, days are days of the calendar. Once: starts_at and ends_at alone.$$;
