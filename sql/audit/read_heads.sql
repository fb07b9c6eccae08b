create or replace function audit.read_heads(heads jsonb)
returns table (tenant_id int, sequence bigint, hash text, signed_at timestamptz, genuine boolean)
language plpgsql stable
as $$
declare
  v_keys jsonb := (select pg_catalog.jsonb_build_object('keys', coalesce(pg_catalog.jsonb_agg(k.jwk), '[]')) from audit.signing_key k);
begin
  if pg_catalog.jsonb_typeof(heads) <> 'array' then
    raise exception using
      errcode = '22023',
      message = 'heads are a JSON array of what the worker wrote',
      hint = 'Each line of its files is an element; ./dev audit-verify reads them.';
  end if;
  return query
  with read as (
    select distinct h.value ->> 'token' as token, h.value ->> 'tenant_id' as tenant_id, h.value ->> 'sequence' as sequence,
      h.value ->> 'hash' as hash
    from pg_catalog.jsonb_array_elements(heads) h
  ),
  opened as materialized (
    select r.tenant_id, r.sequence, r.hash, c.claims
    from read r
    cross join lateral (select vigil_platform.verify_token(r.token, v_keys) as claims) c
  )
  select
    case when coalesce(o.claims ->> 'tenant_id', o.tenant_id) ~ '^[0-9]{1,9}$' then coalesce(o.claims ->> 'tenant_id', o.tenant_id)::int end,
    case when coalesce(o.claims ->> 'sequence', o.sequence) ~ '^[0-9]{1,18}$' then coalesce(o.claims ->> 'sequence', o.sequence)::bigint end,
    o.claims ->> 'hash',
    pg_catalog.to_timestamp((o.claims ->> 'iat')::float8),
    -- Whatever else the key has signed is no head; and what stands beside the token is not to mislead.
    coalesce(o.claims ->> 'iss' = 'vigil' and o.claims ->> 'typ' = 'audit-head'
      and o.claims ->> 'tenant_id' = coalesce(o.tenant_id, o.claims ->> 'tenant_id')
      and o.claims ->> 'sequence' = coalesce(o.sequence, o.claims ->> 'sequence')
      and o.claims ->> 'hash' = coalesce(o.hash, o.claims ->> 'hash'), false)
  from opened o;
end
$$;
comment on function audit.read_heads(jsonb) is
'What signed heads say (an array of objects with token, and perhaps tenant_id, sequence and hash), each once; genuine is false, and the rest as far as it can be read, for one that no key in audit.signing_key has signed as a head, or that says something else beside its token. 22023 when it is no array.';
