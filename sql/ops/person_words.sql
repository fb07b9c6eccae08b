create or replace function ops.person_words(tenant int, person int, out ids text[], out words text[])
language sql stable
as $$
  -- The sender of a link is noted with what the link was.
  select pg_catalog.array_remove(array[p.subject, p.name, p.display_name, p.display_name || ' (link)', p.name || ' (link)'], null)
      || array(select m.address || ' (link)' from alerting.contact_method m where m.tenant_id = p.tenant_id and m.person_id = p.person_id)
      || array(select m.address from alerting.contact_method m where m.tenant_id = p.tenant_id and m.person_id = p.person_id),
    array(
      select w.word
      from (
        select p.subject as word union select p.display_name
        union select m.address from alerting.contact_method m where m.tenant_id = p.tenant_id and m.person_id = p.person_id
      ) w
      -- Shorter ones would be found in the middle of other words.
      where pg_catalog.length(w.word) >= 4)
  from alerting.person p
  where p.tenant_id = tenant and p.person_id = person_words.person
$$;
comment on function ops.person_words(int, int) is
'By what a person is to be found: ids, which columns that name somebody hold as a whole; words, of 4 letters and more, which free text may hold: subject, display name, addresses.';
