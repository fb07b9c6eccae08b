create or replace view api.channel_settings with (security_invoker = true) as
select c.name, c.kind, c.config, c.secret_ref, c.allow_http, c.language, c.min_severity, t.name as template, c.throttle, c.max_in_flight,
  c.enabled
from alerting.channel c
left join alerting.template t on t.tenant_id = c.tenant_id and t.template_id = c.template_id;
comment on view api.channel_settings is
$$How channels are set up
For tenant_admin. Set with POST /rpc/save_channel, whose definition has these fields.$$;
comment on column api.channel_settings.config is 'What the kind needs besides the secret.';
comment on column api.channel_settings.secret_ref is 'Where the worker finds the secret; the secret itself is never here.';
comment on column api.channel_settings.allow_http is 'Whether the receiver may be reached without TLS.';
comment on column api.channel_settings.template is 'Takes the place of the worker''s own messages; null: those.';
comment on column api.channel_settings.throttle is 'How many messages one recipient gets at most; null: the kind''s defaults.';
comment on column api.channel_settings.max_in_flight is 'How many deliveries may be under way at once.';
