create or replace function api.export(profile text, since text default null, max_readings int default 10000) returns api."text/csv"
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_page record;
begin
  v_page := fleet.export(auth.tenant_id(), profile, since, max_readings);
  perform auth.add_answer_header('X-Next-Watermark', v_page.watermark);
  perform auth.add_answer_header('X-More', v_page.more::text);
  return v_page.content;
end
$$;
comment on function api.export(text, text, int) is
$$Readings written since a watermark
Comma-separated values with a column for each metric, as POST /rpc/ingest takes them; send Accept: text/csv. Without since all readings of the profile, then, from the X-Next-Watermark of each answer on, those that were written since, late ones and corrections too. X-More says whether there are more now. At most 10,000 readings a page, or max_readings up to 50,000. A watermark is good for 7 days (410 after). A reading may come twice and is then the same or newer.$$;
