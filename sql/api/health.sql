create or replace function api.health() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_health jsonb := ops.health();
begin
  if v_health ->> 'status' <> 'ok' then
    perform set_config('response.status', '503', true);
  end if;
  return v_health;
end
$$;
comment on function api.health() is
$$Say whether alerts arrive
For monitors, without a token: GET /rpc/health. worker is late when no worker reports or messages wait, jobs when one of the pipeline has not succeeded for three times its interval. 503 when either is.$$;
