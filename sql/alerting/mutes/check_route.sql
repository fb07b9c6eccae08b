create or replace function alerting.check_route() returns trigger
language plpgsql
as $$
begin
  perform alerting.refuse_matchers(new.matchers);
  if exists (select from pg_catalog.unnest(new.group_by) g where coalesce(pg_catalog.length(g), 0) not between 1 and 100) then
    raise exception using
      errcode = '22023',
      message = 'group_by lists names of labels, of 1 to 100 characters',
      hint = 'Such as ["rule", "site"]; an empty list makes one incident of all alerts of the route.';
  end if;
  return new;
end
$$;
comment on function alerting.check_route() is 'Refuses a route whose matchers are not well-formed or whose group_by holds what is no label (22023).';
