create or replace procedure ops.serve_tenants(inout row_count bigint, inout failure text)
language plpgsql
as $$
declare
  v_due record;
  v_more boolean;
  v_message text;
begin
  row_count := 0;
  failure := null;
  for v_due in
    select e.tenant_id, e.export_id, t.name, e.requested_at
    from ops.tenant_export e
    join fleet.tenant t on t.tenant_id = e.tenant_id
    where e.state in ('requested', 'writing') and not exists (select from ops.deletion_certificate c where c.tenant_id = e.tenant_id)
    union all
    select c.tenant_id, null, c.tenant_name, c.requested_at
    from ops.deletion_certificate c
    where c.state <> 'certified'
    order by 4, 1
  loop
    v_more := true;
    v_message := null;
    while v_more loop
      begin
        if v_due.export_id is not null then
          v_more := ops.export_step(v_due.tenant_id, v_due.export_id);
        else
          v_more := ops.delete_step(v_due.tenant_id);
        end if;
      exception when others then
        get stacked diagnostics v_message = message_text;
        v_more := false;
      end;
      if v_message is null then
        row_count := row_count + 1;
      else
        failure := pg_catalog.format('%s: %s', v_due.name, v_message);
        -- A deletion goes on with the next run; an export can be asked for again.
        update ops.tenant_export e
        set state = 'failed', finished_at = pg_catalog.clock_timestamp(), message = v_message
        where e.tenant_id = v_due.tenant_id and e.export_id = v_due.export_id;
        update ops.deletion_certificate c
        set message = v_message
        where c.tenant_id = v_due.tenant_id and v_due.export_id is null;
      end if;
      commit;
    end loop;
  end loop;
end
$$;
comment on procedure ops.serve_tenants(bigint, text) is
'What ops.run(''tenants'') does: the exports and deletions that were asked for, in that order, a part a transaction. row_count is how many parts were done, failure the last error. It commits.';
