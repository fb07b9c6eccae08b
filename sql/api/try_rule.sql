create or replace function api.try_rule(definition jsonb, "from" timestamptz, "to" timestamptz default now())
returns table (subject text, device text, severity text, started_at timestamptz, ended_at timestamptz, value float8, summary text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_rule alerting.rule := alerting.read_rule(auth.tenant_id(), definition);
begin
  if not coalesce(isfinite(try_rule."from") and isfinite(try_rule."to") and try_rule."from" < try_rule."to", false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, and both finite',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
  if try_rule."to" - try_rule."from" > interval '366 days' then
    raise exception using
      errcode = '22023',
      message = 'a rule is tried on at most 366 days',
      hint = 'Choose a shorter time range.';
  end if;
  return query
  select t.subject, t.device, t.severity, t.started_at, t.ended_at, t.value, t.summary
  from alerting.try_rule(v_rule, try_rule."from", try_rule."to") t
  order by t.started_at, t.subject;
end
$$;
comment on function api.try_rule(jsonb, timestamptz, timestamptz) is
$$Which alerts a rule would have raised
Runs a definition as for save_rule over history without saving anything: each alert with its highest severity, and value and summary as of then. ended_at is null where it goes on at the end. Rules of the kinds system and view have no history.$$;
