create or replace function audit.claim_heads(worker text, batch int, lease interval)
returns table (tenant_id int, head_id bigint, attempt int, file_day date, line text)
language sql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
  with due as (
    select h.tenant_id, h.head_id
    from audit.head h
    where h.exported_at is null and (h.lease_until is null or h.lease_until < clock_timestamp())
    order by h.head_id
    limit least(greatest(claim_heads.batch, 1), 1000)
    for update skip locked
  )
  update audit.head h
  set claimed_by = claim_heads.worker, attempt = h.attempt + 1,
    lease_until = clock_timestamp() + least(greatest(claim_heads.lease, interval '5 seconds'), interval '10 minutes')
  from due d
  join fleet.tenant t on t.tenant_id = d.tenant_id
  where h.tenant_id = d.tenant_id and h.head_id = d.head_id
  returning h.tenant_id, h.head_id, h.attempt, (h.signed_at at time zone 'UTC')::date,
    json_build_object('tenant_id', h.tenant_id, 'tenant', t.name, 'head_id', h.head_id, 'sequence', h.sequence,
      'hash', encode(h.hash, 'hex'),
      'signed_at', to_char(h.signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'token', h.token)::text
$$;
comment on function audit.claim_heads(text, int, interval) is
'Takes signed heads that are in no file yet, oldest first, for a worker and a time: at most 1000, 5 seconds to 10 minutes. line is what is to be written (JSON: tenant_id, tenant, head_id, sequence, hash, signed_at, token), file_day the day, in UTC, whose file it belongs to. For vigil_worker.';
