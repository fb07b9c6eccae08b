create or replace function alerting.rule_every(kind text, params jsonb) returns interval
language sql immutable parallel safe
as $$
  select coalesce((params ->> 'every')::interval, case kind
    when 'no_data' then interval '10 seconds'
    when 'system' then interval '10 seconds'
    when 'view' then interval '30 seconds'
    when 'trend' then interval '5 minutes'
    when 'forecast' then interval '5 minutes'
    when 'drift' then interval '5 minutes'
    else interval '0'
  end)
$$;
comment on function alerting.rule_every(text, jsonb) is
'How long a rule rests between two evaluations: its "every", or the default of its kind; zero where what arrived is looked at as it arrives.';
