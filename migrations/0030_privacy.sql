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
reset role;
update fleet.metric set personal = true where name ~* '^(gps_?)?(lat|latitude|lon|lng|longitude)$';

-- migrate:down
