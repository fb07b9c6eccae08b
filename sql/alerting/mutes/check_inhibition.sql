create or replace function alerting.check_inhibition() returns trigger
language plpgsql
as $$
begin
  perform alerting.refuse_matchers(new.source_matchers);
  perform alerting.refuse_matchers(new.target_matchers);
  if new.source_matchers = '[]' then
    raise exception using
      errcode = '22023',
      message = 'an inhibition without source matchers would let every alert mute others',
      hint = 'Say which alerts explain others, such as {"label": "subject_kind", "op": "=", "value": "site"}.';
  end if;
  if exists (select from pg_catalog.unnest(new.equal) e where coalesce(pg_catalog.length(e), 0) not between 1 and 100) then
    raise exception using
      errcode = '22023',
      message = 'equal lists names of labels, of 1 to 100 characters',
      hint = 'Such as ["site"], or leave it out.';
  end if;
  return new;
end
$$;
comment on function alerting.check_inhibition() is 'Refuses an inhibition whose matchers are not well-formed, that has no source matchers, or whose equal holds what is no label (22023).';
