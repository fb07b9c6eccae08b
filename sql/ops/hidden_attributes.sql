-- In plpgsql, which keeps its plans: a function in SQL that runs as its owner is planned anew in each query that calls it.
create or replace function ops.hidden_attributes() returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if auth.sees_personal_data() then
    return '{}'::text[];
  end if;
  return array(select a.key from ops.personal_attribute a);
end
$$;
comment on function ops.hidden_attributes() is
'Keys of device attributes that the session does not see: those in ops.personal_attribute, or none for whoever sees personal data. Owned by vigil_jobs: the list is no tenant''s.';
