-- Passwords: Argon2id as its reference implementation computes it.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql

select plan(39);

-- The reference implementation's own tests: password, salt in the hash, memory, passes, lanes.
select is(vigil_platform.verify_password(password, hash), true, 'known answer: ' || left(hash, 31))
from (values
    ('password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'),
    ('password', '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'),
    ('password', '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'),
    ('password', '$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg'),
    ('password', '$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+zyJEf5PhtGiUghW9jFyw'),
    ('differentpassword', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94'),
    ('password', '$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw')) as t (password, hash);

-- A hash and its password
select vigil_platform.hash_password('correct horse battery staple') as hash \gset
select matches(:'hash'::text, '^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$', 'a hash is a PHC string with the default parameters');
select isnt(vigil_platform.hash_password('correct horse battery staple'), :'hash'::text, 'its salt is its own');
select is(vigil_platform.verify_password('correct horse battery staple', :'hash'), true, 'the password');
select is(vigil_platform.verify_password(p, :'hash'), false, format('not the password: %L', p))
from unnest(array['', 'correct horse battery stapl', 'correct horse battery staple ', 'Correct horse battery staple', repeat('x', 5000)]) as p;
select is(vigil_platform.verify_password(p, vigil_platform.hash_password(p)), true, 'a password of ' || octet_length(p) || ' bytes')
from unnest(array['', 'naïve ☂ 密码', repeat('x', 4096)]) as p;
select is(vigil_platform.verify_password('correct horse battery staple', overlay(:'hash' placing case substr(:'hash', n, 1) when 'A' then 'B' else 'A' end from n for 1)), false, 'another hash')
from unnest(array[40, 60, 80]) as n;

-- NULL
select is(vigil_platform.hash_password(null), null, 'hash: null');
select is(vigil_platform.verify_password(null, :'hash'), null, 'verify: no password');
select is(vigil_platform.verify_password('correct horse battery staple', null), false, 'verify: no hash');
select is(vigil_platform.verify_password(null, null), null, 'verify: neither');
select is(vigil_platform.password_needs_rehash(null), null, 'needs rehash: null');

-- Refused
select is(pg_temp.failure('select vigil_platform.hash_password(repeat(''x'', 4097))'), '22023 password is longer than 4096 bytes | Choose a shorter one.', 'a password that is too long');
create temporary table bad_hash on commit drop as
select h from unnest(array['', 'x', '$argon2id$', :'hash' || '=', :'hash' || '$', ' ' || :'hash',
    replace(:'hash', 'argon2id', 'argon2i'), replace(:'hash', 'argon2id', 'argon2d'), replace(:'hash', 'argon2id', 'scrypt'),
    replace(:'hash', 'v=19', 'v=16'), replace(:'hash', 'v=19$', ''), replace(:'hash', 'm=19456', 'm=1048577'), replace(:'hash', 'm=19456', 'm=4'),
    replace(:'hash', 'm=19456', 'm=-1'), replace(:'hash', 't=2', 't=17'), replace(:'hash', 't=2', 't=0'), replace(:'hash', 'p=1', 'p=17'), replace(:'hash', 'p=1', 'p=0'),
    replace(:'hash', 'p=1', 'p=1,keyid=####'), left(:'hash', 53), left(:'hash', 30), '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy']) as h;
select is(count(*) filter (where pg_temp.failure(format('select vigil_platform.%s%L)', f, h)) <>
    '22023 password hash is malformed | It is what hash_password returned: $argon2id$v=19$m=...,t=...,p=...$salt$hash.'), 0::bigint, 'refused: ' || f)
from bad_hash, unnest(array['verify_password(''x'', ', 'password_needs_rehash(']) as f group by f;

-- Parameters
select is(vigil_platform.password_needs_rehash(:'hash'), false, 'a new hash is good enough');
select is(vigil_platform.password_needs_rehash(h), true, 'weaker: ' || h)
from unnest(array[replace(:'hash', 'm=19456', 'm=19455'), replace(:'hash', 't=2', 't=1'), left(:'hash', -11)]) as h;
set local vigil_platform.argon2_memory_kib = 20480;
set local vigil_platform.argon2_iterations = 3;
select matches(vigil_platform.hash_password('x'), '^\$argon2id\$v=19\$m=20480,t=3,p=1\$', 'a new hash has the parameters of the settings');
select is(vigil_platform.password_needs_rehash(:'hash'), true, 'an old one has not');
select is(vigil_platform.verify_password('correct horse battery staple', :'hash'), true, 'but is still checked');
select is(left(pg_temp.failure(s), 5), '22023', s)
from unnest(array['set vigil_platform.argon2_memory_kib = 19455', 'set vigil_platform.argon2_iterations = 1', 'set vigil_platform.argon2_concurrency = -1']) as s;

select * from finish();
