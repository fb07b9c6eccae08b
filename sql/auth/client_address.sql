create or replace function auth.client_address() returns inet
language plpgsql stable
as $$
declare
  v_forwarded text := auth.request_header('x-forwarded-for');
  v_proxies int;
  v_hops text[];
  v_address text;
begin
  if v_forwarded is null then
    return null;
  end if;
  v_proxies := (select s.trusted_proxies from auth.setting s);
  if v_proxies = 0 then
    return null;
  end if;
  v_hops := pg_catalog.string_to_array(v_forwarded, ',');
  v_address := pg_catalog.btrim(v_hops[pg_catalog.cardinality(v_hops) - v_proxies + 1]);
  return case when pg_catalog.pg_input_is_valid(v_address, 'inet') then v_address::inet end;
end
$$;
comment on function auth.client_address() is
'Where the current request comes from, as the outermost proxy of ours saw it: what stands before in X-Forwarded-For anybody may have written. Null when no proxy is trusted (auth.setting.trusted_proxies) or it says nothing usable.';
