create or replace function audit.sign_heads() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key jsonb;
  v_end record;
  v_now timestamptz;
  v_signed bigint := 0;
begin
  for v_end in
    select t.tenant_id, t.name, e.sequence, e.hash
    from fleet.tenant t
    cross join lateral (
      select e.sequence, e.hash from audit.entry e
      where e.tenant_id = t.tenant_id and e.sequence is not null order by e.sequence desc limit 1
    ) e
    left join lateral (
      select h.sequence, h.signed_at from audit.head h where h.tenant_id = t.tenant_id order by h.signed_at desc limit 1
    ) h on true
    where h.sequence is distinct from e.sequence or h.signed_at < clock_timestamp() - interval '1 hour'
    order by t.tenant_id
  loop
    if v_key is null then
      v_key := vigil_platform.signing_public_key();
      insert into audit.signing_key (key_id, jwk) values (v_key ->> 'kid', v_key) on conflict (key_id) do nothing;
    end if;
    v_now := clock_timestamp();
    insert into audit.head (tenant_id, sequence, hash, signed_at, token)
    values (v_end.tenant_id, v_end.sequence, v_end.hash, v_now, vigil_platform.sign_token(jsonb_build_object(
      'iss', 'vigil', 'typ', 'audit-head', 'tenant_id', v_end.tenant_id, 'tenant', v_end.name,
      'sequence', v_end.sequence, 'hash', encode(v_end.hash, 'hex'), 'iat', floor(extract(epoch from v_now)))));
    v_signed := v_signed + 1;
  end loop;
  -- The files have them.
  delete from audit.head h
  where h.exported_at < clock_timestamp() - interval '7 days'
    and exists (select from audit.head n where n.tenant_id = h.tenant_id and n.signed_at > h.signed_at);
  return v_signed;
end
$$;
comment on function audit.sign_heads() is
'Signs the end of each chain that has moved since its newest head, or that has none of the last hour, and removes heads that were exported more than 7 days ago, but the newest. Returns how many it signed. Run by the job audit_heads. Owned by vigil_auth: it signs what is in the chain, and no caller can have it sign anything else.';
