create or replace view api.compliance with (security_invoker = true) as
select c.tenant, c.object, c.profile, c.hot, c.warm, c.cold, c.enabled, c.rows_past_limit, c.rows_held, c.oldest_past_limit, c.holds,
  c.last_run_at, c.last_removed_at, c.rows_removed, c.archives, c.archived_rows, c.archives_damaged, c.archives_checked_since
from ops.tenant_compliance() c;
comment on view api.compliance is
$$Whether limits are kept
One row per policy: what exists past its limit, how much of that a legal hold keeps, what was removed under it, and which files there are.$$;
comment on column api.compliance.rows_past_limit is 'Removed by the next run, but for those that are held.';
comment on column api.compliance.holds is 'Legal holds of the tenant that are not released.';
comment on column api.compliance.last_run_at is 'When the retention job last ran without an error.';
comment on column api.compliance.rows_removed is 'Under this policy, for as long as there is a record of runs.';
comment on column api.compliance.archives is 'Files of readings under this policy that hold what is no longer in the database; null for other objects.';
comment on column api.compliance.archives_damaged is 'How many of them were not sound when they were last looked at.';
comment on column api.compliance.archives_checked_since is 'Each of them has been read whole and compared since then.';
