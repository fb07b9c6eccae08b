create or replace function ops.tell_dead_man(message text) returns int
language plpgsql
as $$
declare
  v_failure text;
begin
  return vigil_platform.run_dead_man_command(pg_catalog.format(E'%s\nDatabase: %s\n', message, pg_catalog.current_database()));
exception
  when others then
    get stacked diagnostics v_failure = message_text;
    raise warning using
      errcode = 'VGDM1',
      message = 'vigil dead man: the command could not be run: ' || v_failure,
      hint = 'Look at the setting vigil_platform.dead_man_command.';
    return 127;
end
$$;
comment on function ops.tell_dead_man(text) is
'Runs the command of the second path with a message. Returns its exit status, null when there is no command, 127 when it could not be run.';
