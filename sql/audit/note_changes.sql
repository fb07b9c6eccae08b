create or replace function audit.note_changes() returns trigger
language c security definer
set search_path = pg_catalog, pg_temp
-- No value changes the plan, and each session would otherwise plan five times before it finds out.
set plan_cache_mode = force_generic_plan
as '$libdir/vigil_platform', 'note_changes_wrapper';
comment on function audit.note_changes() is
'Trigger for each statement that updates rows (its transition tables have any names): an entry of the audit trail for each row that it changed, with the columns that changed, those of more than 2000 bytes of JSON by their length and SHA-256, secrets in objects masked by their names. Arguments: the columns that name a row, those that are masked, those that do not count. Owned by vigil_auth.';
revoke execute on function audit.note_changes() from public;
