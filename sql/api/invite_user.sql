create or replace function api.invite_user(
  email text, role text, display_name text default null, person text default null, language text default null
) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_account_id uuid := auth.invite_user(invite_user.email, invite_user.role, invite_user.display_name, invite_user.language);
begin
  if invite_user.person is not null then
    update alerting.person p
    set subject = v_account_id::text
    where p.tenant_id = v_tenant_id and p.name = invite_user.person;
    if not found then
      raise exception using
        errcode = '42704',
        message = format('there is no person "%s"', left(invite_user.person, 100)),
        hint = 'GET /people lists them; POST /rpc/save_person makes one.';
    end if;
  end if;
  return jsonb_build_object('email', lower(btrim(invite_user.email)), 'role', invite_user.role, 'state', 'invited');
end
$$;
comment on function api.invite_user(text, text, text, text, text) is
$$Invite somebody into the tenant
A link by mail, good for a week, lets them choose a password, or accept with the one they have. Repeating it sends another to whoever has not accepted. person is who they are on call; language of the mail en or de. Not above your own role. 409 for a user.$$;
