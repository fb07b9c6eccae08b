do $$
begin
  if to_regtype('api."text/html"') is null then
    create domain api."text/html" as text;
  end if;
end
$$;
comment on domain api."text/html" is 'What PostgREST sends as a page.';
