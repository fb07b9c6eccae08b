create or replace function fleet.aggregate_name(bucket interval) returns text
language sql immutable
as $$
  select 'fleet.reading_rollup_' || extract(epoch from bucket)::int
$$;
comment on function fleet.aggregate_name(interval) is
'Name of the continuous aggregate with buckets of this width.';
