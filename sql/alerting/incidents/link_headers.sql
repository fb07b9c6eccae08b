create or replace function alerting.link_headers() returns void
language plpgsql stable
as $$
begin
  -- In somebody else's frame the button could be pressed for another.
  perform auth.add_answer_header('Content-Security-Policy',
    'default-src ''none''; style-src ''unsafe-inline''; form-action ''self''; frame-ancestors ''none''; base-uri ''none''');
  perform auth.add_answer_header('Cache-Control', 'no-store');
end
$$;
comment on function alerting.link_headers() is
'Headers of the pages behind links in messages: not in frames, nothing from elsewhere, kept nowhere.';
