create or replace function auth.role_rank(role text) returns int
language sql immutable
as $$
  select case role when 'viewer' then 1 when 'analyst' then 2 when 'operator' then 2 when 'tenant_admin' then 3 when 'platform_admin' then 4 end
$$;
comment on function auth.role_rank(text) is
'How far a role of people reaches, from 1 to 4. Null for any other.';
