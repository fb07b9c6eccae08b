create or replace function auth.login_limit(login text) returns interval
language sql immutable
as $$
  select case when login like 'grafana\_%' then interval '30 seconds' else interval '2 minutes' end
$$;
comment on function auth.login_limit(text) is
'How long a statement of a tenant''s SQL login may run. By its name, which it cannot change; of its settings it can.';
