create or replace function alerting.check_rule() returns trigger
language plpgsql
as $$
declare
  v_problem text := alerting.rule_problem(new.kind, new.params);
begin
  if v_problem is null and exists (
    select from pg_catalog.jsonb_each(new.labels) l
    where pg_catalog.jsonb_typeof(l.value) <> 'string' or l.key !~ '^[A-Za-z_][A-Za-z0-9_.-]{0,62}$' or pg_catalog.length(l.value::text) > 202) then
    v_problem := 'labels must be an object of short names and strings of at most 200 characters';
  end if;
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = coalesce('Rules of this kind take params such as ' || alerting.rule_example(new.kind) || '.',
        'Use anomaly, threshold, no_data, trend, forecast, drift, system or view.');
  end if;
  -- Whatever held for the rule as it was is looked at anew.
  new.evaluated_to := null;
  new.evaluated_snapshot := null;
  new.last_error_at := null;
  return new;
end
$$;
comment on function alerting.check_rule() is
'Refuses a rule whose params or labels are not well-formed (22023), and lets one that was changed begin anew.';
create or replace trigger _500_check_rule
  before insert or update of kind, params, labels, severity, profile_id, site, device_model, device_attributes, min_score, min_severity,
    max_age, enabled
  on alerting.rule
  for each row execute function alerting.check_rule();
