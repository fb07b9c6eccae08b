create or replace function auth.issue_token(tenant text, role text, subject text, lifetime interval default '15 minutes') returns text
language plpgsql volatile
as $$
declare
  v_tenant_id int := (select t.tenant_id from fleet.tenant t where t.name = issue_token.tenant);
  v_session_id uuid;
begin
  if v_tenant_id is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('there is no tenant "%s"', issue_token.tenant),
      hint = 'They are in fleet.tenant.';
  end if;
  if not coalesce(lifetime between interval '1 second' and interval '15 minutes', false) then
    raise exception using
      errcode = '22023',
      message = 'a token lives for 1 second to 15 minutes',
      hint = 'Issue another when it has expired.';
  end if;
  insert into auth.session (kind, current_tenant_id, issued_role, issued_subject, expires_at)
  values ('issued', v_tenant_id, issue_token.role, issue_token.subject, pg_catalog.clock_timestamp() + lifetime)
  returning session_id into v_session_id;
  return auth.access_token(v_session_id, issue_token.subject, v_tenant_id, issue_token.role, lifetime);
end
$$;
comment on function auth.issue_token(text, text, text, interval) is
'An access token for a tenant by its name, a role and a subject, without a login: for a DBA, for scripts and tests. It belongs to a session of its own, which ends with it. 42704 for a tenant that is not there, 22023 for another lifetime than up to 15 minutes, 23514 for an unknown role.';
