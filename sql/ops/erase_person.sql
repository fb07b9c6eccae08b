create or replace function ops.erase_person(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_person alerting.person;
  v_pseudonym text;
  v_ids text[];
  v_words text[];
  v_column record;
  v_rows bigint;
  v_all jsonb;
  v_account text;
begin
  select p.* into v_person from alerting.person p where p.tenant_id = v_tenant_id and p.name = erase_person.name for update;
  if not found then
    raise sqlstate 'PT404' using
      message = format('there is no person "%s"', left(erase_person.name, 100)),
      hint = 'GET /people lists them.';
  end if;
  perform ops.refuse_held(v_tenant_id, null);
  v_pseudonym := 'erased-' || v_person.person_id;
  select w.ids, w.words into v_ids, v_words from ops.person_words(v_tenant_id, v_person.person_id) w;
  v_account := auth.erase_member(v_person.subject, v_tenant_id);

  delete from alerting.recipient r
  using alerting.contact_method m
  where r.tenant_id = v_tenant_id and m.tenant_id = r.tenant_id and m.person_id = v_person.person_id and m.address = r.address;
  update alerting.notification n set address = v_pseudonym where n.tenant_id = v_tenant_id and n.person_id = v_person.person_id and n.address is not null;
  delete from alerting.contact_method m where m.tenant_id = v_tenant_id and m.person_id = v_person.person_id;
  delete from alerting.unavailability u where u.tenant_id = v_tenant_id and u.person_id = v_person.person_id;
  -- Words in quotes, as JSON has them: the short name alone may be part of others.
  v_all := ops.replace_words(v_tenant_id, v_words, v_pseudonym)
    || ops.replace_words(v_tenant_id, array[format('"%s"', v_person.name)], format('"%s"', v_pseudonym), '{alerting.incident_event,alerting.incident}');
  for v_column in
    select format('%I.%I', k.schema_name, k.table_name)::regclass as relation, k.schema_name || '.' || k.table_name as name, k.column_name
    from ops.data_class k
    join pg_attribute a on a.attrelid = format('%I.%I', k.schema_name, k.table_name)::regclass and a.attname = k.column_name
    join ops.tenant_tables() t on t.relation = a.attrelid
    where k.kind = 'identifier' and k.schema_name <> 'audit' and k.table_name not in ('person', 'legal_hold', 'tenant_export')
    order by 2, 3
  loop
    execute format('update %s x set %I = $3 where x.tenant_id = $1 and x.%I = any ($2)', v_column.relation, v_column.column_name, v_column.column_name)
    using v_tenant_id, v_ids, v_pseudonym;
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
      v_all := v_all || jsonb_build_object(v_column.name, coalesce((v_all ->> v_column.name)::bigint, 0) + v_rows);
    end if;
  end loop;
  -- Schedules of the past keep that somebody was on call.
  update alerting.person p
  set name = v_pseudonym, display_name = v_pseudonym, subject = null, active = false, time_zone = 'UTC', language = 'en'
  where p.tenant_id = v_tenant_id and p.person_id = v_person.person_id;
  return jsonb_build_object('pseudonym', v_pseudonym, 'account', v_account, 'rows', v_all);
end
$$;
comment on function ops.erase_person(text) is
'Replaces a person of the session''s tenant by a pseudonym wherever they are named, and deletes how they are reached, when they were away and their account, or its membership where it works in other tenants, too. The audit trail is not changed: it is a chain; it has account numbers, which name nobody then. Answers {pseudonym, account, rows}. Owned by vigil_jobs; the tenant is the session''s and no other. PT404 for an unknown person, PT409 while a legal hold over the tenant is not released.';
