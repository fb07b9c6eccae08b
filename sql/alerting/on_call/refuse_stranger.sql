create or replace function alerting.refuse_stranger(tenant int, person int, roles text[]) returns void
language plpgsql stable
as $$
begin
  if not coalesce(auth.claims() ->> 'role' = any (roles), false) and not exists (
    select from alerting.person p
    where p.tenant_id = tenant and p.person_id = person and p.subject = auth.claims() ->> 'sub') then
    raise exception using
      errcode = '42501',
      message = 'this is for the person themself or ' || pg_catalog.array_to_string(roles, ', '),
      hint = 'A tenant_admin can enter the sub claim of your tokens as the subject of the person with POST /rpc/save_person.';
  end if;
end
$$;
comment on function alerting.refuse_stranger(int, int, text[]) is
'Refuses (42501) a request that neither has one of the roles nor a token whose sub is the person''s subject.';
