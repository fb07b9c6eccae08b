create or replace function alerting.forget_inhibited() returns trigger
language plpgsql
as $$
begin
  update alerting.alert al
  set muted_by = null, muted_id = null
  where al.tenant_id = old.tenant_id and al.state = 'open' and al.muted_by = 'inhibition';
  return null;
end
$$;
comment on function alerting.forget_inhibited() is
'Takes the mark off all inhibited alerts of a tenant whose inhibitions change; those that are still inhibited are marked again with the next run.';
