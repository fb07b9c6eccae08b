create or replace function ops.check_worker() returns bigint
language plpgsql
as $$
declare
  v_state ops.dead_man;
  v_problem text;
  v_message text;
  v_status int;
begin
  select d.* into v_state from ops.dead_man d for update;
  select h.problem into v_problem from ops.worker_health() h;
  -- A sign of life is what ends it: its heartbeat may have been pruned since.
  if v_problem is null and v_state.late_since is not null and not exists (
    select from ops.heartbeat h where h.component = 'worker' and h.last_seen_at >= pg_catalog.now() - v_state.late_after) then
    v_problem := v_state.reason;
  end if;

  if v_problem is not null then
    update ops.dead_man d set late_since = coalesce(d.late_since, pg_catalog.now()), reason = v_problem;
    if v_state.next_at > pg_catalog.now() then
      return 0;
    end if;
    v_message := 'vigil dead man: the worker is late: ' || v_problem;
    raise warning using
      errcode = 'VGDM1',
      message = v_message,
      hint = 'Nobody is told of alerts meanwhile. Start the worker; docs/deadman.md says more.';
    v_status := ops.tell_dead_man(v_message);
    update ops.dead_man d
    set told_at = pg_catalog.now(), told_status = v_status,
      next_at = pg_catalog.now() + case when v_status <> 0 then least(interval '1 minute', d.repeat_every) else d.repeat_every end;
    return 1;
  end if;

  if v_state.late_since is null then
    return 0;
  end if;
  v_message := pg_catalog.format('vigil dead man: the worker is back; it was late since %s UTC',
    pg_catalog.to_char(v_state.late_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'));
  raise warning using
    errcode = 'VGDM0',
    message = v_message;
  v_status := ops.tell_dead_man(v_message);
  update ops.dead_man d
  set late_since = null, reason = null, told_at = pg_catalog.now(), told_status = v_status, next_at = null;
  return 1;
end
$$;
comment on function ops.check_worker() is
'Tells on a second path that the worker, which sends all other messages, is dead: a warning in the server''s log (SQLSTATE VGDM1, text "vigil dead man: the worker is late: …") and the command of vigil_platform.dead_man_command, at once, again every ops.dead_man.repeat_every while it lasts, a minute after the command failed, and once when the worker is back (VGDM0, "vigil dead man: the worker is back; …"). Returns 1 when something was told. Run by the job dead_man.';
