create or replace view api.silences with (security_invoker = true) as
select s.silence_id, s.kind,
  case when s.ends_at <= now() then 'over' when alerting.silence_active_at(s, now()) then 'active' else 'waiting' end as state,
  s.matchers, s.reason, s.starts_at, s.ends_at, s.time_zone, s.local_start, s.lasts, s.weekdays, s.month_days,
  (select count(*)
   from alerting.alert al
   where al.tenant_id = s.tenant_id and al.state = 'open' and al.muted_by = 'silence' and al.muted_id = s.silence_id) as muted_alerts,
  s.created_at, s.created_by, s.ended_by
from alerting.silence s;
comment on view api.silences is
$$Silences and maintenance windows
Alerts whose labels match are raised and shown, and nobody is told while one is active. Made with POST /rpc/create_silence and /rpc/create_maintenance_window, ended with /rpc/end_silence.$$;
comment on column api.silences.state is 'active, waiting (not begun, or between two occurrences), or over.';
comment on column api.silences.local_start is 'Recurring: begins at this local time in time_zone, within starts_at and ends_at. Null: once, from starts_at to ends_at.';
comment on column api.silences.weekdays is 'ISO days (1 is Monday) on which it begins; null: any. Where there are month_days, too, both must hold.';
comment on column api.silences.month_days is 'Days of the month on which it begins; one that a month does not have is its last day.';
comment on column api.silences.muted_alerts is 'Open alerts of which nobody is told because of it.';
