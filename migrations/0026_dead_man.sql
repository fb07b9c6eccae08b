-- migrate:up
set local role vigil_owner;

create table ops.dead_man (
  only_row boolean primary key default true constraint only_one_row check (only_row),
  late_after interval not null default interval '90 seconds'
    constraint late_after_bounded check (late_after between interval '30 seconds' and interval '1 day'),
  repeat_every interval not null default interval '10 minutes'
    constraint repeat_every_bounded check (repeat_every between interval '1 minute' and interval '1 day'),
  late_since timestamptz,
  reason text,
  told_at timestamptz,
  told_status int,
  next_at timestamptz,
  constraint late_has_reason check ((late_since is null) = (reason is null))
);
comment on table ops.dead_man is 'Whether the worker is late, and how that was told on the second path. One row; a DBA may change late_after and repeat_every.';
comment on column ops.dead_man.late_after is 'How long no worker may report, or a message that could be sent may wait.';
comment on column ops.dead_man.repeat_every is 'How often the command runs again while the worker stays late. One that failed runs again after a minute.';
comment on column ops.dead_man.late_since is 'Since when it is known to be late; null: it is not.';
comment on column ops.dead_man.told_at is 'When the command last ran.';
comment on column ops.dead_man.told_status is 'Its exit status; null when there was no command.';
comment on column ops.dead_man.next_at is 'When the command runs again while the worker stays late.';
insert into ops.dead_man default values;

reset role;

-- migrate:down
