create or replace function auth.session_carries(claims jsonb, at timestamptz) returns boolean
language plpgsql stable
as $$
begin
  perform
  from auth.session s
  join fleet.tenant t on t.tenant_id = (claims ->> 'tenant_id')::int and t.active
  left join auth.account a on a.account_id = s.account_id
  left join auth.membership m on m.tenant_id = t.tenant_id and m.account_id = s.account_id
  where s.session_id = (claims ->> 'sid')::uuid and s.revoked_at is null and s.expires_at > at
    and case when s.account_id is null
      then s.current_tenant_id = t.tenant_id and s.issued_role = claims ->> 'role' and s.issued_subject = claims ->> 'sub'
      -- Who is staff is for auth.is_staff alone to say.
      else a.active and m.active and m.role = claims ->> 'role' and m.role <> 'platform_admin' and s.account_id::text = claims ->> 'sub' end;
  return found;
end
$$;
comment on function auth.session_carries(jsonb, timestamptz) is
'Whether the session of a token is all that it should be at a time, in one query, since the hook asks it at every request. False may also be staff of the platform, about whom auth.session_problem decides.';
