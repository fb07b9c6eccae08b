create or replace function api.create_silence(matchers jsonb, ends_at timestamptz, reason text, starts_at timestamptz default null)
returns setof api.silences
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('create_silence', jsonb_build_array(matchers, ends_at, reason, starts_at)::text);
  v_silence alerting.silence;
begin
  if v_answer is null then
    v_silence.tenant_id := v_tenant_id;
    v_silence.kind := 'silence';
    v_silence.matchers := create_silence.matchers;
    v_silence.reason := create_silence.reason;
    v_silence.starts_at := create_silence.starts_at;
    v_silence.ends_at := create_silence.ends_at;
    v_silence.silence_id := alerting.add_silence(v_silence);
    v_answer := ops.keep_answer('create_silence', (select jsonb_agg(s) from api.silences s where s.silence_id = v_silence.silence_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.silences, v_answer) a;
end
$$;
comment on function api.create_silence(jsonb, timestamptz, text, timestamptz) is
$$Silence alerts until a time
Matchers are a list of {"label", "op", "value"} that must all hold, with op one of =, !=, in, not_in, like, not_like, below; labels are those at GET /alerts. Nobody is told of new alerts that match. POST /rpc/preview_silence shows which open ones do.$$;
