-- migrate:up
set local role vigil_owner;

alter table alerting.rule
  add column evaluated_snapshot pg_snapshot,
  add column last_error text,
  add column last_error_at timestamptz,
  add constraint name_is_short check (name ~ '^[^[:cntrl:]]{1,100}$' and name ~ '^[^[:space:]]' and name ~ '[^[:space:]]$'),
  add constraint labels_are_short check (octet_length(labels::text) <= 2000);
comment on column alerting.rule.evaluated_to is 'When the rule was last evaluated. Null: it is new, or was changed, and has yet to look at all there is.';
comment on column alerting.rule.evaluated_snapshot is 'Rules about thresholds: readings of transactions that this snapshot does not see have not been looked at.';
comment on column alerting.rule.last_error is 'Why the last evaluation failed; null when it worked.';

-- A rule's alerts outlive it: they end, and incidents keep their history. What is there is checked as the owner, whom
-- the policies would ask for a tenant.
alter table alerting.rule no force row level security;
alter table alerting.alert no force row level security;
alter table alerting.alert
  drop constraint alert_tenant_id_rule_id_fkey,
  add foreign key (tenant_id, rule_id) references alerting.rule (tenant_id, rule_id) on delete set null (rule_id);
create index alert_rule on alerting.alert (tenant_id, rule_id, alert_id);
alter table alerting.rule force row level security;
alter table alerting.alert force row level security;

create table alerting.rule_view (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  relation_schema text not null,
  relation_name text not null,
  added_at timestamptz not null default now(),
  primary key (tenant_id, relation_schema, relation_name)
);
comment on table alerting.rule_view is 'Views that a DBA lets a tenant''s rules look at. A rule can name no other.';

create type alerting.finding as (
  subject text, severity text, summary text, device_id int, value float8, labels jsonb, since timestamptz);
comment on type alerting.finding is 'What a rule finds at one instant. since: when it began, where the kind of rule can tell; device_id, value and labels may be null.';

reset role;

-- migrate:down
