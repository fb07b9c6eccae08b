create or replace function alerting.notification_payload(tenant int, notification bigint) returns text
language plpgsql stable
as $$
declare
  v_payload text;
  v_most int;
begin
  -- A page that is too long for the outbox would be a page lost.
  foreach v_most in array array[10, 3, 1, 0] loop
    v_payload := alerting.payload_with(tenant, notification, v_most);
    exit when pg_catalog.octet_length(v_payload) <= 20480;
  end loop;
  return v_payload;
end
$$;
comment on function alerting.notification_payload(int, bigint) is
'What a notification about an incident says (alerting.payload_with), with as many of its alerts, up to ten, as fit into 20 KiB. Channels other than webhooks make their messages of it.';
