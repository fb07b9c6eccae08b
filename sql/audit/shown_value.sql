create or replace function audit.shown_value(value jsonb, secret boolean) returns jsonb
language sql stable
as $$
  select case
    when value = 'null' then value
    when secret then '"***"'
    when pg_catalog.octet_length(value::text) > 2000 then pg_catalog.to_jsonb(pg_catalog.format('%s bytes, SHA-256 %s',
      pg_catalog.octet_length(value::text),
      pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(audit.without_secrets(value)::text, 'UTF8')), 'hex')))
    when pg_catalog.jsonb_typeof(value) in ('object', 'array') then audit.without_secrets(value)
    else value
  end
$$;
comment on function audit.shown_value(jsonb, boolean) is
'A column''s value as the audit trail shows it: "***" when the column is secret, secrets inside JSON masked, and a text "N bytes, SHA-256 …" (of the JSON text, secrets masked) for more than 2000 bytes.';
