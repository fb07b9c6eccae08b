create or replace function alerting.refuse_long_range("from" timestamptz, "to" timestamptz) returns void
language plpgsql stable
as $$
begin
  if not coalesce("from" < "to" and "to" - "from" <= interval '400 days' and pg_catalog.isfinite("from"), false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, by 400 days at most',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
end
$$;
comment on function alerting.refuse_long_range(timestamptz, timestamptz) is
'Refuses (22023) a range of time that is empty, without an end, or longer than 400 days.';
