create or replace function auth.refuse_password(account uuid, password text) returns void
language plpgsql stable
as $$
declare
  v_problem text;
begin
  select auth.password_problem(refuse_password.password, a.totp_confirmed_at is not null,
    array[pg_catalog.split_part(a.email, '@', 1), a.display_name] || array(
      select x.word
      from auth.membership m
      join fleet.tenant t on t.tenant_id = m.tenant_id
      cross join lateral pg_catalog.unnest(array[t.name, t.display_name]) x (word)
      where m.account_id = a.account_id))
  into v_problem
  from auth.account a
  where a.account_id = account;
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = 'Take a sentence of your own, or let a password manager make one. No kind of character is needed, spaces are fine.';
  end if;
end
$$;
comment on function auth.refuse_password(uuid, text) is
'Raises 22023 for a password that an account may not have (auth.password_problem).';
