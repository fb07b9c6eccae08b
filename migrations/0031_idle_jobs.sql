-- migrate:up
set local role vigil_owner;

-- What the job rules asks for all tenants at once, whether or not there is anything (ops.due_tenants).
create index alert_without_rule on alerting.alert (tenant_id) where rule_id is null and state = 'open' and dedup_key like 'rule:%';

reset role;

-- migrate:down
