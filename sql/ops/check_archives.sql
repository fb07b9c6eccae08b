create or replace procedure ops.check_archives(inout checked bigint, inout failure text)
language plpgsql
as $$
declare
  c_time_limit constant interval := interval '30 minutes';
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_file record;
  v_damage text;
begin
  checked := 0;
  failure := null;
  for v_file in
    select m.tenant_id, m.archive_id, m.path, m.sha256
    from ops.archive_manifest m
    where m.state in ('verified', 'dropped', 'restored')
    order by m.checked_at, m.archive_id
  loop
    exit when pg_catalog.clock_timestamp() > v_started + c_time_limit;
    v_damage := ops.archive_damage(v_file.path, v_file.sha256);
    update ops.archive_manifest m
    set checked_at = pg_catalog.clock_timestamp(), damage = v_damage,
      -- While the rows are still there the file is written again.
      state = case when m.state = 'verified' and v_damage is not null then 'planned' else m.state end
    where m.tenant_id = v_file.tenant_id and m.archive_id = v_file.archive_id and m.state in ('verified', 'dropped', 'restored');
    if found and v_damage is not null then
      perform alerting.raise_condition(v_file.tenant_id, 'archive/' || v_file.archive_id, 'critical',
        pg_catalog.format('Archive %s (%s) is damaged: %s. Put the file back from a backup.', v_file.archive_id, v_file.path, v_damage));
      perform ops.note_failure('verify', v_file.tenant_id, v_started, 'XX001', pg_catalog.format('%s: %s', v_file.path, v_damage),
        'Put the file back from a backup; the next check clears the alert.');
      failure := coalesce(failure, pg_catalog.format('%s: %s', v_file.path, v_damage));
    else
      perform alerting.clear_condition(v_file.tenant_id, 'archive/' || v_file.archive_id);
    end if;
    checked := checked + 1;
    commit;
  end loop;
end
$$;
comment on procedure ops.check_archives(bigint, text) is
'What ops.run(''verify'') does: reads every archive file whole and compares its SHA-256 with the manifest, those first that were not looked at for longest, for half an hour at most. A file that is damaged or missing is an alert of its tenant until a check finds it sound. checked is how many files, failure the first that is damaged. It commits.';
