create or replace function alerting.link_page(heading text, title text, severity text, button_token text) returns text
language sql immutable
as $$
  with said as (
    -- Titles come from devices.
    select e.place, pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(e.text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;') as text
    from (values (1, heading), (2, title), (3, severity), (4, button_token)) e (place, text)
  )
  select pg_catalog.format(
    $html$<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>%1$s</title>
<style>body{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.4rem}p{overflow-wrap:anywhere}button{font:inherit;padding:.8rem 1.6rem;border:0;border-radius:.4rem;background:#0b5fff;color:#fff}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}}</style></head>
<body><h1>%1$s</h1>%2$s%3$s</body></html>
$html$,
    max(s.text) filter (where s.place = 1),
    case when title is not null then pg_catalog.format('<p>%s%s</p>', max(s.text) filter (where s.place = 2), ' (' || max(s.text) filter (where s.place = 3) || ')') end,
    case when button_token is not null then pg_catalog.format($html$
<form method="post" action="acknowledge_by_link"><input type="hidden" name="token" value="%s"><button>Acknowledge</button></form>$html$,
      max(s.text) filter (where s.place = 4)) end)
  from said s
$$;
comment on function alerting.link_page(text, text, text, text) is
'A small page about an incident, with a button that acknowledges it when there is a token. Everything is escaped; title, severity and token may be null.';
