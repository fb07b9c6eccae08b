-- migrate:up
set local role vigil_owner;

create table fleet.tenant (
  tenant_id int generated always as identity primary key,
  name text not null
    constraint tenant_name_unique unique
    constraint tenant_name_is_slug check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  display_name text not null,
  active boolean not null default true,
  unknown_device text not null default 'refuse'
    constraint unknown_device_known check (unknown_device in ('refuse', 'register')),
  created_at timestamptz not null default now()
);
comment on table fleet.tenant is 'A customer. Every other table carries tenant_id first in its keys.';
comment on column fleet.tenant.unknown_device is 'What ingestion does with a device it has never seen: refuse the reading, or register the device when the reading names its profile.';

create table auth.login (
  login_name name primary key,
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  note text,
  created_at timestamptz not null default now()
);
comment on table auth.login is 'Which tenant a direct SQL login (BI tool, Grafana) belongs to. Claims set by such a login are not believed.';

reset role;

-- migrate:down
