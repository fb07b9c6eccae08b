-- Every object × every verb × every role × own and other tenant, executed, against expected.csv. All of it happens in
-- one transaction that is rolled back; each attempt in a subtransaction of its own.
--
-- expected.csv has a line per object and a column per role. Letters are as in Postgres' access lists: r select,
-- a insert, w update, d delete, X execute; in parentheses when for some columns only; - for nothing at all.
-- What a role may do, it may do to its own tenant's rows and to no others: that is not declared, it is the rule.
\set QUIET on
\pset format unaligned
\pset tuples_only on
set client_min_messages = warning;
begin;
\ir fixture.sql

create table isolation.declared (
  object text primary key, anon text, viewer text, analyst text, operator text, tenant_admin text, platform_admin text,
  bi_reader text, vigil_worker text, vigil_api text
);
\copy isolation.declared from 'expected.csv' with (format csv, header match)
create table isolation.call (function text primary key, own text, foreign_call text, foreign_state text, own_state text not null default '00000');
\ir calls.sql

-- Every attempt is undone, so what a tenant has is the same before each.
alter table isolation.tenant add column fingerprint text;
update isolation.tenant t set fingerprint = isolation.fingerprint(t.tenant_id);

-- Becomes a role of a tenant as it would be met in life. vigil_api is met inside the functions and views it owns, so a
-- statement of its is run by a function that it owns.
create function isolation.become(role text, tenant text) returns void
language plpgsql as $$
declare
  v_login text := case role when 'bi_reader' then 'bi_isolation_' || tenant when 'vigil_worker' then role else 'authenticator' end;
begin
  perform set_config('request.jwt.claims', json_build_object('role', role, 'sub', 'isolation',
    'tenant_id', (select t.tenant_id from isolation.tenant t where t.name = tenant))::text, true);
  execute format('set local session authorization %I', v_login);
  if v_login = 'authenticator' then
    execute format('set local role %I', case role when 'vigil_api' then 'viewer' else role end);
  end if;
end $$;

-- Runs a statement: its row count, or the two numbers that a query (select own, foreign) answers; text for a call.
create function isolation.run(statement text, kind text, out own bigint, out others bigint, out answer text)
language plpgsql as $$
begin
  if kind = 'query' then
    execute statement into own, others;
  elsif kind = 'call' then
    execute format('select string_agg(x::text, '';'') from (%s) x', statement) into answer;
  else
    execute statement;
    get diagnostics own = row_count;
  end if;
end $$;
create function isolation.run_as_vigil_api(statement text, kind text, out own bigint, out others bigint, out answer text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select r.own, r.others, r.answer into own, others, answer from isolation.run(statement, kind) r;
end $$;
alter function isolation.run_as_vigil_api owner to vigil_api;

-- Sequences keep what is undone: how many attempts there were, and how many of them were refused.
create sequence isolation.tried;
create sequence isolation.refused;

-- attempt: what becomes of a statement of a role. prepare is run before it by the superuser. The other tenant's rows are
-- read again afterwards by the superuser. Nothing of it stays.
create function isolation.attempt(role text, me text, statement text, kind text, prepare text default null,
  out state text, out message text, out own bigint, out others bigint, out answer text, out untouched boolean)
language plpgsql as $$
declare
  v_superuser text := session_user;
  v_them isolation.tenant := (select t from isolation.tenant t where t.name <> me);
begin
  perform nextval('isolation.tried');
  begin
    if prepare is not null then
      set local session_replication_role = replica;
      execute prepare;
      set local session_replication_role = origin;
    end if;
    perform isolation.become(role, me);
    if role = 'vigil_api' then
      select r.own, r.others, r.answer into own, others, answer from isolation.run_as_vigil_api(statement, kind) r;
    else
      select r.own, r.others, r.answer into own, others, answer from isolation.run(statement, kind) r;
    end if;
    execute format('set local session authorization %I', v_superuser);
    raise sqlstate 'VG000' using detail = json_build_object('own', own, 'others', others, 'answer', answer,
      -- A query that is not a call cannot have written.
      'untouched', kind = 'query' or isolation.fingerprint(v_them.tenant_id) = v_them.fingerprint);
  exception
    when sqlstate 'VG000' then
      get stacked diagnostics message = pg_exception_detail;
      select r.own, r.others, r.answer, r.untouched into own, others, answer, untouched from json_to_record(message::json) as r (own bigint, others bigint, answer text, untouched boolean);
      state := '00000';
      message := null;
    when others then
      get stacked diagnostics state = returned_sqlstate, message = message_text;
      untouched := true;
      perform nextval('isolation.refused');
  end;
end $$;
-- Refused for lack of a privilege, or because the view or function is not made for it.
create function isolation.no_privilege(state text, message text) returns boolean
language sql immutable as $$ select state = '42501' and message like 'permission denied for %' or state in ('55000', '0A000') $$;

create table isolation.breach (object text, role text, me text, attempted text, what text);
-- Notes a breach and goes on.
create function isolation.breached(object text, role text, me text, attempted text, what text) returns void
language sql as $$ insert into isolation.breach values ($1, $2, $3, $4, $5) $$;

-- The verbs that a role turns out to have on a table or view.
create function isolation.verbs_on(relation regclass, role text, me text) returns text
language plpgsql as $$
declare
  v_acting text := case role when 'bi_reader' then 'bi_isolation_' || me else role end;
  v_mine int := (select t.tenant_id from isolation.tenant t where t.name = me);
  v_theirs int := (select t.tenant_id from isolation.tenant t where t.name <> me);
  v_them text := (select t.name from isolation.tenant t where t.name <> me);
  v_is_view boolean := (select c.relkind = 'v' from pg_class c where c.oid = relation);
  v_has_tenant boolean := exists (select from isolation.tenant_table t where t.name = relation);
  v_says_tenant boolean := exists (select from pg_attribute a where a.attrelid = relation and a.attname = 'tenant_id');
  v_is_mine text := case when v_has_tenant or v_says_tenant then format('tenant_id = %s', v_mine) when v_is_view then format('x::text like %L', '%' || me || '%') else 'true' end;
  v_is_theirs text := case when v_has_tenant or v_says_tenant then format('tenant_id is distinct from %s', v_mine)
    when v_is_view then format('(x::text like %L or x::text not like %L)', '%' || v_them || '%', '%' || me || '%') else 'false' end;
  v_verbs text := '';
  v_letter text;
  v_privilege text;
  v_all text[];
  v_columns text[];
  v_column text;
  v_got record;
  v_row text;
begin
  for v_letter, v_privilege in values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE') loop
    select array_agg(quote_ident(a.attname) order by a.attnum),
      array_agg(quote_ident(a.attname) order by a.attnum) filter (where v_privilege <> 'DELETE' and has_column_privilege(v_acting, relation, a.attname, v_privilege))
    into v_all, v_columns
    from pg_attribute a
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
    v_columns := coalesce(v_columns, v_all);

    if v_letter = 'r' then
      v_got := isolation.attempt(role, me, format('select count(*) filter (where %s), count(*) filter (where %s) from (select %s from %s) x',
        v_is_mine, v_is_theirs, array_to_string(v_columns, ', '), relation), 'query');
      if v_got.state = '00000' and v_got.others > 0 then
        perform isolation.breached(relation::text, role, me, 'select', format('%s rows of others are seen', v_got.others));
      end if;
      if v_got.state = '00000' and v_got.own = 0 then
        perform isolation.breached(relation::text, role, me, 'select', 'its own rows are not seen');
      end if;

    elsif v_letter = 'a' and v_has_tenant then
      -- The superuser takes a row out, and the role puts it back: so it fits in every other respect.
      for v_row in select x from unnest(array[v_mine, v_theirs]) x loop
        v_got := isolation.attempt(role, me,
          format('insert into %s (%s) overriding system value select %s from jsonb_populate_record(null::%s, current_setting(''isolation.row'')::jsonb)',
            relation, array_to_string(v_columns, ', '), array_to_string(v_columns, ', '), relation),
          'write',
          format('with taken as (delete from %1$s where (tableoid, ctid) = (select tableoid, ctid from %1$s where tenant_id = %2$s limit 1) returning *)
            select set_config(''isolation.row'', (to_jsonb(t) %3$s)::text, true) from taken t', relation, v_row,
            -- Metrics can only be appended.
            case when relation = 'fleet.metric'::regclass then '|| ''{"position": null, "name": "fresh"}''' else '' end));
        if v_row::int = v_theirs then
          if v_got.state <> '42501' then
            perform isolation.breached(relation::text, role, me, 'insert', format('a row for another tenant is not refused as such: %s %s', v_got.state, v_got.message));
          end if;
        else
          v_letter := case when v_got.state = '00000' then 'a' when isolation.no_privilege(v_got.state, v_got.message) then '' else 'a' end;
          if v_got.state <> '00000' and v_letter = 'a' then
            perform isolation.breached(relation::text, role, me, 'insert', format('a row of its own is refused: %s %s', v_got.state, v_got.message));
          end if;
        end if;
      end loop;
      if v_letter = 'a' then
        v_verbs := v_verbs || case when cardinality(v_columns) < cardinality(v_all) then '(a)' else 'a' end;
      end if;
      continue;

    elsif v_letter = 'a' then
      v_got := isolation.attempt(role, me, format('insert into %s default values', relation), 'write');

    elsif v_letter = 'w' then
      -- The last column, which is no key.
      v_column := v_columns[cardinality(v_columns)];
      v_got := isolation.attempt(role, me, format('update %1$s x set %2$s = %2$s where %3$s', relation, v_column, v_is_theirs), 'write');
      if v_got.state = '00000' and v_got.own > 0 then
        perform isolation.breached(relation::text, role, me, 'update', format('%s rows of others are updated', v_got.own));
      end if;
      if v_has_tenant and 'tenant_id' = any (v_columns) then
        v_got := isolation.attempt(role, me, format('update %s set tenant_id = %s', relation, v_theirs), 'write');
        -- An identity column cannot be set to anything (428C9).
        if v_got.state not in ('42501', '428C9') then
          perform isolation.breached(relation::text, role, me, 'update', format('rows can be given to another tenant: %s %s', v_got.state, v_got.message));
        end if;
      end if;
      v_got := isolation.attempt(role, me, format('update %1$s x set %2$s = %2$s', relation, v_column), 'write');
      if v_got.state = '00000' and v_has_tenant and v_got.own <> isolation.row_count(relation, v_mine) then
        perform isolation.breached(relation::text, role, me, 'update', format('%s rows are updated, it has %s', v_got.own, isolation.row_count(relation, v_mine)));
      end if;

    elsif v_letter = 'd' then
      v_got := isolation.attempt(role, me, format('delete from %s x where %s', relation, v_is_theirs), 'write');
      if v_got.state = '00000' and v_got.own > 0 then
        perform isolation.breached(relation::text, role, me, 'delete', format('%s rows of others are deleted', v_got.own));
      end if;
      v_got := isolation.attempt(role, me, format('delete from %s', relation), 'write');
      if v_got.state = '00000' and v_has_tenant and v_got.own <> isolation.row_count(relation, v_mine) then
        perform isolation.breached(relation::text, role, me, 'delete', format('%s rows are deleted, it has %s', v_got.own, isolation.row_count(relation, v_mine)));
      end if;
    end if;

    if not v_got.untouched then
      perform isolation.breached(relation::text, role, me, v_privilege, 'what another tenant has is changed');
    end if;
    if not isolation.no_privilege(v_got.state, v_got.message) then
      v_verbs := v_verbs || case when v_letter <> 'd' and cardinality(v_columns) < cardinality(v_all) then format('(%s)', v_letter) else v_letter end;
    end if;
  end loop;
  return coalesce(nullif(v_verbs, ''), '-');
end $$;

-- Whether a role can call a function of api, and what it then sees.
create function isolation.verbs_of_api(function regprocedure, role text, me text) returns text
language plpgsql as $$
declare
  v_call isolation.call := (select c from isolation.call c where c.function = verbs_of_api.function::text);
  v_them text := (select t.name from isolation.tenant t where t.name <> me);
  v_secret text := (select t.secret::text from isolation.tenant t where t.name <> me);
  v_whose text;
  v_statement text;
  v_got record;
  v_verbs text := '-';
begin
  if v_call is null then
    perform isolation.breached(function::text, role, me, 'execute', 'calls.sql does not say how it is called');
    return '?';
  end if;
  foreach v_whose in array '{foreign,own}'::text[] loop
    v_statement := replace(replace(case v_whose when 'own' then v_call.own else v_call.foreign_call end, '{me}', me), '{them}', v_them);
    v_statement := replace(replace(v_statement,
      '{my anomaly}', (select min(a.anomaly_id)::text from detect.anomaly a join isolation.tenant t using (tenant_id) where t.name = me)),
      '{their anomaly}', (select min(a.anomaly_id)::text from detect.anomaly a join isolation.tenant t using (tenant_id) where t.name = v_them));
    v_statement := replace(replace(v_statement,
      '{my incident}', (select min(i.incident_id)::text from alerting.incident i join isolation.tenant t using (tenant_id) where t.name = me)),
      '{their incident}', (select min(i.incident_id)::text from alerting.incident i join isolation.tenant t using (tenant_id) where t.name = v_them));
    v_got := isolation.attempt(role, me, v_statement, 'call');
    if not v_got.untouched then
      perform isolation.breached(function::text, role, me, v_whose || ' call', 'what another tenant has is changed');
    end if;
    if v_got.answer like '%' || v_secret || '%' then
      perform isolation.breached(function::text, role, me, v_whose || ' call', 'it tells what another tenant measured');
    end if;
    if isolation.no_privilege(v_got.state, v_got.message) then
      v_verbs := '-';
    else
      v_verbs := 'X';
      if v_got.state <> (case v_whose when 'own' then v_call.own_state else v_call.foreign_state end) then
        perform isolation.breached(function::text, role, me, v_whose || ' call', format('ends with %s %s', v_got.state, v_got.message));
      end if;
    end if;
  end loop;
  return v_verbs;
end $$;

-- Whether a role can call a function of another schema: with nulls, which is enough to be refused.
create function isolation.verbs_of(function regprocedure, role text, me text) returns text
language plpgsql as $$
declare
  v_got record;
  v_function pg_proc := (select p from pg_proc p where p.oid = function);
  v_arguments text := (select string_agg(format('null::%s', t.oid::regtype), ', ' order by a.n) from unnest(v_function.proargtypes) with ordinality as a (type, n) join pg_type t on t.oid = a.type);
begin
  v_got := isolation.attempt(role, me, format(case v_function.prokind when 'p' then 'call %s.%I(%s)' else 'select %s.%I(%s)' end,
    v_function.pronamespace::regnamespace, v_function.proname, v_arguments), 'write');
  if not v_got.untouched then
    perform isolation.breached(function::text, role, me, 'call', 'what another tenant has is changed');
  end if;
  -- What it may not do inside is another matter.
  return case when v_got.state = '42501' and v_got.message in (format('permission denied for schema %s', v_function.pronamespace::regnamespace),
      format('permission denied for %s %s', case v_function.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, v_function.proname))
    then '-' else 'X' end;
end $$;

create table isolation.object as
select c.oid::regclass::text as object, c.oid, case c.relkind when 'v' then 'view' else 'table' end as kind
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where pg_get_userbyid(n.nspowner) = 'vigil_owner' and c.relkind in ('r', 'p', 'v', 'm')
union all
select p.oid::regprocedure::text, p.oid, case n.nspname when 'api' then 'api function' else 'function' end
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where pg_get_userbyid(n.nspowner) = 'vigil_owner';

create table isolation.found as
select o.object, d.role, t.name as me,
  case o.kind when 'api function' then isolation.verbs_of_api(o.oid, d.role, t.name) when 'function' then isolation.verbs_of(o.oid, d.role, t.name)
    else isolation.verbs_on(o.oid, d.role, t.name) end as verbs
from isolation.object o
cross join unnest('{anon,viewer,analyst,operator,tenant_admin,platform_admin,bi_reader,vigil_worker,vigil_api}'::text[]) as d (role)
cross join isolation.tenant t;

-- Results.
create function isolation.tap(passed boolean, name text, detail text default null) returns text
language sql as $$ select case when passed then 'ok - ' else 'not ok - ' end || name || coalesce(case when not passed then E'\n#   ' || replace(detail, E'\n', E'\n#   ') end, '') $$;

select isolation.tap(isolation.row_count(t.name, a.tenant_id) > 0, format('%s holds rows of %s', t.name, a.name))
from isolation.tenant_table t cross join isolation.tenant a order by t.name::text, a.name;

select isolation.tap(d.object is not null, format('%s is declared', o.object), 'add it to tests/isolation/expected.csv')
from isolation.object o left join isolation.declared d using (object) order by o.object;
select isolation.tap(false, format('%s is declared and does not exist', d.object), 'remove it from tests/isolation/expected.csv')
from isolation.declared d left join isolation.object o using (object) where o.object is null;

with expected as (
  select d.object, e.key as role, e.value as verbs from isolation.declared d cross join jsonb_each_text(to_jsonb(d) - 'object') e
)
select isolation.tap(f.verbs = e.verbs and b.breaches is null, format('%s on %s of %s: %s', f.role, f.object, f.me, coalesce(e.verbs, 'not declared')),
  concat_ws(E'\n', case when f.verbs is distinct from e.verbs then format('it has %s', f.verbs) end, b.breaches))
from isolation.found f
left join expected e on e.object = f.object and e.role = f.role
left join lateral (
  select string_agg(x.attempted || ': ' || x.what, E'\n') as breaches from isolation.breach x where x.object = f.object and x.role = f.role and x.me = f.me
) b on true
order by f.object, f.me, f.role;
select format('# matrix: %s tried, %s refused, %s leaked', t.last_value, r.last_value, (select count(*) from isolation.breach))
from isolation.tried t, isolation.refused r;
rollback;
