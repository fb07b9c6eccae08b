create or replace function api.delete_template(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_template', jsonb_build_array(name)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if exists (
    select
    from alerting.template t
    join alerting.channel c on c.tenant_id = t.tenant_id and c.template_id = t.template_id
    where t.tenant_id = v_tenant_id and t.name = delete_template.name)
  then
    raise sqlstate 'PT409' using
      message = format('a channel uses template "%s"', delete_template.name),
      hint = 'GET /channel_settings says which; save it with another template, or none.';
  end if;
  delete from alerting.template t where t.tenant_id = v_tenant_id and t.name = delete_template.name;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('template "%s" does not exist', delete_template.name),
      hint = 'GET /templates lists the templates.';
  end if;
  return ops.keep_answer('delete_template', jsonb_build_object('deleted', delete_template.name));
end
$$;
comment on function api.delete_template(text) is
$$Remove a template
409 while a channel uses it.$$;
