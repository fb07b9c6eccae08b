create or replace function audit.kept_from() returns table (tenant_id int, first_sequence bigint)
language plpgsql stable
as $$
begin
  return query
  select t.tenant_id, coalesce((
      select e.sequence
      from audit.entry e
      where e.tenant_id = t.tenant_id and e.sequence is not null
        -- Without a policy everything.
        and (e.at >= coalesce(s.cutoff, p.cutoff, '-infinity') or e.at <@ s.held)
      order by e.sequence
      limit 1
    ), (
      -- The chain goes on from its newest entry.
      select pg_catalog.max(e.sequence) from audit.entry e where e.tenant_id = t.tenant_id and e.sequence is not null
    ))
  from fleet.tenant t
  left join ops.retention_scope('audit') s on s.tenant_id = t.tenant_id and s.profile_id is null
  left join ops.retention_scope('audit') p on p.tenant_id is null;
end
$$;
comment on function audit.kept_from() is
'The first entry of each tenant''s chain that is not past its limit, or is held; null for a tenant without a chain. What comes before it may go: a chain loses its beginning and nothing from its middle.';
