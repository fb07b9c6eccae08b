create or replace function auth.refuse_last_admin(tenant int, account uuid) returns void
language plpgsql volatile
as $$
declare
  v_role text;
begin
  -- In one order, so that two admins who take each other's role wait, and one of them is the last then.
  perform from auth.membership m
  where m.tenant_id = tenant and m.active and auth.role_rank(m.role) >= 3
  order by m.account_id
  for update;
  select m.role into v_role from auth.membership m where m.tenant_id = tenant and m.account_id = account and m.active;
  if auth.role_rank(v_role) >= 3 and not exists (
    select from auth.membership m
    join auth.account a on a.account_id = m.account_id and a.active
    where m.tenant_id = tenant and m.account_id <> account and m.active and auth.role_rank(m.role) >= auth.role_rank(v_role)) then
    raise sqlstate 'PT409' using
      message = pg_catalog.format('this is the last %s', v_role),
      hint = 'Give somebody else the role first, with POST /rpc/set_user_role.';
  end if;
end
$$;
comment on function auth.refuse_last_admin(int, uuid) is
'PT409 when nobody in the tenant would be left with the role of an admin''s account. Holds the admins until the transaction ends.';
