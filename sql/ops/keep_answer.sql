create or replace function ops.keep_answer(procedure text, answer jsonb) returns jsonb
language plpgsql
as $$
declare
  v_key text := auth.request_header('idempotency-key');
begin
  perform audit.record(auth.tenant_id(), procedure, answer);
  if v_key is not null then
    update ops.idempotency_key k
    set answer = keep_answer.answer
    where k.tenant_id = (select auth.tenant_id()) and k.procedure_name = procedure and k.key = v_key;
  end if;
  return answer;
end
$$;
comment on function ops.keep_answer(text, jsonb) is
'Keeps a procedure''s answer under the current request''s Idempotency-Key, which ops.earlier_answer has noted, writes it to the audit trail, and returns it. In the same transaction as the work, so that there is either both or neither.';
