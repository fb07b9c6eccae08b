create or replace function ops.erase_device(device text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_device fleet.device;
  v_pseudonym text;
  v_streams int[];
  v_archive ops.archive_manifest;
  v_table record;
  v_rows bigint;
  v_all jsonb := jsonb '{}';
  v_rewritten int := 0;
  v_removed int := 0;
begin
  select d.* into v_device from fleet.device d where d.tenant_id = v_tenant_id and d.external_id = erase_device.device for update;
  if not found then
    raise sqlstate 'PT404' using
      message = format('there is no device "%s"', left(erase_device.device, 100)),
      hint = 'GET /devices lists them.';
  end if;
  perform ops.refuse_held(v_tenant_id, v_device.device_id);
  v_pseudonym := 'erased-device-' || v_device.device_id;
  v_streams := array(select st.stream_id from fleet.stream st where st.tenant_id = v_tenant_id and st.device_id = v_device.device_id);

  -- Files first: what is written anew is a new file, so that the old one is whole until this has committed.
  for v_archive in
    select m.* from ops.archive_manifest m
    where m.tenant_id = v_tenant_id and m.stream_ids && v_streams and m.state <> 'removed'
    order by m.archive_id
    for update
  loop
    update ops.archive_manifest m
    set state = 'removed', removed_at = clock_timestamp()
    where m.tenant_id = v_tenant_id and m.archive_id = v_archive.archive_id;
    -- What is under way is planned anew from the rows.
    if v_archive.state in ('dropped', 'restored') and not v_archive.stream_ids <@ v_streams then
      perform ops.rewrite_archive(v_archive, v_streams);
      v_rewritten := v_rewritten + 1;
    else
      v_removed := v_removed + 1;
    end if;
  end loop;

  for v_table in select t.* from ops.device_tables() t where t.name not in ('fleet.device', 'fleet.stream', 'alerting.alert') order by t.is_hypertable desc, t.name loop
    execute format('delete from %s x where x.tenant_id = $1 and (%s)', v_table.relation, ops.device_condition(v_table.relation))
    using v_tenant_id, v_device.device_id, v_streams;
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
      v_all := v_all || jsonb_build_object(v_table.name, v_rows);
    end if;
  end loop;
  delete from fleet.source_rejection r where r.tenant_id = v_tenant_id and r.device = v_device.external_id;
  delete from fleet.device d where d.tenant_id = v_tenant_id and d.device_id = v_device.device_id;
  v_all := v_all || jsonb_build_object('fleet.device', 1, 'fleet.stream', cardinality(v_streams))
    -- Alerts and incidents stay, of a device that nobody knows.
    || ops.replace_words(v_tenant_id, array(
      select w.word from (select v_device.external_id as word union select v_device.name) w where length(w.word) >= 4), v_pseudonym);
  return jsonb_build_object('pseudonym', v_pseudonym, 'rows', v_all, 'archives_rewritten', v_rewritten, 'archives_removed', v_removed);
end
$$;
comment on function ops.erase_device(text) is
'Deletes a device of the session''s tenant with its readings and everything made from them, also in archive files: those that hold others'' readings, too, are written anew without it, the rest is given up; the job archive unlinks the old files within the hour. Alerts and incidents stay, under a pseudonym; the audit trail is not changed. Answers {pseudonym, rows, archives_rewritten, archives_removed}. Owned by vigil_jobs; the tenant is the session''s and no other. PT404 for an unknown device, PT409 while a legal hold over it is not released.';
