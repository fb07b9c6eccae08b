-- migrate:up
set local role vigil_owner;

alter table fleet.reading_rollup
  add column counts int[],
  add column means float8[],
  add column minima float8[],
  add column maxima float8[];
-- Constant metrics make a state small; other states go out of line, out of the way of who reads charts.
alter table fleet.reading_rollup
  alter column state set compression lz4,
  alter column counts set storage main, alter column counts set compression lz4,
  alter column means set storage main, alter column means set compression lz4,
  alter column minima set storage main, alter column minima set compression lz4,
  alter column maxima set storage main, alter column maxima set compression lz4;
update fleet.reading_rollup k
set counts = vigil.num_vals(k.state)::int[], means = vigil.average(k.state), minima = vigil.min_val(k.state), maxima = vigil.max_val(k.state);
alter table fleet.reading_rollup
  alter column counts set not null,
  alter column means set not null,
  alter column minima set not null,
  alter column maxima set not null;
comment on column fleet.reading_rollup.counts is 'Values of each metric in the bucket. This and the following stand in the state as well: charts read hundreds of rows, and would decode as many states.';

reset role;
-- Charts are to be seconds behind and no more. Rows of ops.job are seen by superusers only.
update ops.job set schedule = '3 seconds' where job_name = 'rollups' and schedule = '10 seconds';

-- migrate:down
