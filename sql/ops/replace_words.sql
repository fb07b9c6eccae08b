create or replace function ops.replace_words(tenant int, words text[], pseudonym text, only_tables text[] default null) returns jsonb
language plpgsql
as $$
declare
  v_column record;
  v_word text;
  v_form text;
  v_rows bigint;
  v_all jsonb := jsonb '{}';
begin
  for v_column in
    select pg_catalog.format('%I.%I', k.schema_name, k.table_name)::regclass as relation, k.schema_name || '.' || k.table_name as name,
      k.column_name, a.atttypid::regtype as type
    from ops.data_class k
    join pg_catalog.pg_attribute a on a.attrelid = pg_catalog.format('%I.%I', k.schema_name, k.table_name)::regclass and a.attname = k.column_name
    join ops.tenant_tables() t on t.relation = a.attrelid
    -- The trail is a chain, and may not be changed.
    where k.kind = 'free text' and k.schema_name <> 'audit' and a.atttypid in ('text'::regtype, 'jsonb'::regtype)
      and (only_tables is null or k.schema_name || '.' || k.table_name = any (only_tables))
    order by 2, 3
  loop
    foreach v_word in array words loop
      -- Inside JSON as JSON writes it; what is in quotes is meant as a whole.
      v_form := case when v_word like '"%"' then v_word when v_column.type = 'jsonb'::regtype or v_column.column_name = 'payload'
        then pg_catalog.btrim(pg_catalog.to_jsonb(v_word)::text, '"') else v_word end;
      execute pg_catalog.format(
        'update %s x set %I = replace(x.%I::text, $2, $3)::%s where x.tenant_id = $1 and strpos(x.%I::text, $2) > 0',
        v_column.relation, v_column.column_name, v_column.column_name, v_column.type, v_column.column_name)
      using tenant, v_form, pseudonym;
      get diagnostics v_rows = row_count;
      if v_rows > 0 then
        v_all := v_all || pg_catalog.jsonb_build_object(v_column.name, coalesce((v_all ->> v_column.name)::bigint, 0) + v_rows);
      end if;
    end loop;
  end loop;
  return v_all;
end
$$;
comment on function ops.replace_words(int, text[], text, text[]) is
'Puts a pseudonym in the place of words in all free text of a tenant (ops.data_class), but the audit trail. Returns how many rows of which tables.';
