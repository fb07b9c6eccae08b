create or replace view api.usage with (security_invoker = true) as
select u.tenant, u.day, u.quota, u.used, u.max, u.percent, u.plan, u.counted_at
from ops.tenant_usage() u;
comment on view api.usage is
$$What the tenant uses
One row per day (UTC) and quota: devices, users, points (values stored on the day), storage (bytes), alerts (raised on the day).$$;
comment on column api.usage.max is 'What the plan allows now; null: no limit.';
comment on column api.usage.percent is 'used of max; from 80 on there is an alert. Null where there is no limit.';
comment on column api.usage.counted_at is 'Counted every minute.';
