create or replace function api.end_silence(silence_id bigint) returns setof api.silences
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('end_silence', jsonb_build_array(silence_id)::text);
begin
  if v_answer is null then
    if not exists (select from alerting.silence s where s.tenant_id = v_tenant_id and s.silence_id = end_silence.silence_id) then
      raise sqlstate 'PT404' using
        message = format('silence %s does not exist', end_silence.silence_id),
        hint = 'GET /silences lists the silences.';
    end if;
    -- One that has not begun never does; it ends after its beginning all the same.
    update alerting.silence s
    set starts_at = least(s.starts_at, now() - interval '1 microsecond'), ends_at = now(), ended_by = auth.subject()
    where s.tenant_id = v_tenant_id and s.silence_id = end_silence.silence_id and s.ends_at > now();
    v_answer := ops.keep_answer('end_silence', (select jsonb_agg(s) from api.silences s where s.silence_id = end_silence.silence_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.silences, v_answer) a;
end
$$;
comment on function api.end_silence(bigint) is
$$End a silence or maintenance window now
Open alerts that it muted are told within seconds. One that is over stays as it is.$$;
