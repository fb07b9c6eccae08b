create or replace function api.ingest(json) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('ingest', $1::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('ingest', fleet.ingest(auth.tenant_id(),
      case when auth.request_header('content-type') ~* '^text/csv *(;|$)' then fleet.csv_readings($1) else $1 end));
  end if;
  return v_answer;
end
$$;
comment on function api.ingest(json) is
$$Store readings
Takes a JSON array of wide readings, {"device", "ts", "metrics": {name: number}}, and narrow ones, {"device", "metric", "ts", "value"}, mixed, at most 10,000. With Content-Type: text/csv and Prefer: params=single-object it takes lines of comma-separated values: columns device, ts and a metric each, or device, ts, metric and value. "profile" may be added where a device speaks several. Answers {accepted, duplicates, rejected: [{index, code, message, hint}]}: a reading that is rejected costs no other.$$;
