create or replace view api.retention_policies with (security_invoker = true) as
select r.tenant, r.object, r.profile, r.hot, r.warm, r.cold, r.enabled, r.decided_by, r.reason, r.changed_at, r.changed_by, r.minimum, r.maximum, r.description
from ops.tenant_retention() r;
comment on view api.retention_policies is
$$How long things are kept
One row per object, and one for each profile with a policy of its own. Set them with POST /rpc/set_retention.$$;
comment on column api.retention_policies.hot is 'What is older leaves the database: it is removed, or goes to files where there is a cold tier. Chunks go as a whole: readings and features up to a day later, scores up to a week.';
comment on column api.retention_policies.warm is 'How much longer summaries of readings stay; null: for ever.';
comment on column api.retention_policies.cold is 'How much longer readings stay in files; null: not at all.';
comment on column api.retention_policies.enabled is 'false: nothing is removed.';
comment on column api.retention_policies.decided_by is 'tenant: set through the API; platform: the default, or set by a DBA.';
comment on column api.retention_policies.minimum is 'The least that can be set through the API.';
comment on column api.retention_policies.maximum is 'The most that can be set through the API.';
