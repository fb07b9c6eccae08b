create or replace function auth.password_page(heading text, said text default null, token text default null, email text default null,
  display_name text default null, new_password boolean default true) returns text
language sql immutable
as $$
  with said as (
    select e.name, pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(e.text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#x27;') as text
    from (values ('heading', heading), ('said', said), ('token', token), ('email', email), ('display_name', display_name)) e (name, text)
  ),
  part as (
    select pg_catalog.max(s.text) filter (where s.name = 'heading') as heading, pg_catalog.max(s.text) filter (where s.name = 'said') as said,
      pg_catalog.max(s.text) filter (where s.name = 'token') as token, pg_catalog.max(s.text) filter (where s.name = 'email') as email,
      pg_catalog.max(s.text) filter (where s.name = 'display_name') as display_name
    from said s
  )
  select pg_catalog.format(
    $html$<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>%1$s</title>
<style>body{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.4rem}p{overflow-wrap:anywhere}label{display:block;margin:.8rem 0}input{display:block;font:inherit;width:100%%;box-sizing:border-box;padding:.5rem}
button{font:inherit;padding:.8rem 1.6rem;border:0;border-radius:.4rem;background:#0b5fff;color:#fff}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}}</style></head>
<body><h1>%1$s</h1>%2$s%3$s</body></html>
$html$,
    p.heading,
    case when p.said is not null then pg_catalog.format('<p>%s</p>', p.said) end,
    case when p.token is not null then pg_catalog.format($html$
<form method="post" action="set_password"><input type="hidden" name="token" value="%1$s">
<label>Email<input type="email" value="%2$s" autocomplete="username" readonly></label>%3$s
<label>%4$s<input type="password" name="password" %5$s maxlength="256" required autofocus></label>
<button>%6$s</button></form>$html$,
      p.token, p.email,
      case when p.display_name is not null then pg_catalog.format($html$
<label>Name<input name="display_name" value="%s" maxlength="200" autocomplete="name"></label>$html$, p.display_name) end,
      case when new_password then 'New password' else 'Your password' end,
      case when new_password then 'autocomplete="new-password"' else 'autocomplete="current-password"' end,
      case when new_password then 'Set the password' else 'Accept' end) end)
  from part p
$$;
comment on function auth.password_page(text, text, text, text, text, boolean) is
'A small page with a form for a password, when there is a token, and nothing from elsewhere. Everything is escaped; the name is asked for when one is given, and the password is a new one or the one that the account has.';
