create or replace function auth.record_visit(account uuid, action text default 'failed_login') returns void
language sql volatile
as $$
  select audit.record(o.tenant_id, record_visit.action, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('account_id', account)))
  from (
    select t.tenant_id
    from fleet.tenant t
    left join auth.membership m on m.tenant_id = t.tenant_id and m.account_id = account
    left join auth.account a on a.account_id = account
    where m.account_id is not null or t.name = 'platform'
    order by t.tenant_id = a.last_tenant_id desc nulls last, m.account_id is null, t.name
    limit 1
  ) o
$$;
comment on function auth.record_visit(uuid, text) is
'Writes a failed login, or what else somebody did who has no tenant yet, into the audit trail of the tenant where the account worked last, else of its first. For emails that nobody has it is that of the tenant named platform, without the email, which may be a password in the wrong field: one entry for either, so that they take as long.';
