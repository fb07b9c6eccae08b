create or replace function auth.client_address() returns inet
language plpgsql stable
as $$
declare
  v_proxies int := (select s.trusted_proxies from auth.setting s);
  v_hops text[];
begin
  if v_proxies = 0 then
    return null;
  end if;
  v_hops := pg_catalog.string_to_array(auth.request_header('x-forwarded-for'), ',');
  return pg_catalog.btrim(v_hops[pg_catalog.cardinality(v_hops) - v_proxies + 1])::inet;
exception
  when invalid_text_representation then
    return null;
end
$$;
comment on function auth.client_address() is
'Where the current request comes from, as the outermost proxy of ours saw it: what stands before in X-Forwarded-For anybody may have written. Null when no proxy is trusted (auth.setting.trusted_proxies) or it says nothing usable.';
