create or replace function detect.severity(score float8, thresholds float8[]) returns text
language sql immutable parallel safe
as $$
  select case
    when score >= thresholds[4] then 'critical'
    when score >= thresholds[3] then 'high'
    when score >= thresholds[2] then 'medium'
    when score >= thresholds[1] then 'low'
  end
$$;
comment on function detect.severity(float8, float8[]) is
'low, medium, high or critical by the four rising thresholds of a model; null below the first.';
