create or replace function auth.refuse_key() returns void
language plpgsql stable
as $$
begin
  if coalesce(auth.claims() ? 'key_id', false) then
    raise exception using
      errcode = '42501',
      message = 'an API key does not manage people, keys or logins',
      hint = 'It needs a signed-in person: take a token of POST /rpc/login.';
  end if;
end
$$;
comment on function auth.refuse_key() is
'42501 when the current request came with an API key: a key that is found by the wrong people must not be good for making more of them, nor logins.';
