create or replace function auth.password_problem(password text, has_second_factor boolean, context text[]) returns text
language plpgsql stable
as $$
declare
  v_password text := normalize(password, nfkc);
  v_lower text := pg_catalog.lower(v_password);
  -- What it repeats, if it is a repetition.
  v_unit text := coalesce(pg_catalog.substring(v_lower, '^(.+?)\1+$'), v_lower);
  v_rest text := v_lower;
  v_word text;
begin
  if password is null or pg_catalog.length(v_password) < (case when has_second_factor then 8 else 15 end) then
    return pg_catalog.format('the password is shorter than %s characters', case when has_second_factor then 8 else 15 end);
  elsif pg_catalog.length(password) > 256 or pg_catalog.length(v_password) > 256 then
    return 'the password is longer than 256 characters';
  end if;
  foreach v_word in array context || 'vigil'::text loop
    if pg_catalog.length(v_word) >= 3 then
      v_rest := pg_catalog.replace(v_rest, pg_catalog.lower(normalize(v_word, nfkc)), '');
    end if;
  end loop;
  if v_rest <> v_lower and pg_catalog.length(v_rest) < 8 then
    return 'the password is little more than the name of you, of the tenant or of vigil';
  end if;
  if pg_catalog.length(v_unit) < 4
    or exists (
      select from auth.blocked_password b
      where b.password_sha256 in (pg_catalog.sha256(pg_catalog.convert_to(v_lower, 'UTF8')), pg_catalog.sha256(pg_catalog.convert_to(v_unit, 'UTF8'))))
    or exists (
      select
      from pg_catalog.unnest('{abcdefghijklmnopqrstuvwxyz,0123456789012345678901234567890,qwertyuiopasdfghjklzxcvbnm,1234567890qwertyuiopasdfghjklzxcvbnm}'::text[]) s (line)
      where pg_catalog.strpos(s.line, v_unit) > 0 or pg_catalog.strpos(pg_catalog.reverse(s.line), v_unit) > 0) then
    return 'the password is one that is guessed first';
  end if;
  return null;
end
$$;
comment on function auth.password_problem(text, boolean, text[]) is
'Why somebody may not choose a password; null when they may (NIST SP 800-63B-4, 3.1.1.2): at least 15 characters, 8 with a second factor, at most 256, after NFKC; not a known one (auth.blocked_password), a repetition of one, a row of letters, digits or keys, or little more than a word of the context. Any characters; none are asked for.';
