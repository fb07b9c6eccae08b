-- migrate:up
set local role vigil_owner;

create table fleet.site (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  site_id int generated always as identity,
  path public.ltree not null,
  name text not null,
  primary key (tenant_id, site_id),
  constraint site_path_unique unique (tenant_id, path)
);
comment on table fleet.site is 'A place in the tenant''s tree of sites; the path is the tree (emea.de.berlin lies below emea.de).';
create index site_path_gist on fleet.site using gist (path);

create table fleet.profile (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  profile_id int generated always as identity,
  name text not null constraint profile_name_is_slug check (name ~ '^[A-Za-z][A-Za-z0-9_.-]{0,62}$'),
  metric_names text[] not null default '{}',
  contract_sha256 bytea not null default '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  created_at timestamptz not null default now(),
  primary key (tenant_id, profile_id),
  constraint profile_name_unique unique (tenant_id, name)
);
comment on table fleet.profile is 'The feature contract of a kind of device: an ordered, append-only list of metrics.';
comment on column fleet.profile.metric_names is 'Names of the metrics in the order of the vector; kept by a trigger on fleet.metric.';
comment on column fleet.profile.contract_sha256 is 'SHA-256 over position, name, unit and kind of every metric; changes only when metrics are appended.';

create table fleet.metric (
  tenant_id int not null,
  profile_id int not null,
  position int not null constraint metric_position_from_one check (position between 1 and 4096),
  name text not null constraint metric_name_is_word check (name ~ '^[A-Za-z_][A-Za-z0-9_.%/-]{0,62}$'),
  unit text not null default '',
  kind text not null default 'gauge' constraint metric_kind_known check (kind in ('gauge', 'counter', 'state')),
  description text,
  primary key (tenant_id, profile_id, position),
  constraint metric_name_unique unique (tenant_id, profile_id, name),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade
);
comment on table fleet.metric is 'One element of a profile''s vector. Position, name, unit and kind never change; new metrics are appended.';

create table fleet.device (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  device_id int generated always as identity,
  external_id text not null constraint external_id_length check (length(external_id) between 1 and 200),
  name text not null,
  model text,
  site_id int,
  attributes jsonb not null default '{}' constraint attributes_is_object check (jsonb_typeof(attributes) = 'object'),
  active boolean not null default true,
  registered_at timestamptz not null default now(),
  primary key (tenant_id, device_id),
  constraint device_external_id_unique unique (tenant_id, external_id),
  foreign key (tenant_id, site_id) references fleet.site (tenant_id, site_id)
);
comment on table fleet.device is 'A phone, scanner, sensor or server of a tenant, known to its source by external_id.';
create index device_site on fleet.device (tenant_id, site_id);
create index device_model on fleet.device (tenant_id, model);

create table fleet.stream (
  tenant_id int not null,
  stream_id int generated always as identity,
  device_id int not null,
  profile_id int not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, stream_id),
  constraint stream_unique unique (tenant_id, device_id, profile_id),
  foreign key (tenant_id, device_id) references fleet.device (tenant_id, device_id) on delete cascade,
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id)
);
comment on table fleet.stream is 'One device speaking one profile: the unit that readings, features, scores and anomalies belong to.';
create index stream_profile on fleet.stream (tenant_id, profile_id);

reset role;

-- migrate:down
