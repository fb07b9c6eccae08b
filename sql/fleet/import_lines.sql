create or replace function fleet.import_lines(
  tenant text, profile text, device text, header text,
  time_column text default null, start timestamptz default null, step interval default null, skip text[] default '{}',
  out accepted bigint, out duplicates bigint, out rejected bigint, out points bigint
)
language plpgsql
as $$
declare
  v_tenant_id int;
  v_active boolean;
  v_stream_id int;
  v_columns text[];
  v_column text;
  v_time int;
  v_metric_columns text[];
  v_names text[];
  v_positions int[];
  v_in_order boolean;
  v_last_step numeric;
  v_accepted record;
begin
  select t.tenant_id, t.active into v_tenant_id, v_active from fleet.tenant t where t.name = tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'Create it with: select ops.create_tenant(''name'', ''Display name'').';
  end if;
  if not v_active then
    raise exception using
      errcode = '55000',
      message = pg_catalog.format('tenant "%s" is suspended', tenant),
      hint = 'Nothing is taken in for it. select ops.resume_tenant(''name'') lets it in again.';
  end if;
  perform ops.refuse_over_quota(v_tenant_id, 'points'), ops.refuse_over_quota(v_tenant_id, 'storage');

  -- A byte order mark, quotes and blanks around names are common in exported files.
  select pg_catalog.array_agg(pg_catalog.btrim(coalesce(c.name, ''), E' "\r\t' || pg_catalog.chr(65279)) order by c.position)
  into v_columns
  from pg_catalog.unnest(fleet.csv_fields(header)) with ordinality as c (name, position);

  if time_column is null then
    select c.name into time_column
    from pg_catalog.unnest(v_columns) with ordinality as c (name, position)
    where pg_catalog.lower(c.name) in ('ts', 'time', 'timestamp')
    order by c.position
    limit 1;
  end if;
  v_time := pg_catalog.array_position(v_columns, time_column);
  if v_time is null then
    raise exception using
      errcode = '42703',
      message = case when time_column is null then 'the header has no time column'
        else pg_catalog.format('the header has no column "%s"', time_column) end,
      hint = 'Name the column that holds the time with --time-column.';
  end if;
  if (start is null) <> (step is null) then
    raise exception using
      errcode = '22023',
      message = 'start and step go together',
      hint = 'Give both when the time column counts steps, neither when it holds timestamps.';
  end if;
  if step <= interval '0' then
    raise exception using
      errcode = '22023',
      message = 'step must be longer than nothing',
      hint = 'Give an interval such as "10 seconds".';
  end if;
  select a.earliest, a.latest into v_accepted from fleet.accepted_times(v_tenant_id) a;
  -- Steps beyond this lead past the future that is accepted, and may overflow.
  v_last_step := extract(epoch from v_accepted.latest - start) / extract(epoch from step) + 1;

  v_metric_columns := array(
    select c.name
    from pg_catalog.unnest(v_columns) with ordinality as c (name, position)
    where c.position <> v_time and c.name <> all (skip)
    order by c.position
  );
  if v_metric_columns = '{}' then
    raise exception using
      errcode = '42703',
      message = 'the header has no column but the time',
      hint = 'A file has a column for each metric, separated by commas.';
  end if;
  if '' = any (v_metric_columns) then
    raise exception using
      errcode = '42703',
      message = pg_catalog.format('column %s of the header has no name', pg_catalog.array_position(v_columns, '')),
      hint = 'Name every column in the first line of the file.';
  end if;
  select c.name into v_column
  from pg_catalog.unnest(v_metric_columns) as c (name)
  group by c.name
  having pg_catalog.count(*) > 1
  limit 1;
  if found then
    raise exception using
      errcode = '42701',
      message = pg_catalog.format('the header has column "%s" twice', v_column),
      hint = 'Rename one of them, or leave both out with --skip.';
  end if;
  if not exists (select from fleet.profile p where p.tenant_id = v_tenant_id and p.name = profile) then
    begin
      perform fleet.create_profile(v_tenant_id, profile, pg_catalog.to_jsonb(v_metric_columns));
    exception when check_violation then
      raise exception using
        errcode = '22023',
        message = 'the profile or a column has a name that cannot be used',
        hint = 'Names start with a letter and hold up to 63 letters, digits and _ . % / -; rename the column, or leave it out with --skip.';
    end;
  end if;
  select p.metric_names into v_names from fleet.profile p where p.tenant_id = v_tenant_id and p.name = profile;

  foreach v_column in array v_metric_columns loop
    if v_column <> all (v_names) then
      raise exception using
        errcode = '42703',
        message = pg_catalog.format('column "%s" is not a metric of profile "%s"', v_column, profile),
        hint = 'Leave the column out with --skip, or append the metric to the profile.';
    end if;
  end loop;
  v_positions := array(
    select pg_catalog.array_position(v_columns, n.name)
    from pg_catalog.unnest(v_names) with ordinality as n (name, position)
    order by n.position
  );
  -- A file written for the profile has its metrics side by side and in its order: a slice of the fields will do.
  v_in_order := v_positions = array(
    select pg_catalog.generate_series(v_positions[1], v_positions[1] + pg_catalog.cardinality(v_positions) - 1));
  v_stream_id := fleet.open_stream(v_tenant_id, device, profile);

  create temp table if not exists import_rejected (line_no bigint, code text, message text);
  truncate pg_temp.import_rejected;
  create temp table if not exists import_sound (line_no bigint, ts timestamptz, values float8[]);
  truncate pg_temp.import_sound;

  with field as materialized (
    select x.line_no,
      -- Quotes matter only where they hold commas, which shows in the number of fields.
      case when pg_catalog.cardinality(x.f) = pg_catalog.cardinality(v_columns) then x.f else fleet.csv_fields(x.line) end as f
    from (
      -- The offset keeps the planner from splitting each line twice.
      select t.line_no, t.line, pg_catalog.string_to_array(pg_catalog.replace(t.line, '"', ''), ',', '') as f
      from (select l.line_no, pg_catalog.rtrim(l.line, E' \t\r') as line from pg_temp.import_line l) t
      where t.line <> ''
      offset 0
    ) x
  ),
  text_row as materialized (
    select x.line_no, pg_catalog.cardinality(x.f) as fields, pg_catalog.btrim(x.f[v_time]) as t,
      case
        when v_in_order then x.f[v_positions[1]:v_positions[pg_catalog.cardinality(v_positions)]]
        else array(select x.f[p.column_no] from pg_catalog.unnest(v_positions) with ordinality as p (column_no, position) order by p.position)
      end::text as v
    from field x
  ),
  typed as materialized (
    select r.line_no, r.fields,
      case
        when start is not null and r.t ~ '^\d{1,9}$' then
          case when r.t::int <= v_last_step then start + step * r.t::int else 'infinity' end
        when start is null and r.t ~ '^\d{4}-\d\d-\d\d' and pg_catalog.pg_input_is_valid(r.t, 'timestamptz') then r.t::timestamptz
      end as ts,
      case when pg_catalog.pg_input_is_valid(r.v, 'float8[]') then r.v::float8[] end as values
    from text_row r
  ),
  judged as materialized (
    select t.line_no, t.ts, t.values,
      case
        when t.fields <> pg_catalog.cardinality(v_columns) then '22P04'
        when t.ts is null then '22007'
        when t.ts < v_accepted.earliest or t.ts > v_accepted.latest then '22008'
        when t.values is null then '22P02'
        when not vigil.valid_vector(t.values) then '22003'
        when pg_catalog.cardinality(pg_catalog.array_remove(t.values, null)) = 0 then '22023'
      end as code,
      t.fields
    from typed t
  ),
  sound as (
    insert into pg_temp.import_sound (line_no, ts, values)
    select j.line_no, j.ts, j.values from judged j where j.code is null
  )
  insert into pg_temp.import_rejected (line_no, code, message)
  select j.line_no, j.code,
    case j.code
      when '22P04' then pg_catalog.format('expected %s fields, got %s', pg_catalog.cardinality(v_columns), j.fields)
      when '22007' then 'the time is not valid'
      when '22008' then 'the time lies further in the past or in the future than the tenant accepts'
      when '22P02' then 'a value is not a number'
      when '22003' then 'a value is NaN, infinite or above 1e100; leave the field empty for not reported'
      else 'every value is empty'
    end
  from judged j
  where j.code is not null;
  get diagnostics rejected = row_count;

  with instant as (
    select s.ts, fleet.merged(s.values order by s.line_no) as values, pg_catalog.count(*) as lines
    from pg_temp.import_sound s
    group by s.ts
  ),
  stored as (
    insert into fleet.reading as r (tenant_id, stream_id, ts, values)
    select v_tenant_id, v_stream_id, i.ts, i.values
    from instant i
    order by i.ts
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(r.values, excluded.values)
    where r.values is distinct from vigil.merge_values(r.values, excluded.values)
    returning r.ts, r.values
  )
  select pg_catalog.count(*),
    (select coalesce(pg_catalog.sum(i.lines), 0) from instant i) - pg_catalog.count(*),
    coalesce(pg_catalog.sum(pg_catalog.cardinality(pg_catalog.array_remove(s.values, null))), 0)
  into accepted, duplicates, points
  from stored s;
  if points > 0 then
    insert into ops.point_log (tenant_id, points) values (v_tenant_id, points);
  end if;
end
$$;
comment on function fleet.import_lines(text, text, text, text, text, timestamptz, interval, text[]) is
'Loads the lines of a CSV file from the temporary table import_line (line_no, line) into a device''s stream; makes profile, device and stream where missing. time_column holds ISO 8601 timestamps, or step numbers when start and step are given. Columns in skip are left out. Lines that are refused are in the temporary table import_rejected (line_no, code, message). Repeating an import stores nothing twice. 55000 for a suspended tenant, PT429 and PT403 when its quota of points a day or of storage is used up.';
