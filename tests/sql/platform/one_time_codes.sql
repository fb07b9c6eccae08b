-- Codes of authenticator apps: RFC 6238, and base32 of RFC 4648.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql

select plan(24);

-- RFC 6238, appendix B, SHA-1: the last six of its eight digits.
\set secret '12345678901234567890'
create temporary table vector on commit drop as
select * from (values (59, '287082'), (1111111109, '081804'), (1111111111, '050471'), (1234567890, '005924'), (2000000000, '279037'), (20000000000, '353130')) as t (seconds, code);
select is(vigil_platform.totp_matches(:'secret', code, to_timestamp(seconds)), seconds::bigint / 30, format('RFC 6238: %s', seconds)) from vector;

-- The window: the step itself, the one before and the one after.
select is(vigil_platform.totp_matches(:'secret', '005924', to_timestamp(41152263 * 30 + offset_seconds)), answer::bigint, format('%s seconds after the step begins', offset_seconds))
from (values (-30.000001, null), (-30, 41152263), (-0.000001, 41152263), (0, 41152263), (29.999999, 41152263), (59.999999, 41152263), (60, null)) as t (offset_seconds, answer);
select is(vigil_platform.totp_matches(:'secret', '755224', 'epoch'), 0::bigint, 'RFC 4226: the first code, and nothing before it');
select is(count(*) filter (where vigil_platform.totp_matches(:'secret', c, to_timestamp(1234567890)) is not null), 0::bigint, 'what is no code')
from unnest(array['', '5924', '05924', '0005924', '89005924', ' 05924', '00592a', '٠٠٥٩٢٤', '+05924', '005925', '-00592', E'005924\n']) as c;
select is(count(*) filter (where vigil_platform.totp_matches(:'secret', '287082', at) is not null), 0::bigint, 'times without a code')
from unnest(array['infinity', '-infinity', '1969-12-31 00:00:00+00', '4714-11-24 00:00:00+00 bc', '294276-12-31 23:59:59+00']::timestamptz[]) as at;
select is(vigil_platform.totp_matches('\x3132333435363738393031323334353637383930313233343536373839303132', '000000', to_timestamp(59)), null, 'another secret');
select is(row(vigil_platform.totp_matches(null, '287082', now()), vigil_platform.totp_matches(:'secret', null, now()), vigil_platform.totp_matches(:'secret', '287082', null)),
    row(null::bigint, null::bigint, null::bigint), 'null');
select is(pg_temp.failure('select vigil_platform.totp_matches(''123456789012345'', ''287082'', now())'), '22023 secret is shorter than 16 bytes | Use 20 random bytes.', 'a secret that can be guessed');

-- RFC 4648, section 10, without padding
select is(string_agg(vigil_platform.base32(b::bytea), ' ' order by length(b)), ' MY MZXQ MZXW6 MZXW6YQ MZXW6YTB MZXW6YTBOI', 'RFC 4648') from unnest('{"",f,fo,foo,foob,fooba,foobar}'::text[]) as b;
select is(vigil_platform.base32(:'secret'), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'a secret as apps take it');
select is(length(vigil_platform.base32(decode(repeat('ff', 1024), 'hex'))), 1639, 'the longest');
select is(pg_temp.failure('select vigil_platform.base32(decode(repeat(''ff'', 1025), ''hex''))'), '22023 secret is longer than 1024 bytes | Use 20 random bytes.', 'too long');
select is(vigil_platform.base32(null), null, 'base32: null');

select * from finish();
