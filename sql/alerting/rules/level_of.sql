create or replace function alerting.level_of(value float8, op text, limits float8[], clear float8) returns int
language sql immutable parallel safe
as $$
  select case
    when alerting.breaches(value, op, limits[4]) then 4
    when alerting.breaches(value, op, limits[3]) then 3
    when alerting.breaches(value, op, limits[2]) then 2
    when alerting.breaches(value, op, limits[1]) then 1
    when alerting.breaches(value, op, clear) then -1
    else 0
  end
$$;
comment on function alerting.level_of(float8, text, float8[], float8) is
'The rank of the highest severity whose limit a value breaches, 1 for low to 4 for critical; 0 for none, -1 where it is none but not yet on the good side of clear. limits are those of alerting.level_limits.';
