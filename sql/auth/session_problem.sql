create or replace function auth.session_problem(claims jsonb, at timestamptz) returns text
language plpgsql stable
as $$
declare
  v_tenant_id int := (claims ->> 'tenant_id')::int;
  v_role text := claims ->> 'role';
  v_session record;
begin
  select s.revoked_at, s.expires_at, s.account_id, a.active,
    t.active as tenant_active,
    case when s.account_id is null then s.issued_role when m.active then m.role end as role,
    case when s.account_id is null then s.issued_subject else s.account_id::text end as subject,
    case when s.account_id is null then s.current_tenant_id = v_tenant_id else true end as is_tenant
  into v_session
  from auth.session s
  left join fleet.tenant t on t.tenant_id = v_tenant_id
  left join auth.account a on a.account_id = s.account_id
  left join auth.membership m on m.tenant_id = v_tenant_id and m.account_id = s.account_id
  where s.session_id = (claims ->> 'sid')::uuid;

  return case
    when not found or v_session.revoked_at is not null then 'the session has ended'
    when v_session.expires_at <= at then 'the session has expired'
    when not coalesce(v_session.tenant_active, false) then 'the token''s tenant is not active'
    when not coalesce(v_session.active, v_session.account_id is null) then 'the account is not active'
    when v_session.subject <> claims ->> 'sub' or not v_session.is_tenant then 'the token is not its session''s'
    -- Staff have their role in the tenant named platform, and may be in any.
    when v_role = 'platform_admin' and v_session.account_id is not null then
      case when not auth.is_staff(v_session.account_id) then 'the account has another role by now' end
    when v_session.role is distinct from v_role then 'the account has another role by now'
  end;
end
$$;
comment on function auth.session_problem(jsonb, timestamptz) is
'Why the session of a token does not carry it at a time; null when it does: it is there, neither revoked nor past its end, its tenant and account are active, and subject and role are what they were. For claims that auth.token_problem finds nothing wrong with.';
