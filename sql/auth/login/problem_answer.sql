create or replace function auth.problem_answer(status int, message text, hint text, code text default null) returns jsonb
language sql volatile
as $$
  select pg_catalog.jsonb_build_object('code', coalesce(problem_answer.code, 'PT' || status), 'message', message, 'details', null, 'hint', hint)
  from (select pg_catalog.set_config('response.status', status::text, true)) s
$$;
comment on function auth.problem_answer(int, text, text, text) is
'An error as PostgREST shapes it, for a request that fails and commits: what failed must stay on record. code is PT and the status unless given.';
