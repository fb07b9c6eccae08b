create or replace function api.save_person(
  name text, display_name text default null, time_zone text default null, language text default null, subject text default null, active boolean default null
) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_person', jsonb_build_array(name, display_name, time_zone, language, subject, active)::text);
  v_person alerting.person;
  v_rule text;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  insert into alerting.person as p (tenant_id, name, display_name, time_zone, language, subject, active)
  values (v_tenant_id, save_person.name, coalesce(save_person.display_name, save_person.name), coalesce(save_person.time_zone, 'UTC'),
    coalesce(save_person.language, 'en'), nullif(save_person.subject, ''), coalesce(save_person.active, true))
  on conflict on constraint person_name_unique do update
  set display_name = coalesce(save_person.display_name, p.display_name), time_zone = coalesce(save_person.time_zone, p.time_zone),
    language = coalesce(save_person.language, p.language), active = coalesce(save_person.active, p.active),
    subject = nullif(coalesce(save_person.subject, p.subject), '')
  returning p.* into v_person;
  return ops.keep_answer('save_person', jsonb_build_object('name', v_person.name, 'display_name', v_person.display_name,
    'time_zone', v_person.time_zone, 'language', v_person.language, 'subject', v_person.subject, 'active', v_person.active));
exception
  when unique_violation then
    raise exception using
      errcode = '23505',
      message = 'another person has this subject',
      hint = 'A sub claim tells who somebody is, so one person has it: take it from the other first by saving them with an empty subject.';
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = case v_rule
        when 'display_name_length' then 'the display name is empty or longer than 200 characters'
        when 'subject_length' then 'the subject is longer than 200 characters'
        when 'language_known' then 'the language is not known'
        else 'the person has no valid name' end,
      hint = case v_rule
        when 'display_name_length' then 'Give a name as people read it, or leave it out.'
        when 'subject_length' then 'Send the sub claim of the person''s tokens, or leave it out.'
        when 'language_known' then 'Messages are written in "en" and "de".'
        else 'Use small letters, digits, ".", "_" and "-", beginning with a letter, such as "ann".' end;
end
$$;
comment on function api.save_person(text, text, text, text, text, boolean) is
$$Make or change a person
By name; what is left out stays as it is. subject is the sub claim of the person's tokens, so that they can see and change how they are reached; an empty one takes it away. time_zone is an IANA name, language en or de.$$;
