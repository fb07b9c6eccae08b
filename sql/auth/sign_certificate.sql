create or replace function auth.sign_certificate(tenant int, certificate bigint) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_claims jsonb;
begin
  -- From the row and not from the caller, so that nothing else can be had signed. Without an audience, a role and the type
  -- access it opens nothing.
  select jsonb_build_object('iss', 'vigil', 'typ', 'deletion-certificate', 'jti', replace(gen_random_uuid()::text, '-', ''),
    'iat', floor(extract(epoch from clock_timestamp())), 'tenant_id', c.tenant_id, 'tenant', c.tenant_name, 'display_name', c.display_name,
    'certificate_id', c.certificate_id, 'requested_by', c.requested_by, 'requested_at', c.requested_at, 'tenant_since', c.tenant_since,
    'rows_before', c.rows_before, 'files_before', c.files_before, 'logins', c.logins, 'audit_head', c.audit_head,
    'removed_at', c.removed_at, 'rows_after', c.rows_after, 'files_after', c.files_after)
  into v_claims
  from ops.deletion_certificate c
  where c.tenant_id = sign_certificate.tenant and c.certificate_id = sign_certificate.certificate and c.state = 'removed'
    and c.rows_after = 0 and c.files_after = 0;
  if not found then
    raise exception using
      errcode = '55000',
      message = 'there is nothing to certify',
      hint = 'A deletion is certified once nothing is left.';
  end if;
  return vigil_platform.sign_token(v_claims);
end
$$;
comment on function auth.sign_certificate(int, bigint) is
'Signs that a deletion has left nothing, from its row in ops.deletion_certificate: a JWT of type deletion-certificate, by the key of access tokens. 55000 unless all has been counted as gone. Owned by vigil_auth, which may sign.';
