create or replace function api.delete_rule(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_rule', jsonb_build_array(name)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  delete from alerting.rule r where r.tenant_id = v_tenant_id and r.name = delete_rule.name;
  if not found then
    raise sqlstate 'PT404' using
      message = format('rule "%s" does not exist', left(delete_rule.name, 200)),
      hint = 'GET /rules lists the rules.';
  end if;
  return ops.keep_answer('delete_rule', jsonb_build_object('name', delete_rule.name, 'deleted', true));
end
$$;
comment on function api.delete_rule(text) is
$$Delete a rule
Its open alerts end within seconds; all of them stay on record.$$;
