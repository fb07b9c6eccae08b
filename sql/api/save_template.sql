create or replace function api.save_template(name text, kind text, body text, subject text default null, html text default null)
returns setof api.templates
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_template', jsonb_build_array(name, kind, body, subject, html)::text);
  v_before text;
  v_rule text;
begin
  if v_answer is null then
    if save_template.kind <> 'email' and (save_template.subject is not null or save_template.html is not null) then
      raise exception using
        errcode = '22023',
        message = format('messages of kind %s have neither subject nor html', save_template.kind),
        hint = 'Leave them out; email has them.';
    end if;
    select t.kind into v_before from alerting.template t where t.tenant_id = v_tenant_id and t.name = save_template.name for update;
    if v_before <> save_template.kind then
      raise exception using
        errcode = '22023',
        message = format('template "%s" is of kind %s, which does not change', save_template.name, v_before),
        hint = 'Make another template, and let the channels name it.';
    end if;
    insert into alerting.template (tenant_id, name, kind, subject, body, html)
    values (v_tenant_id, save_template.name, save_template.kind, save_template.subject, save_template.body, save_template.html)
    on conflict on constraint template_name_unique do update
    set subject = excluded.subject, body = excluded.body, html = excluded.html, changed_at = now();
    v_answer := ops.keep_answer('save_template', (select jsonb_agg(t) from api.templates t where t.name = save_template.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.templates, v_answer) a;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = format('the template breaks the rule %s', coalesce(nullif(v_rule, ''), 'that it has a name, a kind and a body')),
      hint = 'It has a name such as short-page, a kind (email, slack, teams, pagerduty, sms, webhook), a body of up to 20000 bytes, and for email a subject of up to 2000 and html of up to 60000.';
end
$$;
comment on function api.save_template(text, text, text, text, text) is
$$Write a template for messages
Made, or replaced when there is one of the name. MiniJinja over the payload's type, timestamp and data. A template that cannot be used does not keep a message from going out: the worker's own takes its place.$$;
