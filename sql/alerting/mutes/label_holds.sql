create or replace function alerting.label_holds(label text, op text, wanted jsonb) returns boolean
language sql immutable parallel safe
as $$
  select case op
    when '=' then label = (wanted #>> '{}')
    when '!=' then label <> (wanted #>> '{}')
    when 'in' then wanted ? label
    when 'not_in' then not wanted ? label
    when 'like' then label like (wanted #>> '{}')
    when 'not_like' then label not like (wanted #>> '{}')
    when 'below' then label = (wanted #>> '{}') or pg_catalog.starts_with(label, (wanted #>> '{}') || '.')
    else false
  end
$$;
comment on function alerting.label_holds(text, text, jsonb) is
'Whether one matcher holds for the value of its label. below compares paths such as emea.de as text, so that a value that is no path is merely not below. False for an operator that is not known.';
