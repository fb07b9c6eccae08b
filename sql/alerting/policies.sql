alter table alerting.channel enable row level security;
alter table alerting.channel force row level security;
drop policy if exists tenant_isolation on alerting.channel;
create policy tenant_isolation on alerting.channel
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.template enable row level security;
alter table alerting.template force row level security;
drop policy if exists tenant_isolation on alerting.template;
create policy tenant_isolation on alerting.template
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.person enable row level security;
alter table alerting.person force row level security;
drop policy if exists tenant_isolation on alerting.person;
create policy tenant_isolation on alerting.person
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.contact_method enable row level security;
alter table alerting.contact_method force row level security;
drop policy if exists tenant_isolation on alerting.contact_method;
create policy tenant_isolation on alerting.contact_method
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.contact_rule enable row level security;
alter table alerting.contact_rule force row level security;
drop policy if exists tenant_isolation on alerting.contact_rule;
create policy tenant_isolation on alerting.contact_rule
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.schedule enable row level security;
alter table alerting.schedule force row level security;
drop policy if exists tenant_isolation on alerting.schedule;
create policy tenant_isolation on alerting.schedule
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.former_fallback enable row level security;
alter table alerting.former_fallback force row level security;
drop policy if exists tenant_isolation on alerting.former_fallback;
create policy tenant_isolation on alerting.former_fallback
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.schedule_layer enable row level security;
alter table alerting.schedule_layer force row level security;
drop policy if exists tenant_isolation on alerting.schedule_layer;
create policy tenant_isolation on alerting.schedule_layer
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.layer_member enable row level security;
alter table alerting.layer_member force row level security;
drop policy if exists tenant_isolation on alerting.layer_member;
create policy tenant_isolation on alerting.layer_member
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.layer_restriction enable row level security;
alter table alerting.layer_restriction force row level security;
drop policy if exists tenant_isolation on alerting.layer_restriction;
create policy tenant_isolation on alerting.layer_restriction
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.schedule_override enable row level security;
alter table alerting.schedule_override force row level security;
drop policy if exists tenant_isolation on alerting.schedule_override;
create policy tenant_isolation on alerting.schedule_override
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.unavailability enable row level security;
alter table alerting.unavailability force row level security;
drop policy if exists tenant_isolation on alerting.unavailability;
create policy tenant_isolation on alerting.unavailability
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.escalation_policy enable row level security;
alter table alerting.escalation_policy force row level security;
drop policy if exists tenant_isolation on alerting.escalation_policy;
create policy tenant_isolation on alerting.escalation_policy
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.escalation_step enable row level security;
alter table alerting.escalation_step force row level security;
drop policy if exists tenant_isolation on alerting.escalation_step;
create policy tenant_isolation on alerting.escalation_step
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.escalation_target enable row level security;
alter table alerting.escalation_target force row level security;
drop policy if exists tenant_isolation on alerting.escalation_target;
create policy tenant_isolation on alerting.escalation_target
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.round_robin enable row level security;
alter table alerting.round_robin force row level security;
drop policy if exists tenant_isolation on alerting.round_robin;
create policy tenant_isolation on alerting.round_robin
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.setting enable row level security;
alter table alerting.setting force row level security;
drop policy if exists tenant_isolation on alerting.setting;
create policy tenant_isolation on alerting.setting
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.route enable row level security;
alter table alerting.route force row level security;
drop policy if exists tenant_isolation on alerting.route;
create policy tenant_isolation on alerting.route
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.rule enable row level security;
alter table alerting.rule force row level security;
drop policy if exists tenant_isolation on alerting.rule;
create policy tenant_isolation on alerting.rule
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.rule_state enable row level security;
alter table alerting.rule_state force row level security;
drop policy if exists tenant_isolation on alerting.rule_state;
create policy tenant_isolation on alerting.rule_state
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.rule_view enable row level security;
alter table alerting.rule_view force row level security;
drop policy if exists tenant_isolation on alerting.rule_view;
create policy tenant_isolation on alerting.rule_view
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.alert enable row level security;
alter table alerting.alert force row level security;
drop policy if exists tenant_isolation on alerting.alert;
create policy tenant_isolation on alerting.alert
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.incident enable row level security;
alter table alerting.incident force row level security;
drop policy if exists tenant_isolation on alerting.incident;
create policy tenant_isolation on alerting.incident
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.incident_event enable row level security;
alter table alerting.incident_event force row level security;
drop policy if exists tenant_isolation on alerting.incident_event;
create policy tenant_isolation on alerting.incident_event
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.silence enable row level security;
alter table alerting.silence force row level security;
drop policy if exists tenant_isolation on alerting.silence;
create policy tenant_isolation on alerting.silence
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.inhibition enable row level security;
alter table alerting.inhibition force row level security;
drop policy if exists tenant_isolation on alerting.inhibition;
create policy tenant_isolation on alerting.inhibition
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.timer enable row level security;
alter table alerting.timer force row level security;
drop policy if exists tenant_isolation on alerting.timer;
create policy tenant_isolation on alerting.timer
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.notification enable row level security;
alter table alerting.notification force row level security;
drop policy if exists tenant_isolation on alerting.notification;
create policy tenant_isolation on alerting.notification
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.delivery_attempt enable row level security;
alter table alerting.delivery_attempt force row level security;
drop policy if exists tenant_isolation on alerting.delivery_attempt;
create policy tenant_isolation on alerting.delivery_attempt
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.acknowledge_link enable row level security;
alter table alerting.acknowledge_link force row level security;
drop policy if exists tenant_isolation on alerting.acknowledge_link;
create policy tenant_isolation on alerting.acknowledge_link
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.recipient enable row level security;
alter table alerting.recipient force row level security;
drop policy if exists tenant_isolation on alerting.recipient;
create policy tenant_isolation on alerting.recipient
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.tally enable row level security;
alter table alerting.tally force row level security;
drop policy if exists tenant_isolation on alerting.tally;
create policy tenant_isolation on alerting.tally
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.handoff_watermark enable row level security;
alter table alerting.handoff_watermark force row level security;
drop policy if exists tenant_isolation on alerting.handoff_watermark;
create policy tenant_isolation on alerting.handoff_watermark
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));
