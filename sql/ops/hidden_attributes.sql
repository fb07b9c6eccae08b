create or replace function ops.hidden_attributes() returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when auth.sees_personal_data() then '{}' else coalesce(array_agg(a.key), '{}') end
  from ops.personal_attribute a
$$;
comment on function ops.hidden_attributes() is
'Keys of device attributes that the session does not see: those in ops.personal_attribute, or none for whoever sees personal data. Owned by vigil_jobs: the list is no tenant''s.';
