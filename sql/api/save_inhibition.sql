create or replace function api.save_inhibition(
  name text, source_matchers jsonb, target_matchers jsonb, equal text[] default '{}', below_site boolean default false, enabled boolean default true
) returns setof api.inhibitions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_inhibition', jsonb_build_array(name, source_matchers, target_matchers, equal, below_site, enabled)::text);
  v_rule text;
begin
  if v_answer is null then
    insert into alerting.inhibition (tenant_id, name, source_matchers, target_matchers, equal, below_site, enabled)
    values (v_tenant_id, save_inhibition.name, save_inhibition.source_matchers, save_inhibition.target_matchers, save_inhibition.equal,
      save_inhibition.below_site, save_inhibition.enabled)
    on conflict on constraint inhibition_name_unique do update
    set source_matchers = excluded.source_matchers, target_matchers = excluded.target_matchers, equal = excluded.equal,
      below_site = excluded.below_site, enabled = excluded.enabled;
    v_answer := ops.keep_answer('save_inhibition', (select jsonb_agg(i) from api.inhibitions i where i.name = save_inhibition.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.inhibitions, v_answer) a;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = format('the inhibition breaks the rule %s', coalesce(nullif(v_rule, ''), 'that nothing of it is null')),
      hint = 'It has a name such as site-down, source_matchers, target_matchers, and at most 10 labels in equal.';
end
$$;
comment on function api.save_inhibition(text, jsonb, jsonb, text[], boolean, boolean) is
$$Let alerts mute those they explain
Made, or replaced when there is one of the name. While an open alert matches source_matchers, nobody is told of alerts that match target_matchers, have the same values of the labels in equal and, with below_site, are at the source's site or below it. Two alerts that each match both sides do not mute one another. What the one before muted is decided anew.$$;
