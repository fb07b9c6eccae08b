create or replace procedure ops.apply_retention(inout removed bigint, inout failure text)
language plpgsql
as $$
declare
  c_time_limit constant interval := interval '10 minutes';
  c_blocks constant int := 256;
  c_tries constant int := 5;
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_parts jsonb;
  v_part record;
  v_block bigint;
  v_blocks bigint;
  v_try int;
  v_rows bigint;
  v_code text;
  v_message text;
  v_hint text;
begin
  removed := 0;
  failure := null;
  begin
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(x) order by x.position, x.from_ts, x.relation), '[]') into v_parts
    from (
      select p.object, p.relation, p.action, o.position, pg_catalog.min(p.from_ts) as from_ts,
        pg_catalog.sum(p.bytes) / greatest(pg_catalog.sum(p.row_count), 1) as row_bytes
      from ops.retention_plan() p
      join ops.retention_object o on o.object = p.object
      where p.row_count > 0 or p.action = 'drop chunk'
      group by p.object, p.relation, p.action, o.position
    ) x;
  exception when others then
    get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
    failure := v_message;
    v_parts := '[]';
    perform ops.note_failure('retention', null, v_started, v_code, v_message, v_hint);
  end;
  commit;
  for v_part in
    select p.object, p.relation, p.action, p.row_bytes
    from pg_catalog.jsonb_to_recordset(v_parts) as p (object text, relation text, action text, row_bytes numeric)
  loop
    v_block := 0;
    v_blocks := case v_part.action when 'delete' then
      pg_catalog.pg_relation_size(v_part.relation::regclass) / pg_catalog.current_setting('block_size')::int end;
    v_try := 1;
    -- A chunk at once, rows some megabytes at a time, each in a transaction of its own.
    loop
      -- What is not reached is the next run's.
      exit when pg_catalog.clock_timestamp() > v_started + c_time_limit;
      v_code := null;
      begin
        if v_part.action = 'drop chunk' then
          v_rows := ops.remove_chunk(v_part.object, v_part.relation, v_started);
        else
          v_rows := ops.remove_rows(v_part.object, v_part.relation, v_block, v_block + c_blocks, v_part.row_bytes, v_started);
        end if;
        removed := removed + coalesce(v_rows, 0);
      exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      end;
      commit;
      if v_code is null then
        v_block := v_block + c_blocks;
        exit when v_part.action = 'drop chunk' or v_block >= v_blocks;
      elsif v_code = '55P03' and v_try < c_tries then
        v_try := v_try + 1;
        perform pg_catalog.pg_sleep(1);
      else
        v_message := pg_catalog.format('%s: %s', v_part.relation, v_message);
        failure := coalesce(failure, v_message);
        perform ops.note_failure('retention', null, v_started, v_code, v_message, v_hint);
        commit;
        exit;
      end if;
    end loop;
  end loop;
  perform audit.record_retention(v_started);
  commit;
end
$$;
comment on procedure ops.apply_retention(bigint, text) is
'What ops.run(''retention'') does: removes what ops.retention_plan lists, oldest first, for ten minutes at most. A chunk whose locks are not to be had is tried five times, then left to the next run. removed is how many rows went, failure the first error; every error is in ops.job_run. It commits.';
