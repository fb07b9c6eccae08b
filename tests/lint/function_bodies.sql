-- Functions mean the same under every search_path: with an empty one, every name in them is found, and plpgsql_check
-- finds no mistake, unused variable or injection.
begin;
set local client_min_messages = error;
create extension plpgsql_check schema public;
-- What the importer's caller and the importer itself make.
create temp table import_line (line_no bigint, line text);
create temp table import_rejected (line_no bigint, code text, message text);
create temp table import_sound (line_no bigint, ts timestamptz, values float8[]);
set local search_path = '';

select pg_catalog.format('%s line %s: %s %s %s', f.oid::pg_catalog.regprocedure, c.lineno, c.level, c.message, c.hint)
from pg_catalog.pg_proc f
join pg_catalog.pg_namespace n on n.oid = f.pronamespace and n.nspowner = 'vigil_owner'::pg_catalog.regrole
join pg_catalog.pg_language l on l.oid = f.prolang and l.lanname = 'plpgsql'
left join pg_catalog.pg_trigger t on t.tgfoid = f.oid
cross join lateral public.plpgsql_check_function_tb(f.oid, coalesce(t.tgrelid, 0), fatal_errors => false,
  other_warnings => true, extra_warnings => true, performance_warnings => false, security_warnings => true,
  newtable => t.tgnewtable,
  oldtable => t.tgoldtable) c
-- Parameters are named for the people who call the API.
where c.message !~ 'is reserved keyword'
order by 1;

create temp table problem (line text);
do $$
declare
  v_function record;
begin
  set local check_function_bodies = on;
  for v_function in
    select f.oid::pg_catalog.regprocedure as name, pg_catalog.pg_get_functiondef(f.oid) as definition
    from pg_catalog.pg_proc f
    join pg_catalog.pg_namespace n on n.oid = f.pronamespace and n.nspowner = 'vigil_owner'::pg_catalog.regrole
    join pg_catalog.pg_language l on l.oid = f.prolang and l.lanname = 'sql'
    where f.prokind <> 'a'
  loop
    begin
      execute v_function.definition;
    exception when others then
      insert into pg_temp.problem values (pg_catalog.format('%s: %s', v_function.name, sqlerrm));
    end;
  end loop;
end
$$;
select p.line from pg_temp.problem p order by 1;
rollback;
