create or replace function fleet.keep_contract() returns trigger
language plpgsql
as $$
declare
  v_count int;
begin
  if tg_op = 'DELETE' then
    -- Deleting the whole profile or tenant takes its metrics along.
    if exists (
      select from fleet.profile p where p.tenant_id = old.tenant_id and p.profile_id = old.profile_id
    ) then
      raise exception using
        errcode = '55000',
        message = pg_catalog.format('metric "%s" is part of a profile and cannot be removed', old.name),
        hint = 'Stop sending the metric; stored vectors depend on its position.';
    end if;
    return old;
  end if;

  if tg_op = 'UPDATE' then
    if (new.tenant_id, new.profile_id, new.position, new.name, new.unit, new.kind)
      is distinct from (old.tenant_id, old.profile_id, old.position, old.name, old.unit, old.kind) then
      raise exception using
        errcode = '55000',
        message = pg_catalog.format('metric "%s" is part of a profile and cannot be changed', old.name),
        hint = 'Append a new metric; stored vectors depend on this one.';
    end if;
    if new.personal <> old.personal then
      update fleet.profile p
      set personal = case when new.personal then pg_catalog.array_append(p.personal, new.position)
        else pg_catalog.array_remove(p.personal, new.position) end
      where p.tenant_id = new.tenant_id and p.profile_id = new.profile_id;
    end if;
    return new;
  end if;

  -- A DBA can say otherwise later.
  new.personal := new.personal or new.name ~* '^(gps[_.-]?)?(lat|latitude|lon|lng|longitude)$';
  -- The row lock keeps two appends from taking the same position, and lets streams be opened meanwhile.
  select cardinality(p.metric_names) into v_count
  from fleet.profile p
  where p.tenant_id = new.tenant_id and p.profile_id = new.profile_id
  for no key update;
  if new.position is null then
    new.position := v_count + 1;
  elsif new.position <> v_count + 1 then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('the next metric of this profile has position %s, not %s', v_count + 1, new.position),
      hint = 'Leave the position out to append.';
  end if;

  update fleet.profile p
  set metric_names = p.metric_names || new.name,
      personal = case when new.personal then pg_catalog.array_append(p.personal, new.position) else p.personal end,
      contract_sha256 = pg_catalog.sha256(p.contract_sha256 || pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(new.position, new.name, new.unit, new.kind)::text, 'UTF8'))
  where p.tenant_id = new.tenant_id and p.profile_id = new.profile_id;
  return new;
end
$$;
comment on function fleet.keep_contract() is
'Keeps a profile append-only and its list of names and SHA-256 current, and which of its metrics are personal: latitude and longitude are from the beginning. The hash is a chain: each metric is hashed together with the hash before it.';

create or replace trigger _100_keep_contract
  before insert or update or delete on fleet.metric
  for each row execute function fleet.keep_contract();
