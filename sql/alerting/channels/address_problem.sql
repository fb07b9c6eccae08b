create or replace function alerting.address_problem(kind text, address text) returns text
language sql immutable parallel safe
as $$
  select case
    when kind = 'email' then case
      when address is null or pg_catalog.length(address) > 320
        or address !~ '^[^[:space:][:cntrl:]@<>(),;:"\\]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$'
        then 'is no email address'
    end
    when kind = 'sms' then case
      when address is null or address !~ '^\+[1-9][0-9]{6,14}$' then 'is no telephone number such as +4930123456'
    end
    when address is not null then 'is one too many: the channel has one receiver'
  end
$$;
comment on function alerting.address_problem(text, text) is
'What is wrong with a recipient''s address on a channel of a kind: an email address, or a telephone number in E.164. Null when it can be used; other kinds take none (null).';
