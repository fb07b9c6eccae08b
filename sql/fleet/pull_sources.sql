create or replace procedure fleet.pull_sources(inout accepted bigint, inout failure text)
language plpgsql
as $$
declare
  c_time_limit constant interval := interval '20 seconds';
  v_source record;
  v_started timestamptz;
  v_batch record;
  v_backfill boolean;
  v_accepted bigint;
  v_code text;
  v_message text;
begin
  accepted := 0;
  failure := null;
  for v_source in
    select s.tenant_id, s.source_id, s.name, t.name as tenant
    from fleet.source s
    join fleet.tenant t on t.tenant_id = s.tenant_id
    -- What has no room today waits where it is.
    where s.enabled and t.active and not ops.is_over_quota(s.tenant_id, 'points') and not ops.is_over_quota(s.tenant_id, 'storage')
    order by s.tenant_id, s.source_id
  loop
    v_started := pg_catalog.clock_timestamp();
    v_accepted := 0;
    v_backfill := false;
    v_code := null;
    -- What a source has beyond its time is the next run's, and the others have their turn.
    while v_code is null and pg_catalog.clock_timestamp() < v_started + c_time_limit loop
      begin
        exit when v_backfill and not exists (
          select from fleet.source s
          where s.tenant_id = v_source.tenant_id and s.source_id = v_source.source_id and s.backfill_to is not null);
        v_batch := fleet.pull_batch(v_source.tenant_id, v_source.source_id, v_backfill);
        v_accepted := v_accepted + v_batch.accepted;
      exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text;
      end;
      commit;
      if v_code is null and not v_batch.more then
        exit when v_backfill;
        v_backfill := true;
      end if;
    end loop;
    accepted := accepted + v_accepted;

    if v_code is null then
      perform alerting.clear_condition(v_source.tenant_id, 'source/' || v_source.name)
      from fleet.source s
      where s.tenant_id = v_source.tenant_id and s.source_id = v_source.source_id and s.last_error is not null;
    else
      failure := pg_catalog.format('%s: source "%s": %s', v_source.tenant, v_source.name, v_message);
      -- Tenants hear that, and not from where: messages of other servers name hosts, tables and logins.
      perform ops.note_failure('sources', v_source.tenant_id, v_started, v_code, pg_catalog.format('source "%s" cannot be read', v_source.name),
        'A DBA finds the reason in fleet.source.');
      perform alerting.raise_condition(v_source.tenant_id, 'source/' || v_source.name, 'high',
        pg_catalog.format('Source "%s" cannot be read (SQLSTATE %s)', v_source.name, v_code));
    end if;
    update fleet.source s
    set last_run_at = pg_catalog.clock_timestamp(), last_error = v_message, last_error_code = v_code,
      last_error_at = case when v_code is null then s.last_error_at else pg_catalog.clock_timestamp() end
    where s.tenant_id = v_source.tenant_id and s.source_id = v_source.source_id;
    v_message := null;
    if v_accepted > 0 then
      insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, row_count)
      values ('sources', v_source.tenant_id, v_started, pg_catalog.clock_timestamp(), 'ok', v_accepted);
    end if;
    commit;
  end loop;
end
$$;
comment on procedure fleet.pull_sources(bigint, text) is
'What ops.run(''sources'') does: pulls from every enabled source of an active tenant whose points of the day and storage are not used up, a batch a transaction, each source for 20 seconds at most; what is new first, then a backfill. A source that fails keeps its place, raises an alert, and stops no other. accepted is how many readings were new or changed, failure the last error. It commits.';
