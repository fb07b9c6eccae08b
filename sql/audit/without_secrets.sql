create or replace function audit.without_secrets(value jsonb, depth int default 0) returns jsonb
language plpgsql stable
as $$
declare
  c_secret constant text := 'passw|secret|token|credential|authorization|cookie|private_?key|api_?key|^key$';
  c_any_secret constant text := '"[^"]*(passw|secret|token|credential|authorization|cookie|private_?key|api_?key)[^"]*": |"key": ';
begin
  -- Almost nothing has one, and then this is all.
  if value is null or (depth = 0 and value::text !~* c_any_secret) then
    return value;
  elsif depth > 16 then
    return '"***"'::jsonb;
  elsif pg_catalog.jsonb_typeof(value) = 'object' then
    return (
      select coalesce(pg_catalog.jsonb_object_agg(f.key,
        case when f.value = 'null' then f.value
          when f.key ~* c_secret then '"***"'
          else audit.without_secrets(f.value, depth + 1) end), '{}')
      from pg_catalog.jsonb_each(value) f);
  elsif pg_catalog.jsonb_typeof(value) = 'array' then
    return (
      select coalesce(pg_catalog.jsonb_agg(audit.without_secrets(a.value, depth + 1) order by a.ordinality), '[]')
      from pg_catalog.jsonb_array_elements(value) with ordinality a);
  end if;
  return value;
end
$$;
comment on function audit.without_secrets(jsonb, int) is
'A JSON value in which what members with names like password, secret, token, credential, authorization, cookie, key, api_key or private_key hold is "***", at any depth to 16; what lies deeper is "***" as a whole.';
