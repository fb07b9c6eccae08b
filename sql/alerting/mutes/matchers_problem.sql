create or replace function alerting.matchers_problem(matchers jsonb) returns text
language plpgsql immutable parallel safe
as $$
declare
  v_matcher record;
  v_op text;
  v_value jsonb;
  v_problem text;
begin
  if pg_catalog.jsonb_typeof(matchers) is distinct from 'array' then
    return 'matchers are a list';
  end if;
  if pg_catalog.jsonb_array_length(matchers) > 20 then
    return 'there are more than 20 matchers';
  end if;
  for v_matcher in
    select m.content, m.place from pg_catalog.jsonb_array_elements(matchers) with ordinality as m (content, place)
  loop
    v_op := v_matcher.content ->> 'op';
    v_value := v_matcher.content -> 'value';
    v_problem := case
      when pg_catalog.jsonb_typeof(v_matcher.content) <> 'object'
        or v_matcher.content - '{label,op,value}'::text[] <> '{}' or not v_matcher.content ?& '{label,op,value}'
        then 'is not an object of label, op and value'
      when pg_catalog.jsonb_typeof(v_matcher.content -> 'label') <> 'string'
        or pg_catalog.length(v_matcher.content ->> 'label') not between 1 and 100
        then 'has no label of 1 to 100 characters'
      when pg_catalog.jsonb_typeof(v_matcher.content -> 'op') <> 'string'
        or v_op not in ('=', '!=', 'in', 'not_in', 'like', 'not_like', 'below')
        then 'has an unknown op'
      when v_op in ('in', 'not_in') and (pg_catalog.jsonb_typeof(v_value) <> 'array'
        or pg_catalog.jsonb_path_exists(v_value, 'strict $[*] ? (@.type() != "string")'))
        then pg_catalog.format('has no list of texts for %s', v_op)
      when v_op in ('in', 'not_in') and pg_catalog.jsonb_array_length(v_value) not between 1 and 1000
        then pg_catalog.format('has no list of 1 to 1000 texts for %s', v_op)
      when v_op not in ('in', 'not_in') and pg_catalog.jsonb_typeof(v_value) <> 'string'
        then pg_catalog.format('has no text for %s', v_op)
      when pg_catalog.octet_length(v_value::text) > 20000
        then 'has a value of more than 20000 bytes'
      -- Postgres refuses such a pattern when it is used.
      when v_op in ('like', 'not_like') and v_value #>> '{}' ~ '(^|[^\\])(\\\\)*\\$'
        then 'has a pattern that ends with an escape character'
      when v_op = 'below' and v_value #>> '{}' !~ '^[[:alnum:]_-]+(\.[[:alnum:]_-]+)*$'
        then 'has no path such as emea.de for below'
    end;
    if v_problem is not null then
      return pg_catalog.format('matcher %s %s', v_matcher.place, v_problem);
    end if;
  end loop;
  return null;
end
$$;
comment on function alerting.matchers_problem(jsonb) is
'What is wrong with a list of matchers for alerting.labels_match, such as ''matcher 2 has an unknown op''; null when it is well-formed. An empty list is.';
