create or replace function ops.export_rows(
  tenant int, export bigint, folder text, file text, relation regclass, time_column name, range_start timestamptz, range_end timestamptz
) returns void
language plpgsql
as $$
declare
  c_bytes constant bigint := 32000000;
  v_page bigint;
  v_lines bigint;
  v_content bytea;
  v_file text;
begin
  -- One statement, so one moment, whatever the number of files.
  for v_page, v_lines, v_content in execute pg_catalog.format($query$
    select row_number() over (order by trunc(p.page)) as page, count(*) as lines, convert_to(string_agg(p.line, E'\n' order by p.place) || E'\n', 'UTF8') as content
    from (
      select r.place, (sum(octet_length(r.line)) over (order by r.place) - octet_length(r.line)) / %s as page, r.line
      from (
        select row_number() over () as place, (select to_jsonb(y) from (select %s) y)::text as line
        from %s x
        where x.tenant_id = $1 and %s
      ) r
    ) p
    group by trunc(p.page)
    order by trunc(p.page)
    $query$, c_bytes, ops.readable_columns(relation), relation,
    case when time_column is null then 'true' else pg_catalog.format('x.%I >= $2 and x.%I < $3', time_column, time_column) end)
  using tenant, range_start, range_end
  loop
    v_file := pg_catalog.format('%s.%s.ndjson', file, v_page);
    insert into ops.tenant_export_file (tenant_id, export_id, path, content, row_count, bytes, sha256)
    values (tenant, export, v_file, pg_catalog.split_part(file, '/', 1), v_lines, pg_catalog.length(v_content),
      vigil_platform.archive_write(folder || '/' || v_file, v_content));
  end loop;
end
$$;
comment on function ops.export_rows(int, bigint, text, text, regclass, name, timestamptz, timestamptz) is
'Writes a tenant''s rows of a table, or of one chunk of it, as lines of JSON, some 32 MB a file, without the columns that ops.data_class calls secret and those that vigil_jobs may not read.';
