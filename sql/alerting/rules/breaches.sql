create or replace function alerting.breaches(value float8, op text, bound float8) returns boolean
language sql immutable parallel safe
as $$
  select case op
    when '<' then value < bound
    when '<=' then value <= bound
    when '>' then value > bound
    when '>=' then value >= bound
  end
$$;
comment on function alerting.breaches(float8, text, float8) is
'Whether value op bound holds; op is <, <=, > or >=. Null when one of them is null.';
