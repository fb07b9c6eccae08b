create or replace function alerting.restriction_problem(restriction jsonb) returns text
language plpgsql immutable
as $$
begin
  if pg_catalog.jsonb_typeof(restriction) <> 'object' then
    return 'is not an object';
  end if;
  if alerting.unknown_key(restriction, '{weekdays,from,to}') is not null then
    return pg_catalog.format('has an unknown key "%s"', pg_catalog.left(alerting.unknown_key(restriction, '{weekdays,from,to}'), 100));
  end if;
  if not restriction ?| '{weekdays,from,to}' then
    return 'has neither weekdays nor hours';
  end if;
  if restriction ? 'weekdays' and (pg_catalog.jsonb_typeof(restriction -> 'weekdays') <> 'array'
    or not restriction -> 'weekdays' <@ '[1, 2, 3, 4, 5, 6, 7]' or restriction -> 'weekdays' = '[]') then
    return 'has weekdays that are not a list of 1 (Monday) to 7';
  end if;
  if restriction ? 'from' <> restriction ? 'to' then
    return 'has from without to, or to without from';
  end if;
  if restriction ? 'from' and not coalesce(restriction ->> 'from' ~ '^([01]\d|2[0-3]):[0-5]\d$'
    and restriction ->> 'to' ~ '^(([01]\d|2[0-3]):[0-5]\d|24:00)$', false) then
    return 'has hours that are not of the form HH:MM';
  end if;
  return null;
end
$$;
comment on function alerting.restriction_problem(jsonb) is
'What is wrong with a restriction of a layer ({"weekdays": [1, 2], "from": "22:00", "to": "06:00"}, weekdays or hours may be left out), to follow its name; null when nothing is.';
