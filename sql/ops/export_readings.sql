create or replace function ops.export_readings(
  tenant int, export bigint, folder text, file text, profile int, range_start timestamptz, range_end timestamptz
) returns void
language plpgsql
as $$
declare
  c_streams constant int := 500;
  v_contract jsonb;
  v_streams int[];
  v_written record;
  v_file text;
begin
  -- The contract in the file is the one of archives: ops.write_archive.
  select pg_catalog.jsonb_build_object(
    'profile', p.name, 'sha256', pg_catalog.encode(p.contract_sha256, 'hex'),
    'metrics', (
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', k.name, 'unit', k.unit, 'kind', k.kind) order by k.position)
      from fleet.metric k where k.tenant_id = p.tenant_id and k.profile_id = p.profile_id))
  into v_contract
  from fleet.profile p
  where p.tenant_id = tenant and p.profile_id = profile;
  v_streams := array(select st.stream_id from fleet.stream st where st.tenant_id = tenant and st.profile_id = profile order by st.stream_id);
  for v_first in 1 .. coalesce(pg_catalog.cardinality(v_streams), 0) by c_streams loop
    select pg_catalog.count(*) as row_count, vigil.parquet_agg(r.stream_id, r.external_id, r.ts, r.values, v_contract) as content
    into v_written
    from (
      select s.stream_id, s.external_id, l.ts, l.values
      from (
        select st.stream_id, d.external_id
        from fleet.stream st
        join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
        where st.tenant_id = tenant and st.stream_id = any (v_streams[v_first : v_first + c_streams - 1])
        order by st.stream_id
      ) s
      cross join lateral (
        select x.ts, x.values
        from fleet.reading x
        where x.tenant_id = tenant and x.stream_id = s.stream_id and x.ts >= range_start and x.ts < range_end
        order by x.ts
      ) l
    ) r;
    if v_written.row_count > 0 then
      v_file := pg_catalog.format('%s.%s.parquet', file, (v_first - 1) / c_streams + 1);
      insert into ops.tenant_export_file (tenant_id, export_id, path, content, row_count, bytes, sha256)
      values (tenant, export, v_file, 'fleet.reading', v_written.row_count, pg_catalog.length(v_written.content),
        vigil_platform.archive_write(folder || '/' || v_file, v_written.content));
    end if;
  end loop;
end
$$;
comment on function ops.export_readings(int, bigint, text, text, int, timestamptz, timestamptz) is
'Writes a tenant''s readings of a profile and chunk as Parquet, as archives are, at most 500 streams a file.';
