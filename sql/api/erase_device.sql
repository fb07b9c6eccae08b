create or replace function api.erase_device(device text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('erase_device', to_jsonb(device)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('erase_device', ops.erase_device(erase_device.device));
  end if;
  return v_answer;
end
$$;
comment on function api.erase_device(text) is
$$Erase a device
With its readings and all made from them, in the database and in archive files. It cannot be undone. Alerts stay under a pseudonym. A legal hold prevents it. Answers {pseudonym, rows, archives_rewritten, archives_removed}.$$;
