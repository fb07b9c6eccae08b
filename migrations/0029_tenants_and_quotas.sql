-- migrate:up
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'vigil_logins') then
    create role vigil_logins nologin;
  end if;
end $$;
-- Makes, ends and watches the SQL logins of tenants, and nothing else: CREATEROLE reaches the roles that it made alone, and
-- bi_reader is all that it may make them members of. Nobody can log in as it.
alter role vigil_logins nologin nosuperuser createrole nocreatedb nobypassrls;
grant bi_reader to vigil_logins with admin option, inherit false, set false;
-- Of the limits of a login the one that the login itself cannot change.
grant set on parameter temp_file_limit to vigil_logins;

set local role vigil_owner;

create table ops.plan (
  plan_name text primary key constraint plan_name_is_slug check (plan_name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  description text not null,
  max_devices bigint constraint max_devices_positive check (max_devices > 0),
  max_users bigint constraint max_users_positive check (max_users > 0),
  max_points_a_day bigint constraint max_points_positive check (max_points_a_day > 0),
  max_storage_bytes bigint constraint max_storage_positive check (max_storage_bytes > 0),
  max_alerts_a_day bigint constraint max_alerts_positive check (max_alerts_a_day > 0)
);
comment on table ops.plan is 'What tenants of a plan may use. A DBA changes the rows; null: no limit.';
comment on column ops.plan.max_devices is 'Devices that are active.';
comment on column ops.plan.max_users is 'Accounts with an active membership, invited ones included.';
comment on column ops.plan.max_points_a_day is 'Values stored on one day, UTC, whatever the time of their reading.';
comment on column ops.plan.max_storage_bytes is 'What the tenant''s data take on disk, archive files included. fleet.tenant.storage_quota replaces it for one tenant.';
comment on column ops.plan.max_alerts_a_day is 'Alerts raised on one day, UTC. Those beyond are raised as well, and nobody is told of them.';

insert into ops.plan (plan_name, description, max_devices, max_users, max_points_a_day, max_storage_bytes, max_alerts_a_day)
values
  ('free', 'To try it.', 25, 3, 1000000, 1000000000, 100),
  ('standard', 'A fleet of some hundred devices.', 1000, 25, 100000000, 100000000000, 2000),
  ('enterprise', 'A fleet of many thousand devices.', 50000, 500, 5000000000, 5000000000000, 50000),
  ('unlimited', 'No limits.', null, null, null, null, null);

alter table fleet.tenant
  add column plan_name text not null default 'unlimited',
  add column suspended_at timestamptz,
  add column suspended_because text
    constraint suspended_because_is_short check (suspended_because ~ '[^[:space:]]' and length(suspended_because) <= 1000),
  add constraint suspended_is_not_active check (suspended_at is null or not active),
  add constraint suspended_says_why check ((suspended_at is null) = (suspended_because is null));
comment on column fleet.tenant.active is 'false: its tokens, keys and SQL logins are refused, nothing is taken in, and no job works for it but those that remove what is past its limit.';
comment on column fleet.tenant.suspended_at is 'When it was suspended; null: it is not.';
comment on column fleet.tenant.suspended_because is 'Why; deletion is one reason.';

create table ops.usage (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  day date not null,
  devices bigint not null default 0,
  users bigint not null default 0,
  points bigint not null default 0,
  storage_bytes bigint not null default 0,
  alerts bigint not null default 0,
  counted_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, day)
) with (fillfactor = 70);
comment on table ops.usage is 'What each tenant used on each day, UTC. The job usage counts every minute; the last count of a day stays.';
comment on column ops.usage.points is 'Values that came on the day through ingestion, sources and imports. What a repeated request brings again does not count.';
comment on column ops.usage.storage_bytes is 'By the last measurement of the job storage, the points since then, and the files of archive and export.';

create table ops.point_log (
  tenant_id int not null,
  at timestamptz not null default clock_timestamp(),
  points bigint not null
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on table ops.point_log is 'How many values each request stored, written with them; the job usage adds them up and removes the rows. A counter in one row would make requests of a tenant wait for one another.';
create index point_log_tenant on ops.point_log (tenant_id);

create table ops.tenant_export (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  export_id bigint generated always as identity,
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  state text not null default 'requested' constraint state_known check (state in ('requested', 'writing', 'done', 'failed')),
  folder text not null,
  parts_done text[] not null default '{}',
  started_at timestamptz,
  finished_at timestamptz,
  files int not null default 0,
  row_count bigint not null default 0,
  bytes bigint not null default 0,
  manifest_sha256 text,
  message text,
  primary key (tenant_id, export_id),
  constraint finished_has_time check ((state in ('done', 'failed')) = (finished_at is not null)),
  constraint done_has_manifest check (state <> 'done' or manifest_sha256 is not null)
);
comment on table ops.tenant_export is 'Exports of all of a tenant''s data to files, made by the job tenants in the order of their request.';
comment on column ops.tenant_export.folder is 'Below the directory of the setting vigil_platform.archive_directory.';
comment on column ops.tenant_export.parts_done is 'What has been written: each is one transaction, and after a crash the next goes on there.';
comment on column ops.tenant_export.manifest_sha256 is 'Of manifest.json in the folder, which has the SHA-256 of every other file.';
comment on column ops.tenant_export.message is 'Why it failed.';

create table ops.tenant_export_file (
  tenant_id int not null,
  export_id bigint not null,
  path text not null,
  content text not null,
  row_count bigint not null,
  bytes bigint not null,
  sha256 text not null,
  primary key (tenant_id, export_id, path),
  foreign key (tenant_id, export_id) references ops.tenant_export (tenant_id, export_id) on delete cascade
);
comment on table ops.tenant_export_file is 'The files of an export, entered as each is written.';
comment on column ops.tenant_export_file.content is 'The table whose rows it holds.';

create table ops.deletion_certificate (
  tenant_id int not null,
  certificate_id bigint generated always as identity,
  tenant_name text not null,
  display_name text not null,
  state text not null default 'requested' constraint state_known check (state in ('requested', 'counted', 'emptied', 'removed', 'certified')),
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  tenant_since timestamptz not null,
  rows_before jsonb,
  files_before bigint,
  logins text[] not null default '{}',
  audit_head jsonb,
  removed_at timestamptz,
  rows_after bigint,
  files_after bigint,
  certified_at timestamptz,
  signed text,
  message text,
  primary key (tenant_id, certificate_id),
  constraint one_deletion unique (tenant_id),
  constraint certified_is_signed check ((state = 'certified') = (signed is not null))
);
comment on table ops.deletion_certificate is 'Deletions of tenants, step by step, and what proves them. Stays when the tenant is gone, so it refers to none.';
comment on column ops.deletion_certificate.state is 'requested: the tenant is shut; counted: what there is has been counted; emptied: readings, features, scores and files are gone; removed: all else is; certified: counted again, nothing is left, and signed.';
comment on column ops.deletion_certificate.rows_before is 'Rows by table, those without any left out.';
comment on column ops.deletion_certificate.audit_head is 'The last entry of its audit trail: number, time and, where the trail is chained, hash.';
comment on column ops.deletion_certificate.rows_after is 'Rows that all tables still held of the tenant when it was counted again.';
comment on column ops.deletion_certificate.signed is 'A JWT of type deletion-certificate over all of this, by the key that signs access tokens; GET the public half where those are checked.';
comment on column ops.deletion_certificate.message is 'What the last run stumbled over; null: nothing.';

alter table ops.job drop constraint job_known;
alter table ops.job add constraint job_known check (
  job_name in ('features', 'scores', 'anomalies', 'rules', 'alerts', 'escalations', 'rollups', 'sources', 'train', 'prune', 'retention', 'archive',
    'verify', 'storage', 'dead_man', 'password_resets', 'sessions', 'audit_chain', 'audit_heads', 'usage', 'tenants', 'logins'));

alter table alerting.alert drop constraint muted_by_known,
  add constraint muted_by_known check (muted_by in ('silence', 'inhibition', 'quota'));

-- It takes the plan from now on.
drop function if exists ops.create_tenant(text, text);

-- They say how many devices had no room from now on.
drop function if exists fleet.open_named_streams(int, jsonb[]);

alter table auth.login
  add column name text,
  add column expires_at timestamptz,
  add column tenant_active boolean not null default true;
comment on column auth.login.name is 'What the tenant calls it; null for what a DBA mapped.';
comment on column auth.login.tenant_active is 'As in fleet.tenant, kept by a trigger there: auth.tenant_id() can look here, and there only by asking itself.';
comment on column auth.login.expires_at is 'From when its password is no longer taken; null: for ever.';

alter table auth.login add constraint login_name_of_tenant unique (tenant_id, name);
-- Row security holds for the owner too, and so for what checks a foreign key.
reset role;
alter table fleet.tenant add foreign key (plan_name) references ops.plan (plan_name);
update auth.login l set tenant_active = t.active from fleet.tenant t where t.tenant_id = l.tenant_id and not t.active;

-- migrate:down
