create or replace function auth.add_answer_header(name text, content text) returns void
language sql volatile security invoker
as $$
  select pg_catalog.set_config('response.headers',
    (coalesce(nullif(pg_catalog.current_setting('response.headers', true), '')::jsonb, '[]')
      || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(name, content)))::text, true)
$$;
comment on function auth.add_answer_header(text, text) is
'Gives the answer to the current request one more header. Lost when the request fails: PostgREST reads the headers at its end.';
