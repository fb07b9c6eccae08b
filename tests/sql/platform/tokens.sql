-- Signed tokens, and random ones.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql
\ir ../support/key_files.psql

select plan(40);

-- Random ones
select matches(vigil_platform.random_token(), '^[A-Za-z0-9_-]{43}$', '256 bits unless another size is asked for');
select is(length(vigil_platform.random_token(n)), ceil(n * 4 / 3.0)::int, n || ' bytes') from unnest('{16,17,18,1024}'::int[]) as n;
select is(count(distinct vigil_platform.random_token(16)), 1000::bigint, 'no two are the same') from generate_series(1, 1000);
select is(vigil_platform.random_token(null), null, 'null');
select is(pg_temp.failure(format('select vigil_platform.random_token(%s)', n)), format('22023 a token of %s bytes is not to be had | Ask for 16 to 1024 bytes; 32 is a good number.', n), 'refused: ' || n)
from unnest('{15,0,-1,1025,2147483647}'::int[]) as n;

-- RFC 8037: the key of appendix A.1, its public half in A.2 and its thumbprint in A.3. The signature is openssl's.
select pg_temp.write('rfc.pem', pg_temp.rfc_8037_key());
select set_config('vigil_platform.signing_key_file', pg_temp.key_file('rfc.pem'), true);
\set token 'eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsifQ.eyJleHAiOiAxMzAwODE5MzgwLCAiaXNzIjogImpvZSJ9.UohmOv6hPgfD_3bXjSFOlhiPQwV0CizINCiuij0gAJOEUfzJ3wkYv2ReIgJDwEU0VBLyL_6C6OLjGO5go9NoDw'
select is(vigil_platform.signing_public_key(),
    '{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
    'the public half and its thumbprint');
select is(vigil_platform.sign_token('{"iss": "joe", "exp": 1300819380}'), :'token', 'a signature is the one of openssl');
select is(vigil_platform.sign_token(null), null, 'sign: null');
select is(pg_temp.failure(format('select vigil_platform.sign_token(%L)', c)), '22023 claims are not an object | Pass names and values, as in ''{"sub": "somebody"}''.', 'sign: ' || c)
from unnest(array['null', '1', '"x"', '[]', '[{}]']) as c;

-- Verifying, with the key of RFC 8037
select jsonb_build_object('keys', jsonb_build_array(vigil_platform.signing_public_key())) as keys \gset
select is(vigil_platform.verify_token(:'token', :'keys'), '{"exp": 1300819380, "iss": "joe"}', 'a key set');
select is(vigil_platform.verify_token(:'token', :'keys'::jsonb -> 'keys'), '{"exp": 1300819380, "iss": "joe"}', 'an array of keys');
select is(vigil_platform.verify_token(:'token', '[{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]'), '{"exp": 1300819380, "iss": "joe"}', 'a key that does not say more than it must');
select is(vigil_platform.verify_token(vigil_platform.sign_token(c), :'keys'), c, 'what was signed: ' || left(c::text, 40))
from unnest(array['{}', '{"n": 12345678901234567890.0123456789, "e": 1e400}', '{"ü": "☂\n\u0001", "deep": [[[{"a": null}]]]}']::jsonb[]) as c;
-- Signed with the same key, but not what a token has to be.
select is(vigil_platform.verify_token(t, :'keys'), answer, what) from (values
    ('no key id', 'eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.vGKVz1ca21v6_dmpbt3FX0ENvaIXzgayEazfTOZwAnZxYjHwvS9-eT0EsjCDwBNeZKO7vVQT0879n9w35GD-Aw', '{"a": 1}'::jsonb),
    ('an extension that must be understood', 'eyJhbGciOiJFZERTQSIsImNyaXQiOlsiZXhwIl19.eyJhIjoxfQ.3DDS9lBQ0HFvwHWHyTsfwty0vnCToC86QGlY4QChZxY2yus3uHO1r2SHEmY_3wCgEuym3tlmq_XD-cG33yb6Aw', null),
    ('another algorithm', 'eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.y4GWiXDkBYkz2F_Ii1w8VzhxS5qTN0c6ld1BN-xWRWgddmzsLWZ7WV3r5EI5OyRoUcxMgE2qHPj4pYVEIm2wCg', null),
    ('no algorithm', 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.kL_Xv60uvZY_isjuB6o_EWKMHVpEuH4TdeVSgKejGyPnSzcWZ8jpJddn4-PT2Da_Bv4CkGHuRmrSIRQKZrKzCA', null),
    ('claims that are no object', 'eyJhbGciOiJFZERTQSJ9.WzFd.pADgeTBL8DLYmm2BdUwoo5An46UVd_eIrnLID67wRJEQJt-TGnXRfT804MbF1H0X41JVRkFrsxP6VyVPuBCeAg', null)) as t (what, t, answer);
select is(count(*) filter (where vigil_platform.verify_token(t, :'keys') is not null), 0::bigint, 'what is no token')
from unnest(array['', '.', '..', '...', 'x', :'token' || '.', '.' || :'token', :'token' || '=', ' ' || :'token', split_part(:'token', '.', 1), rtrim(:'token', 'w'),
    split_part(:'token', '.', 1) || '.' || split_part(:'token', '.', 2) || '.', 'e30.e30.e30', repeat('.', 1000), repeat('A', 100000)]) as t;
-- Each of its characters, each of seven bits: an eighth would be no character.
select is(row(count(*) filter (where vigil_platform.verify_token(flipped, :'keys') is not null), count(*) > 1500), row(0::bigint, true), 'no bit of very many can be changed')
from (select overlay(:'token' placing chr(ascii(substr(:'token', place, 1)) # (1 << bit)) from place for 1) as flipped
    from generate_series(1, length(:'token')) as place, generate_series(0, 6) as bit where ascii(substr(:'token', place, 1)) # (1 << bit) <> 0) as t;
-- Other keys
select pg_temp.run('openssl genpkey -algorithm ed25519 -out other.pem');
select set_config('vigil_platform.signing_key_file', pg_temp.key_file('other.pem'), true);
select vigil_platform.signing_public_key() as other \gset
select is(vigil_platform.verify_token(:'token', jsonb_build_array(:'other'::jsonb)), null, 'another key');
select is(vigil_platform.verify_token(:'token', jsonb_build_array(:'other'::jsonb || '{"kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}')), null, 'another key under the same name');
select is(vigil_platform.verify_token(:'token', :'other'::jsonb || jsonb_build_object('keys', jsonb_build_array(:'other'::jsonb) || (:'keys'::jsonb -> 'keys'))) ->> 'iss', 'joe', 'the right key among others');
select is(count(*) filter (where vigil_platform.verify_token(:'token', jsonb_build_array((:'keys'::jsonb #> '{keys,0}') || change)) is not null), 0::bigint, 'keys that do not fit')
from unnest(array['{"kid": "x"}', '{"use": "enc"}', '{"alg": "ES256"}', '{"crv": "X25519"}', '{"kty": "EC"}', '{"x": "AA"}', '{"x": null}', '{"x": ""}']::jsonb[]) as change;
select is(count(*) filter (where vigil_platform.verify_token(:'token', k) is not null), 0::bigint, 'keys that are none') from unnest(array['[]', '{"keys": []}', '[1, null, "x", {}, []]']::jsonb[]) as k;
select is(count(*) filter (where pg_temp.failure(format('select vigil_platform.verify_token(''x'', %L)', k)) <>
    '22023 keys are neither a key set nor an array of keys | Pass ''{"keys": [...]}'' or ''[...]'' of JSON Web Keys.'), 0::bigint, 'neither a key set nor keys')
from unnest(array['null', '1', '"x"', '{}', '{"keys": {}}', '{"keys": null}']) as k;
select is(row(vigil_platform.verify_token(null, '[]'), vigil_platform.verify_token('x', null)), row(null::jsonb, null::jsonb), 'verify: null');

select pg_temp.remove_keys();
select * from finish();
