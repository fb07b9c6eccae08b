create or replace function fleet.source_query(source fleet.source, within_instant boolean) returns text
language plpgsql stable
as $$
declare
  v_relation regclass := pg_catalog.to_regclass(pg_catalog.format('%I.%I', source.relation_schema, source.relation_name));
  v_kind "char";
  v_columns jsonb;
  v_column record;
  v_device text;
  v_time text;
  v_bound text;
  v_instant text;
  v_item text;
begin
  select c.relkind into v_kind from pg_catalog.pg_class c where c.oid = v_relation;
  if v_kind is null or v_kind not in ('f', 'v', 'm', 'r', 'p') then
    raise exception using
      errcode = case when v_kind is null then '42P01' else '42809' end,
      message = pg_catalog.format(case when v_kind is null then 'foreign table "%s.%s" does not exist'
        else '"%s.%s" is not a table or view' end, source.relation_schema, source.relation_name),
      hint = 'Make it with create foreign table or import foreign schema, or point the source at another one.';
  end if;
  select pg_catalog.jsonb_object_agg(a.attname, case
      when a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype) then a.atttypid::regtype::text
      when a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'float4'::regtype, 'float8'::regtype,
        'numeric'::regtype) then 'number'
      when a.atttypid = 'bool'::regtype then 'boolean'
      else pg_catalog.format_type(a.atttypid, a.atttypmod) end)
  into v_columns
  from pg_catalog.pg_attribute a
  where a.attrelid = v_relation and a.attnum > 0 and not a.attisdropped;

  for v_column in
    select 1 as position, 'device' as what, source.device_column as name, '{}'::text[] as types
    union all select 2, 'time', source.time_column, '{timestamp with time zone,timestamp without time zone}'
    union all select 3, 'metric', source.metric_column, '{}' where source.metric_column is not null
    union all select 4, 'value', source.value_column, '{number,boolean}' where source.value_column is not null
    union all select 5, pg_catalog.format('metric "%s"', m.key), m.value, '{number,boolean}' from pg_catalog.jsonb_each_text(source.metric_columns) as m
    order by 1, 2
  loop
    if v_column.name is null or not v_columns ? v_column.name then
      raise exception using
        errcode = '42703',
        message = pg_catalog.format('%s has no column "%s" for the %s', v_relation, v_column.name, v_column.what),
        hint = pg_catalog.format('Its columns are: %s.', (select pg_catalog.string_agg(k.key, ', ') from pg_catalog.jsonb_object_keys(v_columns) as k (key)));
    elsif v_column.types <> '{}' and v_columns ->> v_column.name <> all (v_column.types) then
      raise exception using
        errcode = '42804',
        message = pg_catalog.format('column "%s" of %s for the %s is of type %s', v_column.name, v_relation, v_column.what, v_columns ->> v_column.name),
        hint = case v_column.what when 'time' then 'It must be timestamp or timestamptz;' else 'It must be a number or a boolean;' end
          || ' declare it so in the foreign table, or cast it in a view and name that.';
    end if;
  end loop;

  -- Compared as it is stored, so that the other database can use its index.
  v_time := pg_catalog.format('s.%I', source.time_column);
  v_bound := case v_columns ->> source.time_column when 'timestamp with time zone' then '$%s' else '($%s at time zone ''UTC'')' end;
  v_instant := case v_columns ->> source.time_column when 'timestamp with time zone' then v_time else v_time || ' at time zone ''UTC''' end;
  v_device := pg_catalog.format('s.%I::text', source.device_column);
  if source.metric_columns is null then
    v_item := pg_catalog.format('s.%I::text, ''{}''::text[], s.%I%s::text', source.metric_column, source.value_column,
      case v_columns ->> source.value_column when 'boolean' then '::int' else '' end);
  else
    v_item := (
      select pg_catalog.format('null::text, array[%s]::text[], null::text', pg_catalog.string_agg(pg_catalog.format('s.%I%s::text', m.value,
        case v_columns ->> m.value when 'boolean' then '::int' else '' end), ', ' order by m.key))
      from pg_catalog.jsonb_each_text(source.metric_columns) as m);
  end if;
  return pg_catalog.format('select %s, %s, %s from %s s where ', v_instant, v_device, v_item, v_relation)
    || case when within_instant
      then pg_catalog.format($q$%1$s = %2$s and $2::timestamptz is not null
        and coalesce(%3$s, '') collate "C" >= $4 and (coalesce(%3$s, '') = $4 or not $5)
        order by coalesce(%3$s, '') collate "C" limit $3$q$, v_time, pg_catalog.format(v_bound, 1), v_device)
      else pg_catalog.format($q$%1$s >= %2$s and %1$s < %3$s and $4::text is null and not $5 order by %1$s limit $3$q$,
        v_time, pg_catalog.format(v_bound, 1), pg_catalog.format(v_bound, 2))
    end;
end
$$;
comment on function fleet.source_query(fleet.source, boolean) is
'The query that reads a source: ts, device, metric, values (of the metrics in the order of their names), value. Either from $1 to $2, exclusive, in order of time, or at the instant $1 in order of device from $4 on ($5: that device only); $3 is the limit. Made of names in the catalog alone. 42P01, 42703 and 42804 where the table or a column is missing or of a type that cannot be used.';
