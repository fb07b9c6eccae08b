-- migrate:up
set local role vigil_owner;

-- What jobs ask for all tenants at once, whether or not there is anything (ops.due_tenants, ops.add_usage).
create index alert_without_rule on alerting.alert (tenant_id) where rule_id is null and state = 'open' and dedup_key like 'rule:%';
create index device_active on fleet.device (tenant_id) where active;

reset role;

-- migrate:down
