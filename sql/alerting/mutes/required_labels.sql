create or replace function alerting.required_labels(matchers jsonb) returns jsonb
language sql immutable parallel safe
as $$
  select coalesce(pg_catalog.jsonb_object_agg(m ->> 'label', m -> 'value'), '{}')
  from pg_catalog.jsonb_array_elements(matchers) m
  where m ->> 'op' = '=' and m ->> 'value' <> ''
$$;
comment on function alerting.required_labels(jsonb) is
'Labels without which matchers do not hold: labels @> them is much cheaper than alerting.labels_match, and false for most. Not all of what the matchers say.';
