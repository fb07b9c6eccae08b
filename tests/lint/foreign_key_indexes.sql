-- Deleting a referenced row looks for its references; in the tables that grow without end that needs an index.
select format('foreign key %s of %s has no index', k.conname, k.conrelid::regclass)
from pg_constraint k
where k.contype = 'f'
  and k.conrelid = any (array['fleet.device', 'fleet.stream', 'fleet.latest', 'fleet.reading', 'detect.anomaly', 'detect.device_feature',
    'detect.score', 'alerting.alert', 'alerting.notification', 'ops.job_run']::regclass[])
  -- Models and channels are few, and leave with their profile or tenant.
  and (k.conrelid, k.confrelid) not in (
    ('detect.anomaly'::regclass, 'detect.model'::regclass), ('alerting.notification'::regclass, 'alerting.channel'::regclass))
  and not exists (
    select from pg_index i
    where i.indrelid = k.conrelid
      -- One without the rows that refer to nothing serves as well.
      and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = (
        select format('(%I IS NOT NULL)', a.attname) from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[cardinality(k.conkey)]))
      and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
order by 1;
