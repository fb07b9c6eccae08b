create or replace function audit.note_rows() returns trigger
language c security definer
set search_path = pg_catalog, pg_temp
-- No value changes the plan, and each session would otherwise plan five times before it finds out.
set plan_cache_mode = force_generic_plan
as '$libdir/vigil_platform', 'note_rows_wrapper';
comment on function audit.note_rows() is
'Trigger for each statement that inserts or deletes rows (its transition table has any name): an entry of the audit trail for each, with the columns that are not null, shown as by audit.note_changes. Arguments: the columns that name a row, those that are masked. Rows of no tenant are noted with the tenant named platform, where there is one. Owned by vigil_auth.';
revoke execute on function audit.note_rows() from public;
