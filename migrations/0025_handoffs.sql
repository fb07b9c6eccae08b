-- migrate:up
set local role vigil_owner;

alter table alerting.setting add column handoff_notices boolean not null default true;
comment on column alerting.setting.handoff_notices is 'Whether people hear when they go on call and off.';

create table alerting.handoff_watermark (
  tenant_id int primary key references fleet.tenant (tenant_id) on delete cascade,
  told_to timestamptz not null
);
comment on table alerting.handoff_watermark is 'Up to when people have been told that they go on call or off.';

reset role;

-- migrate:down
