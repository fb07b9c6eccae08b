create or replace function api.delete_route(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_route', jsonb_build_array(name)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  delete from alerting.route r where r.tenant_id = v_tenant_id and r.name = delete_route.name;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('route "%s" does not exist', delete_route.name),
      hint = 'GET /routes lists the routes.';
  end if;
  return ops.keep_answer('delete_route', jsonb_build_object('deleted', delete_route.name));
end
$$;
comment on function api.delete_route(text) is
$$Remove a route
Its alerts go to the next route that matches, or to the fallback policy. Incidents that are open keep the policy they began with.$$;
