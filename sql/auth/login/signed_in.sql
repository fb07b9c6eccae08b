create or replace function auth.signed_in() returns uuid
language plpgsql stable
as $$
declare
  v_account_id uuid := auth.account_id();
begin
  if v_account_id is null then
    raise exception using
      errcode = '42501',
      message = 'this is for people who have signed in',
      hint = 'It needs a signed-in person: take a token of POST /rpc/login.';
  end if;
  return v_account_id;
end
$$;
comment on function auth.signed_in() is
'The account of whoever asks; 42501 for API keys and for tokens that a DBA issued.';
