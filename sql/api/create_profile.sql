create or replace function api.create_profile(profile text, metrics jsonb) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('create_profile', jsonb_build_array(profile, metrics)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  perform fleet.create_profile(auth.tenant_id(), create_profile.profile, create_profile.metrics);
  select to_jsonb(p) into v_answer from api.profiles p where p.profile = create_profile.profile;
  return ops.keep_answer('create_profile', v_answer);
exception
  when unique_violation then
    raise exception using
      errcode = '23505',
      message = format('profile "%s" or one of its metrics exists already', create_profile.profile),
      hint = 'Profiles only grow: append metrics to the one there is, or choose another name.';
  when check_violation or not_null_violation then
    raise exception using
      errcode = '22023',
      message = 'a name or kind in the profile is not valid',
      hint = 'Names start with a letter and hold up to 63 letters, digits and _ . % / -; kind is gauge, counter or state.';
end
$$;
comment on function api.create_profile(text, jsonb) is
$$Create a profile
metrics is an array of names or of {name, unit, kind, description}, in the order of the vector.$$;
