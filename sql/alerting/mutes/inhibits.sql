create or replace function alerting.inhibits(inhibition alerting.inhibition, source jsonb, target jsonb) returns boolean
language plpgsql immutable parallel safe
as $$
begin
  return alerting.labels_match(target, inhibition.target_matchers)
    and alerting.labels_match(source, inhibition.source_matchers)
    and coalesce((alerting.inhibition_keys(inhibition, source))[1] = any (alerting.inhibition_keys(inhibition, target)), false)
    and not (alerting.labels_match(source, inhibition.target_matchers) and alerting.labels_match(target, inhibition.source_matchers));
end
$$;
comment on function alerting.inhibits(alerting.inhibition, jsonb, jsonb) is
'Whether by an inhibition an open alert with the source''s labels mutes one with the target''s. As in Alertmanager, two alerts that each match both sides do not mute one another, so that no alert mutes itself and of a pair one is told.';
