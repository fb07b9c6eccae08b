create or replace function api.delete_inhibition(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_inhibition', jsonb_build_array(name)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  delete from alerting.inhibition i where i.tenant_id = v_tenant_id and i.name = delete_inhibition.name;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('inhibition "%s" does not exist', delete_inhibition.name),
      hint = 'GET /inhibitions lists them.';
  end if;
  return ops.keep_answer('delete_inhibition', jsonb_build_object('deleted', delete_inhibition.name));
end
$$;
comment on function api.delete_inhibition(text) is
$$Remove an inhibition
What it muted is told, unless another one or a silence mutes it.$$;
