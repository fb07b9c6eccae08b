create or replace function ops.rows_by_tenant(relation regclass, of_object text) returns setof ops.tenant_rows
language plpgsql stable
as $$
begin
  return query execute pg_catalog.format(case of_object
    -- Grouped by what the key begins with, so that the index is all that is read.
    when 'readings' then $query$
      select r.tenant_id, pg_catalog.sum(r.n)::bigint, pg_catalog.sum(r.n * pg_catalog.cardinality(p.metric_names))::bigint
      from (select x.tenant_id, x.stream_id, pg_catalog.count(*) as n from %s x group by x.tenant_id, x.stream_id) r
      left join fleet.stream st on st.tenant_id = r.tenant_id and st.stream_id = r.stream_id
      left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
      group by r.tenant_id$query$
    when 'features' then $query$
      select r.tenant_id, pg_catalog.sum(r.n)::bigint, pg_catalog.sum(r.n * s.feature_count)::bigint
      from (select x.tenant_id, x.feature_set_id, pg_catalog.count(*) as n from %s x group by x.tenant_id, x.feature_set_id) r
      left join detect.feature_set s on s.tenant_id = r.tenant_id and s.feature_set_id = r.feature_set_id
      group by r.tenant_id$query$
    when 'scores' then 'select x.tenant_id, pg_catalog.count(*), pg_catalog.count(*) from %s x group by x.tenant_id'
    else 'select x.tenant_id, pg_catalog.count(*), null::bigint from %s x group by x.tenant_id'
  end, relation);
end
$$;
comment on function ops.rows_by_tenant(regclass, text) is
'How many rows each tenant has in a table or chunk of an object, and how many values they hold (null where they hold none).';
