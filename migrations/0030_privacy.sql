-- migrate:up
set local role vigil_owner;

create table ops.data_class (
  schema_name text not null,
  table_name text not null,
  column_name text not null,
  kind text not null constraint data_kind_known check (
    kind in ('name', 'email', 'phone', 'location', 'network', 'identifier', 'free text', 'secret', 'not personal')),
  handling text not null,
  primary key (schema_name, table_name, column_name)
);
comment on table ops.data_class is 'Which columns hold personal data or secrets, of what kind, and who sees them. The comment on each column says so too; a column whose name sounds like such data and is not listed is a finding of the lint.';
comment on column ops.data_class.kind is 'not personal: it sounds so, and is not.';
comment on column ops.data_class.handling is 'Who sees it as it is, and what the others see.';

alter table fleet.metric add column personal boolean not null default false;
comment on column fleet.metric.personal is 'The metric says where a person is, or the like: viewers and SQL logins see nulls in its place.';
alter table fleet.profile add column personal int[] not null default '{}';
comment on column fleet.profile.personal is 'Positions of its personal metrics; kept by a trigger on fleet.metric.';

create table ops.personal_attribute (
  key text primary key constraint attribute_key_length check (length(key) between 1 and 200)
);
comment on table ops.personal_attribute is 'Keys of device attributes that say who uses a device or where it is: viewers and SQL logins do not see them. A DBA adds to them.';
insert into ops.personal_attribute (key) values
  ('latitude'), ('longitude'), ('lat'), ('lon'), ('lng'), ('gps'), ('location'), ('address'), ('street'), ('position'),
  ('user'), ('user_name'), ('username'), ('owner'), ('assigned_to'), ('email'), ('phone'), ('phone_number'), ('msisdn'), ('imsi');
reset role;
update fleet.metric set personal = true where name ~* '^(gps[_.-]?)?(lat|latitude|lon|lng|longitude)$';
update fleet.profile p
set personal = k.positions
from (select m.tenant_id, m.profile_id, array_agg(m.position order by m.position) as positions from fleet.metric m where m.personal group by 1, 2) k
where k.tenant_id = p.tenant_id and k.profile_id = p.profile_id;

-- Granted before as a whole; sql/ grants the columns that are not personal.
revoke select on fleet.device, fleet.latest, detect.anomaly from viewer, bi_reader;
revoke select (display_name) on alerting.person from viewer, bi_reader;

-- migrate:down
