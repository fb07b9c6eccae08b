-- migrate:up
-- For exclusion constraints over numbers and ranges of time.
create extension if not exists btree_gist;

set local role vigil_owner;

create table alerting.former_fallback (
  tenant_id int not null,
  schedule_id int not null,
  until_ts timestamptz not null constraint until_ts_is_finite check (isfinite(until_ts)),
  person_id int,
  primary key (tenant_id, schedule_id, until_ts),
  foreign key (tenant_id, schedule_id) references alerting.schedule (tenant_id, schedule_id) on delete cascade,
  foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete set null (person_id)
);
comment on table alerting.former_fallback is 'Who was a schedule''s fallback until when, null for nobody. After the last one it is the schedule''s own.';

create table alerting.schedule_layer (
  tenant_id int not null,
  layer_id int generated always as identity,
  schedule_id int not null,
  name text not null constraint layer_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  priority int not null constraint priority_bounded check (priority between -1000 and 1000),
  time_zone text not null,
  unit text not null constraint unit_known check (unit in ('hour', 'day', 'week', 'month')),
  length int not null constraint length_bounded check (length between 1 and 1000),
  start_date date not null constraint start_date_bounded check (start_date between '1970-01-01' and '2200-01-01'),
  handoff_time time not null constraint handoff_time_is_of_a_day check (handoff_time < '24:00'),
  slot_count int not null constraint slot_count_bounded check (slot_count between 1 and 1000),
  effective_from timestamptz not null constraint effective_from_is_finite check (isfinite(effective_from)),
  effective_until timestamptz constraint effective_until_is_finite check (isfinite(effective_until)),
  primary key (tenant_id, layer_id),
  foreign key (tenant_id, schedule_id) references alerting.schedule (tenant_id, schedule_id) on delete cascade,
  constraint layer_ends_after_it_begins check (effective_until >= effective_from),
  constraint layer_name_unique_at_a_time exclude using gist (
    tenant_id with =, schedule_id with =, name with =, tstzrange(effective_from, effective_until) with &&)
);
comment on table alerting.schedule_layer is 'A rotation of a schedule, in one version: a change ends this row and begins another, so that the past stays as it was.';
comment on column alerting.schedule_layer.priority is 'The highest layer that has somebody decides; layers of equal priority do so together.';
comment on column alerting.schedule_layer.length is 'A turn lasts so many units of the calendar, on the wall clock of time_zone.';
comment on column alerting.schedule_layer.start_date is 'The first turn begins on this day at handoff_time, local time; before there is nobody. A month''s turn that would begin on the 31st begins on the last day of a shorter month.';
comment on column alerting.schedule_layer.slot_count is 'Turns go to slots 1 to slot_count, then to 1 again.';
comment on column alerting.schedule_layer.effective_until is 'Null: until changed. Equal to effective_from: replaced before it began.';

create table alerting.layer_member (
  tenant_id int not null,
  layer_id int not null,
  slot int not null constraint slot_bounded check (slot between 1 and 1000),
  person_id int not null,
  primary key (tenant_id, layer_id, slot, person_id),
  foreign key (tenant_id, layer_id) references alerting.schedule_layer (tenant_id, layer_id) on delete cascade,
  foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete cascade
);
comment on table alerting.layer_member is 'Who is in a slot of a rotation: several at once, or, without a row, nobody.';

create table alerting.layer_restriction (
  tenant_id int not null,
  layer_id int not null,
  restriction_no int not null constraint restriction_no_bounded check (restriction_no between 1 and 50),
  weekdays int[] constraint weekdays_are_iso check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7] and cardinality(weekdays) > 0),
  from_time time not null default '00:00' constraint from_time_is_of_a_day check (from_time < '24:00'),
  to_time time not null default '24:00',
  primary key (tenant_id, layer_id, restriction_no),
  foreign key (tenant_id, layer_id) references alerting.schedule_layer (tenant_id, layer_id) on delete cascade
);
comment on table alerting.layer_restriction is 'When a layer counts, in local time of its zone: in any of its windows. Without a row: always.';
comment on column alerting.layer_restriction.weekdays is 'ISO days (1 is Monday) on which the window begins; null: every day.';
comment on column alerting.layer_restriction.to_time is 'Not after from_time: on the next day.';

create table alerting.schedule_override (
  tenant_id int not null,
  override_id int generated always as identity,
  schedule_id int not null,
  kind text not null constraint kind_known check (kind in ('add', 'remove', 'replace')),
  person_in int,
  person_out int,
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  reason text constraint reason_length check (length(reason) between 1 and 1000),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, override_id),
  foreign key (tenant_id, schedule_id) references alerting.schedule (tenant_id, schedule_id) on delete cascade,
  foreign key (tenant_id, person_in) references alerting.person (tenant_id, person_id) on delete cascade,
  foreign key (tenant_id, person_out) references alerting.person (tenant_id, person_id) on delete cascade,
  constraint kind_names_its_people check (case kind
    when 'add' then person_in is not null and person_out is null
    when 'remove' then person_in is null and person_out is not null
    else person_in is not null and person_in is distinct from person_out end),
  constraint override_is_of_a_year_at_most check (from_ts < to_ts and to_ts - from_ts <= interval '366 days'),
  constraint override_takes_out_once exclude using gist (
    tenant_id with =, schedule_id with =, coalesce(person_out, 0) with =, tstzrange(from_ts, to_ts) with &&) where (kind <> 'add'),
  constraint override_adds_once exclude using gist (
    tenant_id with =, schedule_id with =, person_in with =, tstzrange(from_ts, to_ts) with &&) where (kind = 'add')
);
comment on table alerting.schedule_override is 'For a while somebody is on call besides the others (add), is not (remove), or stands in for somebody (replace).';
comment on column alerting.schedule_override.person_in is 'Who comes. While they are inactive or unavailable the override has no effect.';
comment on column alerting.schedule_override.person_out is 'Who goes wherever the layers name them; null for replace: everybody that the layers name.';

create table alerting.unavailability (
  tenant_id int not null,
  unavailability_id int generated always as identity,
  person_id int not null,
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  reason text constraint reason_length check (length(reason) between 1 and 1000),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, unavailability_id),
  foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete cascade,
  constraint unavailability_ends_after_it_begins check (from_ts < to_ts and to_ts <> 'infinity')
);
comment on table alerting.unavailability is 'When somebody cannot be on call: schedules go on as if they were not in their slots.';
create index unavailability_person on alerting.unavailability (tenant_id, person_id, to_ts);
create index schedule_layer_schedule on alerting.schedule_layer (tenant_id, schedule_id);

reset role;

-- migrate:down
