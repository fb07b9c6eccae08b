create or replace procedure ops.apply_archive(inout moved bigint, inout failure text)
language plpgsql
as $$
declare
  c_time_limit constant interval := interval '30 minutes';
  c_tries constant int := 5;
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_configured boolean;
  v_step text;
  v_file record;
  v_range timestamptz;
  v_ranges timestamptz[];
  v_try int;
  v_rows bigint;
  v_verified boolean;
  v_well int[] := array[]::int[];
  v_failed int[] := array[]::int[];
  v_code text;
  v_message text;
  v_hint text;
begin
  moved := 0;
  failure := null;
  select s.configured into v_configured from vigil_platform.archive_status() s;
  if not v_configured then
    return;
  end if;
  -- Each in a transaction of its own, so that one's failure does not undo another's work.
  foreach v_step in array '{summaries,expire restores,expire archives,sweep,withdraw,plan}'::text[] loop
    v_code := null;
    begin
      case v_step
        -- Summaries cannot be made of what is in files. While their own job runs it is at just that.
        when 'summaries' then
          if pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('vigil.job.rollups', 0)) then
            perform fleet.make_rollups(t.tenant_id) from fleet.tenant t;
          end if;
        when 'expire restores' then perform ops.expire_restores();
        when 'expire archives' then perform ops.expire_archives(v_started);
        when 'sweep' then perform ops.sweep_archives();
        when 'withdraw' then perform ops.withdraw_archives();
        when 'plan' then perform ops.plan_archives();
      end case;
    exception when others then
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      v_message := pg_catalog.format('%s: %s', v_step, v_message);
      failure := coalesce(failure, v_message);
      perform ops.note_failure('archive', null, v_started, v_code, v_message, v_hint);
    end;
    commit;
  end loop;
  v_ranges := array(
    select distinct m.range_start from ops.archive_manifest m where m.state in ('planned', 'written', 'verified') order by 1);
  foreach v_range in array v_ranges loop
    -- What is not reached is the next run's.
    exit when pg_catalog.clock_timestamp() > v_started + c_time_limit;
    v_try := 1;
    loop
      v_code := null;
      for v_file in
        select m.tenant_id, m.archive_id, m.path
        from ops.archive_manifest m
        where m.range_start = v_range and m.state in ('planned', 'written')
        order by m.tenant_id, m.archive_id
      loop
        begin
          perform ops.write_archive(v_file.tenant_id, v_file.archive_id);
        exception when others then
          get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
        end;
        commit;
        if v_code is null then
          begin
            v_verified := ops.verify_archive(v_file.tenant_id, v_file.archive_id);
          exception when others then
            get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
          end;
          commit;
        end if;
        if v_code is null and not v_verified then
          v_code := '58030';
          v_message := 'the file was not what had been written when it was read back';
          v_hint := 'The readings are still in the database. Check the disk of the archive directory.';
        end if;
        if v_code is not null then
          v_message := pg_catalog.format('%s: %s', v_file.path, v_message);
          failure := coalesce(failure, v_message);
          perform ops.note_failure('archive', v_file.tenant_id, v_started, v_code, v_message, v_hint);
          perform alerting.raise_condition(v_file.tenant_id, 'archive/write', 'high', 'Readings cannot be archived and stay in the database: ' || v_message);
          v_failed := v_failed || v_file.tenant_id;
        else
          v_well := v_well || v_file.tenant_id;
        end if;
        commit;
        v_code := null;
      end loop;
      begin
        v_rows := ops.drop_archived(v_range, v_started);
        moved := moved + coalesce(v_rows, 0);
      exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      end;
      commit;
      if v_code is null and v_rows is null then
        for v_file in
          select m.tenant_id, m.archive_id
          from ops.archive_manifest m
          where m.range_start = v_range and m.state = 'verified'
          order by m.tenant_id, m.archive_id
        loop
          begin
            moved := moved + coalesce(ops.delete_archived(v_file.tenant_id, v_file.archive_id, v_started), 0);
          exception when others then
            get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
          end;
          commit;
          exit when v_code is not null;
        end loop;
      end if;
      exit when v_try = c_tries;
      if v_code = '55P03' then
        perform pg_catalog.pg_sleep(1);
      else
        -- A late reading came between a file and the drop: once more with what there is now.
        exit when v_code is not null or not exists (
          select from ops.archive_manifest m
          where m.range_start = v_range and (m.state = 'verified' or m.state = 'planned' and m.written_at is not null and m.damage is null));
      end if;
      v_try := v_try + 1;
    end loop;
    if v_code is not null then
      v_message := pg_catalog.format('chunk of %s: %s', v_range, v_message);
      failure := coalesce(failure, v_message);
      perform ops.note_failure('archive', null, v_started, v_code, v_message, v_hint);
      commit;
    end if;
  end loop;
  perform alerting.clear_condition(w.tenant_id, 'archive/write')
  from (select distinct x.tenant_id from pg_catalog.unnest(v_well) x (tenant_id)) w
  where w.tenant_id <> all (v_failed);
  perform audit.record_retention(v_started);
  commit;
end
$$;
comment on procedure ops.apply_archive(bigint, text) is
'What ops.run(''archive'') does: makes what summaries are due, expires copies and files, then moves readings that are past the hot tier into files, oldest first, for half an hour at most: plan, write, verify, drop, each committed, so that a run that was killed goes on where it was. Nothing is dropped that is not in a verified file. Without a directory it does nothing. moved is how many rows left the database, failure the first error; every error is in ops.job_run, and a file that cannot be written is an alert of its tenant. It commits.';
