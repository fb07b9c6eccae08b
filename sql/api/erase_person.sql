create or replace function api.erase_person(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('erase_person', to_jsonb(name)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('erase_person', ops.erase_person(erase_person.name));
  end if;
  return v_answer;
end
$$;
comment on function api.erase_person(text) is
$$Erase a person
A pseudonym takes their place wherever they are named; how they are reached and their account are deleted. It cannot be undone. The audit trail stays: it has numbers of accounts. A legal hold prevents it. Answers {pseudonym, account, rows}.$$;
