create or replace function ops.person_data(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_person alerting.person;
  v_ids text[];
  v_column record;
  v_rows jsonb;
  v_all jsonb := jsonb '{}';
begin
  if not auth.sees_personal_data() then
    raise exception using
      errcode = '42501',
      message = 'permission denied for whoever may not see personal data',
      hint = 'Admins of the tenant do this. Staff of the platform see one object with POST /rpc/reveal_personal_data, for a reason.';
  end if;
  select p.* into v_person from alerting.person p where p.tenant_id = v_tenant_id and p.name = person_data.name;
  if not found then
    raise sqlstate 'PT404' using
      message = format('there is no person "%s"', left(person_data.name, 100)),
      hint = 'GET /people lists them.';
  end if;
  select w.ids into v_ids from ops.person_words(v_tenant_id, v_person.person_id) w;
  for v_column in
    -- What refers to the person, and where somebody is named.
    select t.relation, t.name from ops.tenant_tables() t where ops.person_condition(t.relation) is not null
  loop
    execute format('select jsonb_agg(y.line) from (select (select to_jsonb(z) - ''bytes'' from (select %s) z) as line from %s x where x.tenant_id = $1 and (%s) limit 10000) y',
      ops.readable_columns(v_column.relation), v_column.relation, ops.person_condition(v_column.relation))
    into v_rows
    using v_tenant_id, v_person.person_id, v_ids;
    if v_rows is not null then
      v_all := v_all || jsonb_build_object(v_column.name, v_rows);
    end if;
  end loop;
  perform audit.record(v_tenant_id, 'read_personal_data', jsonb_build_object('object', 'person', 'person_id', v_person.person_id, 'why', 'export_person'));
  return jsonb_build_object('person', v_person.name, 'account', auth.account_data(v_person.subject, v_tenant_id), 'tables', v_all);
end
$$;
comment on function ops.person_data(text) is
'Everything the session''s tenant has about a person: rows that refer to them or name them, by table, at most 10,000 of each, and their account. Noted in the audit trail. Owned by vigil_jobs; the tenant is the session''s and no other. 42501 for whoever may not see personal data, staff of the platform among them, PT404 for an unknown person.';
