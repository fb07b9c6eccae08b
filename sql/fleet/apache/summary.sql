-- As with the other engine this view alone is granted, and shows one tenant ahead of whatever its reader asks for.
create or replace view fleet.summary with (security_barrier = true) as
select k.tenant_id, k.stream_id, k.bucket, k.ts, k.readings, k.state, k.counts, k.means, k.minima, k.maxima
from fleet.reading_rollup k
where k.tenant_id = (select auth.tenant_id());
grant select on fleet.summary to vigil_api;
comment on view fleet.summary is
'Summaries of the session''s tenant, from whichever engine keeps them. Here: the hypertable fleet.reading_rollup, written by the rollups job.';
