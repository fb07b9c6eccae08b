create or replace function alerting.raise_condition(tenant int, dedup_key text, severity text, summary text) returns boolean
language plpgsql
as $$
declare
  v_is_new boolean;
begin
  v_is_new := alerting.raise_signals(tenant, null,
    array[row(raise_condition.dedup_key, raise_condition.severity, raise_condition.summary, null, null, null, null)::alerting.signal]) > 0;
  if v_is_new then
    perform alerting.group_alerts(tenant);
  end if;
  return v_is_new;
end
$$;
comment on function alerting.raise_condition(int, text, text, text) is
'Opens an alert about the system itself, which the tenant''s routes take like any other (label kind: system). While an alert with the dedup key is open, only its severity and summary follow. Returns whether it is new, or begins again. 23514 for an unknown severity, or a key with spaces or of more than 200 characters.';
