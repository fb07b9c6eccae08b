create or replace view api.channels with (security_invoker = true) as
select c.name, c.kind,
  case
    when not c.enabled or c.disabled_at is not null then 'disabled'
    when c.paused_until > now() then 'paused'
    when c.failure_streak > 0 then 'failing'
    when c.last_success_at is null then 'untried'
    else 'ok'
  end as health,
  c.min_severity, c.language, c.enabled, c.last_success_at, c.last_failure_at, c.failure_streak, c.paused_until, c.disabled_at,
  c.disabled_reason, c.created_at
from alerting.channel c;
comment on view api.channels is
$$Where messages go, and whether they arrive
How each is set up is at GET /channel_settings, for tenant_admin.$$;
comment on column api.channels.health is 'ok, untried, failing (the last attempt failed), paused (too many failures in a row; it is tried again at paused_until) or disabled.';
comment on column api.channels.min_severity is 'Incidents below it are not sent to the channel.';
comment on column api.channels.failure_streak is 'Attempts that failed since the last that worked.';
comment on column api.channels.disabled_at is 'When the receiver said that it is gone (410), or somebody turned it off. POST /rpc/enable_channel turns it on again.';
