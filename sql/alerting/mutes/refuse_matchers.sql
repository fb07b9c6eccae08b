create or replace function alerting.refuse_matchers(matchers jsonb) returns void
language plpgsql immutable
as $$
declare
  v_problem text := alerting.matchers_problem(matchers);
begin
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = 'A matcher is like {"label": "site", "op": "below", "value": "emea.de"}; op is one of =, !=, in, not_in, like, not_like, below; in and not_in take a list.';
  end if;
end
$$;
comment on function alerting.refuse_matchers(jsonb) is 'Raises 22023 with what alerting.matchers_problem says; nothing when the matchers are well-formed.';
