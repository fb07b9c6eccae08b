create or replace function alerting.labels_match(labels jsonb, matchers jsonb) returns boolean
language plpgsql immutable parallel safe
as $$
begin
  -- Expressions only, no query: it is called for each alert and each silence.
  for i in 0 .. pg_catalog.jsonb_array_length(matchers) - 1 loop
    if not alerting.label_holds(
      coalesce(labels ->> (matchers -> i ->> 'label'), ''), matchers -> i ->> 'op', matchers -> i -> 'value') then
      return false;
    end if;
  end loop;
  return true;
end
$$;
comment on function alerting.labels_match(jsonb, jsonb) is
'Whether labels, an object of text by name, fulfil all matchers, a list of {"label", "op", "value"}. op: = and !=; in and not_in with a list of values; like and not_like with a pattern as in SQL; below for a path or what lies below it. A label that is not there counts as the empty text. True for an empty list, null for a null list. alerting.matchers_problem says whether a list is well-formed.';
