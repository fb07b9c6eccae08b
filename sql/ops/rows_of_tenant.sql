create or replace function ops.rows_of_tenant(tenant int) returns jsonb
language plpgsql stable
as $$
declare
  v_table record;
  v_rows bigint;
  v_all jsonb := jsonb '{}';
begin
  for v_table in select t.relation, t.name from ops.tenant_tables() t loop
    execute pg_catalog.format('select count(*) from %s where tenant_id = $1', v_table.relation) into v_rows using tenant;
    if v_rows > 0 then
      v_all := v_all || pg_catalog.jsonb_build_object(v_table.name, v_rows);
    end if;
  end loop;
  return v_all;
end
$$;
comment on function ops.rows_of_tenant(int) is 'How many rows of a tenant each table holds, those without any left out.';
