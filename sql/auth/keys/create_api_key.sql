create or replace function auth.create_api_key(name text, scope text, endpoints text[], expires_at timestamptz) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_prefix text := 'vgl_' || substr(encode(uuid_send(gen_random_uuid()), 'hex'), 1, 8);
  v_key text := v_prefix || '_' || vigil_platform.random_token(32);
  v_rule text;
  v_column text;
begin
  perform auth.refuse_key();
  if create_api_key.expires_at <= clock_timestamp() or create_api_key.expires_at = 'infinity' then
    raise exception using
      errcode = '22023',
      message = 'the key would have expired already, or never would',
      hint = 'Give a time to come, or leave expires_at out.';
  end if;
  insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, endpoints, created_by, expires_at)
  values (v_tenant_id, create_api_key.name, v_prefix, auth.token_sha256(v_key), create_api_key.scope, create_api_key.endpoints, auth.subject(), create_api_key.expires_at);
  perform auth.add_answer_header('Cache-Control', 'no-store'),
    audit.record(v_tenant_id, 'create_api_key', jsonb_build_object('name', create_api_key.name, 'prefix', v_prefix, 'scope', create_api_key.scope,
      'endpoints', create_api_key.endpoints, 'expires_at', create_api_key.expires_at));
  return jsonb_build_object('name', create_api_key.name, 'key', v_key, 'prefix', v_prefix, 'scope', create_api_key.scope,
    'endpoints', create_api_key.endpoints, 'expires_at', create_api_key.expires_at);
exception
  when unique_violation then
    raise exception using
      errcode = '23505',
      message = format('there is or was a key "%s"', create_api_key.name),
      hint = 'Take another name, so that the audit trail stays clear.';
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name, v_column = column_name;
    raise exception using
      errcode = '22023',
      message = case when v_rule = 'endpoints_are_paths' then 'the endpoints are not paths'
        when 'scope' = v_column or v_rule = 'scope_known' then 'the scope is not known' else 'the key has no valid name' end,
      hint = case when v_rule = 'endpoints_are_paths' then 'Such as ["/rpc/series", "/devices"], at most 100; leave them out for all that the scope allows.'
        when 'scope' = v_column or v_rule = 'scope_known' then 'Use ingest, read, operate or admin.'
        else 'Use small letters, digits, ".", "_" and "-", beginning with a letter, such as "gateway-7".' end;
end
$$;
comment on function auth.create_api_key(text, text, text[], timestamptz) is
'Makes an API key of the caller''s tenant and returns it, this once: vgl_, eight letters that tell keys apart, and 256 random bits. 22023 for arguments that are not valid, 23505 for a name that was used, 42501 for API keys. Owned by vigil_auth.';
