create or replace function alerting.end_orphans(tenant int) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  v_rule record;
  v_count bigint := 0;
begin
  for v_rule in
    select al.rule_id, pg_catalog.array_agg(al.dedup_key) as keys
    from alerting.rule r
    join alerting.alert al on al.tenant_id = r.tenant_id and al.rule_id = r.rule_id and al.state = 'open'
    where r.tenant_id = tenant and not r.enabled
    group by al.rule_id
    union all
    -- Alerts of a rule that was deleted, and the condition that one had failed.
    select null, pg_catalog.array_agg(al.dedup_key)
    from alerting.alert al
    where al.tenant_id = tenant and al.rule_id is null and al.state = 'open' and al.dedup_key ~ '^rule:\d{1,9}:'
      and not exists (
        select from alerting.rule r
        where r.tenant_id = tenant and r.rule_id = substring(al.dedup_key from '^rule:(\d{1,9}):')::int
          and (r.enabled or al.dedup_key !~ ':failed$'))
    having pg_catalog.count(*) > 0
  loop
    v_count := v_count + alerting.resolve_signals(tenant, v_rule.rule_id, v_rule.keys);
  end loop;
  delete from alerting.rule_state s
  using alerting.rule r
  where s.tenant_id = tenant and r.tenant_id = s.tenant_id and r.rule_id = s.rule_id and not r.enabled;
  return v_count;
end
$$;
comment on function alerting.end_orphans(int) is
'Ends the open alerts of rules that were disabled or deleted. Returns how many.';
