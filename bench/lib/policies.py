"""What row security costs: a view as a viewer sees it beside the same query as the owner writes it, with the tenant in each table."""

import re

import database

# What hides personal data is no policy: the owner's query hides it too, as a viewer's does.
MASKS = ("auth.sees_personal_data", "ops.hidden_attributes")
TABLE = re.compile(r"\b(fleet|detect|alerting)\.(\w+)")


def compare(tenant, queries, rounds):
    """queries: name to (query, the view or function of api in it). Returns name to (viewer's, owner's) median in ms of the server's
    time: prepared statements of one session by turns, rows as PostgREST makes them."""
    tenant_id = int(database.value("select tenant_id from fleet.tenant where name = :'tenant'", tenant=tenant))
    script = [own_tables(tenant_id)]
    for name, (query, asked) in queries.items():
        script.append(prepared(name, query, asked, tenant_id))
    script.append(timed(list(queries), rounds))
    rows = database.sql("\n".join(script))
    return {name: (float(viewer), float(owner)) for name, viewer, owner in rows}


def own_tables(tenant_id):
    # A view of each table that holds the tenant alone stands for "where tenant_id = …" written by hand.
    tables = database.sql(
        """
        select n.nspname, c.relname,
          case when c.relkind = 'v' then replace(translate(pg_get_viewdef(c.oid), E'\\n;', ' '), '( SELECT auth.tenant_id() AS tenant_id)', :'tenant')
            else format('select * from %I.%I where tenant_id = %s', n.nspname, c.relname, :'tenant') end
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where n.nspname in ('fleet', 'detect', 'alerting') and c.relkind in ('r', 'p', 'v')
        """, tenant=tenant_id)
    views = "".join(f"create temp view {schema}_{table} as {query};\n" for schema, table, query in tables)
    return f"""
        set client_min_messages = warning;
        {views}
        {"".join(body_of(mask, tenant_id).replace("session_user = 'authenticator'", "true") + ";" for mask in MASKS)}
        create temp table timing (name text, side text, ms float8);
        grant all on timing to public;
        select set_config('request.tenant_id', '{tenant_id}', false),
          set_config('request.jwt.claims', json_build_object('role', 'viewer', 'sub', 'bench', 'tenant_id', {tenant_id})::text, false) \\g /dev/null
        """


def text_of(view):
    return masked(database.value("select translate(pg_get_viewdef(:'view'::regclass), E'\\n', ' ')", view=view).rstrip(";"))


def masked(text):
    for mask in MASKS:
        text = text.replace(f"{mask}()", f"pg_temp.{mask.split('.')[1]}()")
    return text


def body_of(function, tenant_id):
    """The function as a temporary one of the owner's, which is told the tenant."""
    text = "\n".join(row[0] for row in database.sql(
        "select unnest(string_to_array(pg_get_functiondef(:'function'::regproc), E'\\n'))", function=function))
    return (masked(text).replace("fleet.summary", "pg_temp.fleet_summary").replace(f"FUNCTION {function}", f"FUNCTION pg_temp.{function.split('.')[1]}", 1).replace("SECURITY DEFINER", "", 1)
            .replace("auth.tenant_id()", str(tenant_id)))


def prepared(name, query, asked, tenant_id):
    """The query under row security, and with the view's text in place of its name."""
    if f"{asked}(" in query:
        plain = query.replace(asked, f"pg_temp.{asked.split('.')[1]}")
        made = body_of(asked, tenant_id) + ";"
    else:
        plain = query.replace(asked, f"({TABLE.sub(r'pg_temp.\1_\2', text_of(asked))})")
        made = ""
    wrapped = "select coalesce(json_agg(x), '[]')::text from ({}) x"
    return f"""
        {made}
        set session authorization authenticator;
        set role viewer;
        prepare viewer_{name} as {wrapped.format(query)};
        reset role;
        reset session authorization;
        prepare owner_{name} as {wrapped.format(plain)};
        """


def timed(names, rounds):
    calls = []
    for name in names:
        calls.append(f"""
        do $$
        declare
          v_begin timestamptz;
          v_viewer text;
          v_owner text;
        begin
          for i in 1 .. {rounds + 10} loop
            set local session authorization authenticator;
            set local role viewer;
            v_begin := clock_timestamp();
            execute 'execute viewer_{name}' into v_viewer;
            insert into pg_temp.timing values ('{name}', case when i > 10 then 'viewer' end, extract(epoch from clock_timestamp() - v_begin) * 1000);
            reset role;
            reset session authorization;
            v_begin := clock_timestamp();
            execute 'execute owner_{name}' into v_owner;
            insert into pg_temp.timing values ('{name}', case when i > 10 then 'owner' end, extract(epoch from clock_timestamp() - v_begin) * 1000);
          end loop;
          if v_viewer is distinct from v_owner or v_viewer = '[]' then
            raise exception 'the two queries of {name} differ, or have no rows: % and %', left(v_viewer, 300), left(v_owner, 300);
          end if;
        end $$;
        """)
    return "\n".join(calls) + """
        select t.name, percentile_cont(0.5) within group (order by t.ms) filter (where t.side = 'viewer'),
          percentile_cont(0.5) within group (order by t.ms) filter (where t.side = 'owner')
        from timing t group by t.name order by min(t.ctid);
        """
