-- Sealed secrets open with their key, for their context, and as a whole.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql
\ir ../support/key_files.psql

select plan(18);

select pg_temp.write('sealing.key', encode(decode('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f', 'hex'), 'base64'));
select set_config('vigil_platform.sealing_key_file', pg_temp.key_file('sealing.key'), true);

-- RFC 8439, section 2.8.2: its key, nonce and text. Its associated data is no text, so the tag is that of a context.
select is(vigil_platform.unseal(('\x01' || '070000004041424344454647'
    || 'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116'
    || '4c256c2206a039f846ad3bba3854b3be')::bytea, 'rfc 8439'),
    'Ladies and Gentlemen of the class of ''99: If I could offer you only one tip for the future, sunscreen would be it.'::bytea, 'RFC 8439');
select is(vigil_platform.unseal(vigil_platform.seal(p, c), c), p, format('%s bytes for %L', length(p), c))
from (values (''::bytea, ''), ('\x00', 'totp:1'), (sha256('x'), 'ü'), (decode(repeat('c0ffee', 20000), 'hex'), repeat('c', 10000))) as t (p, c);
select vigil_platform.seal('\x48656c6c6f', 'here') as sealed \gset
select is(row(get_byte(:'sealed'::bytea, 0), length(:'sealed'::bytea)), row(1, 5 + 29), 'a version, a nonce, the bytes and a tag');
select isnt(vigil_platform.seal('\x48656c6c6f', 'here'), :'sealed'::bytea, 'the same bytes are not sealed the same way twice');
select is(position('\x48656c6c6f'::bytea in :'sealed'::bytea), 0, 'the bytes are not in it');
select is(row(vigil_platform.seal(null, ''), vigil_platform.seal('\x', null), vigil_platform.unseal(null, ''), vigil_platform.unseal(:'sealed', null)),
    row(null::bytea, null::bytea, null::bytea, null::bytea), 'null');
select is(pg_temp.failure('select vigil_platform.seal(decode(repeat(''00'', 65537), ''hex''), '''')'), '22023 more than 65536 bytes cannot be sealed | Seal a key, and encrypt the rest with it.', 'too much');

create function pg_temp.opening(sealed bytea, context text) returns text language sql as $$ select pg_temp.failure(format('select vigil_platform.unseal(%L, %L)', sealed, context)) $$;
\set closed '22023 the sealed bytes cannot be opened | They were changed, or sealed for another context or with another key than vigil_platform.sealing_key_file has.'
select is(count(*) filter (where pg_temp.opening(set_bit(:'sealed'::bytea, bit, 1 - get_bit(:'sealed'::bytea, bit)), 'here') <> :'closed'), 0::bigint, 'no bit can be changed')
from generate_series(0, 8 * length(:'sealed'::bytea) - 1) as bit;
select is(count(*) filter (where pg_temp.opening(substr(:'sealed'::bytea, 1, n), 'here') <> :'closed'), 0::bigint, 'cut off') from generate_series(0, length(:'sealed'::bytea) - 1) as n;
select is(pg_temp.opening(:'sealed'::bytea || '\x00', 'here'), :'closed', 'with something after it');
select is(pg_temp.opening(:'sealed', c), :'closed', format('for %L', c)) from unnest(array['', 'there', 'here ']) as c;
select pg_temp.write('other.key', encode(sha256('other'), 'base64'));
select set_config('vigil_platform.sealing_key_file', pg_temp.key_file('other.key'), true);
select is(pg_temp.opening(:'sealed', 'here'), :'closed', 'with another key');
select set_config('vigil_platform.sealing_key_file', pg_temp.key_file('sealing.key'), true);
select is(vigil_platform.unseal(:'sealed', 'here'), '\x48656c6c6f'::bytea, 'with its key again');

select pg_temp.remove_keys();
select * from finish();
