create or replace function ops.earlier_answer(procedure text, body text) returns jsonb
language plpgsql
as $$
declare
  v_key text := auth.request_header('idempotency-key');
  v_tenant_id int;
  v_body_sha256 bytea;
  v_earlier record;
begin
  if v_key is null then
    return null;
  end if;
  if v_key !~ '^[ -~]{1,255}$' then
    raise sqlstate 'PT400' using
      message = 'the Idempotency-Key is not valid',
      hint = 'Send 1 to 255 printable ASCII characters, such as a UUID made once for each request and its repeats.';
  end if;
  v_tenant_id := auth.tenant_id();
  v_body_sha256 := pg_catalog.sha256(pg_catalog.convert_to(body, 'UTF8'));

  -- Waits here while a request with the same key is under way; it then sees what that one left.
  insert into ops.idempotency_key as k (tenant_id, procedure_name, key, body_sha256)
  values (v_tenant_id, procedure, v_key, v_body_sha256)
  on conflict (tenant_id, procedure_name, key) do update
  set body_sha256 = excluded.body_sha256, answer = null, created_at = excluded.created_at
  where k.created_at <= pg_catalog.now() - interval '24 hours';
  if found then
    return null;
  end if;

  select k.body_sha256, k.answer into v_earlier
  from ops.idempotency_key k
  where k.tenant_id = v_tenant_id and k.procedure_name = procedure and k.key = v_key;
  if v_earlier.body_sha256 <> v_body_sha256 then
    raise sqlstate 'PT422' using
      message = 'the Idempotency-Key was used for another request',
      hint = 'Use a new key for a new request; repeat a request with the same body.';
  end if;
  perform auth.add_answer_header('Idempotency-Replayed', 'true');
  return v_earlier.answer;
end
$$;
comment on function ops.earlier_answer(text, text) is
'What a procedure of api answered the tenant to the current request''s Idempotency-Key within the last 24 hours; the answer then says Idempotency-Replayed: true. Null when there is no such key, or it is new: the procedure does its work and hands its answer to ops.keep_answer. body is whatever tells one request from another. PT400 for a malformed key, PT422 for one that came with another body.';
