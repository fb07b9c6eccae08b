create or replace function auth.find_member(email text, out tenant_id int, out account_id uuid, out role text, out active boolean, out accepted boolean)
language plpgsql stable
as $$
begin
  perform auth.refuse_key();
  find_member.tenant_id := auth.tenant_id();
  select m.account_id, m.role, m.active, m.active or m.accepted_at is not null
  into find_member.account_id, find_member.role, find_member.active, find_member.accepted
  from auth.membership m
  join auth.account a on a.account_id = m.account_id
  where m.tenant_id = find_member.tenant_id and a.email = pg_catalog.lower(pg_catalog.btrim(find_member.email));
  if find_member.account_id is null then
    raise sqlstate 'PT404' using
      message = pg_catalog.format('there is no user "%s"', pg_catalog.left(find_member.email, 320)),
      hint = 'GET /users lists them; POST /rpc/invite_user invites somebody.';
  end if;
  perform auth.refuse_role(find_member.tenant_id, find_member.role);
end
$$;
comment on function auth.find_member(text) is
'A user of the caller''s tenant by email, for somebody who may manage them. PT404 when there is none, 42501 for API keys and for users whose role is above the caller''s.';
