create or replace function alerting.inhibition_keys(inhibition alerting.inhibition, labels jsonb) returns text[]
language plpgsql immutable parallel safe
as $$
declare
  v_values text := '';
  v_path text := nullif(labels ->> 'site', '');
  v_keys text[] := array[]::text[];
begin
  for i in 1 .. pg_catalog.cardinality(inhibition.equal) loop
    v_values := v_values || pg_catalog.to_jsonb(coalesce(labels ->> inhibition.equal[i], ''))::text || ',';
  end loop;
  if not inhibition.below_site then
    return array[v_values];
  end if;
  while v_path is not null loop
    v_keys := v_keys || (v_values || v_path);
    v_path := nullif(pg_catalog.left(v_path, -pg_catalog.strpos(pg_catalog.reverse(v_path), '.')), '');
  end loop;
  return v_keys;
end
$$;
comment on function alerting.inhibition_keys(alerting.inhibition, jsonb) is
'By what an inhibition brings alerts together: an alert that matches its source mutes those that match its target and have the source''s first key among theirs. One key, or with below_site one for the site and for each site above it; none without a site. Labels that are not there count as empty.';
