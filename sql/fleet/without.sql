create or replace function fleet.without(vector float8[], positions int[]) returns float8[]
language sql immutable
as $$
  select pg_catalog.array_agg(case when u.position = any (positions) then null else u.value end order by u.position)
  from pg_catalog.unnest(vector) with ordinality as u (value, position)
$$;
comment on function fleet.without(float8[], int[]) is 'A vector with nulls in some positions, from 1.';
