-- What may be a password, how failures add up, and that codes of the second factor work once.
begin;
select plan(53);
\ir ../support/refusal.psql
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme Pumps') as acme \gset

select is(auth.password_problem(password, has_second_factor, '{ann.smith,Ann Smith,acme,Acme Pumps}'), problem, coalesce(left(password, 40), 'null'))
from (values
  (null, false, 'the password is shorter than 15 characters'),
  ('', false, 'the password is shorter than 15 characters'),
  ('fourteen chars', false, 'the password is shorter than 15 characters'),
  ('fifteen chars !', false, null),
  ('fifteen chars !', true, null),
  ('seven c', true, 'the password is shorter than 8 characters'),
  ('eight ch', true, null),
  (repeat('long ', 51) || '!', false, null),
  ('n' || repeat('long ', 51), false, null),
  (repeat('long', 64) || '!', false, 'the password is longer than 256 characters'),
  (repeat('ﷺ', 15), false, 'the password is longer than 256 characters'),
  ('password', true, 'the password is one that is guessed first'),
  ('PassWord', true, 'the password is one that is guessed first'),
  ('passwordpassword', false, 'the password is one that is guessed first'),
  ('1qaz2wsx3edc4rfv', false, 'the password is one that is guessed first'),
  ('zzzzzzzzzzzzzzzzz', false, 'the password is one that is guessed first'),
  ('ababababababababab', false, 'the password is one that is guessed first'),
  ('abcdefghijklmnop', false, 'the password is one that is guessed first'),
  ('ponmlkjihgfedcba', false, 'the password is one that is guessed first'),
  ('0123456789012345', false, 'the password is one that is guessed first'),
  ('qwertyuiopasdfgh', false, 'the password is one that is guessed first'),
  ('ann.smith123456', false, 'the password is little more than the name of you, of the tenant or of vigil'),
  ('Ann Smith''s vigil', false, 'the password is little more than the name of you, of the tenant or of vigil'),
  ('acmeacmeacmeacme', false, 'the password is little more than the name of you, of the tenant or of vigil'),
  ('VIGIL vigil VIGIL', false, 'the password is little more than the name of you, of the tenant or of vigil'),
  ('vigil is what I keep at night', false, null),
  ('only small letters', false, null),
  ('123 987 456 321 0', false, null),
  ('日本語のパスワードはとても長いです', false, null)) as p (password, has_second_factor, problem);
select is(auth.password_problem('fu' || chr(776) || 'nfzehnzeichen!', false, '{}'), null, 'characters are counted after normalisation');
select cmp_ok((select count(*) from auth.blocked_password), '>', 11000::bigint, 'known passwords are known');

-- Hashes.
select is(auth.password_matches('a sentence of my own', vigil_platform.hash_password('a sentence of my own')), true, 'a password matches its hash');
select is(auth.password_matches(p, vigil_platform.hash_password('a sentence of my own')), false, coalesce('not ' || left(p, 20), 'not null')) from unnest(array['A sentence of my own', '', null, repeat('a', 257)]) p;
select is(auth.password_matches('a sentence of my own', null), false, 'nothing matches no hash');
select is(auth.password_matches('', vigil_platform.hash_password('')), false, 'nor the empty password any');

-- Failures, with time going by.
create function pg_temp.fail(email text, n int) returns void language sql as $$ select auth.note_failure(email) from generate_series(1, n) $$;
create function pg_temp.wait(email text) returns numeric language sql as $$
  select round(extract(epoch from max(a.locked_until) - max(a.last_failure_at))) from auth.login_attempt a where a.bucket_sha256 = any (auth.attempt_buckets(email))
$$;
select pg_temp.fail('ann@example.com', 4) \gset
select is(pg_temp.wait('ann@example.com'), null, 'four failures are free');
select is(pg_temp.refusal($$select auth.refuse_waiting('ann@example.com')$$), 'accepted', 'nobody waits');
select pg_temp.fail('ann@example.com', 1) \gset
select is(pg_temp.wait('ann@example.com'), 1::numeric, 'the fifth makes the next wait a second');
select matches(pg_temp.refusal($$select auth.refuse_waiting('ann@example.com')$$), '^PGRST: .*"PT429".*Wait 1 seconds', 'which is 429');
select is(pg_temp.refusal($$select auth.refuse_waiting('bob@example.com')$$), 'accepted', 'others do not wait');
select results_eq($$select (select pg_temp.wait('ann@example.com') from (select pg_temp.fail('ann@example.com', 1 + 0 * n)) f) from generate_series(1, 11) n$$,
  $$values (2::numeric), (4), (8), (16), (32), (64), (128), (256), (512), (900), (900)$$, 'then twice as long each time, up to a quarter of an hour');
update auth.login_attempt set last_failure_at = last_failure_at - interval '61 minutes', locked_until = locked_until - interval '61 minutes';
select pg_temp.fail('ann@example.com', 1) \gset
select is(pg_temp.wait('ann@example.com'), null, 'an hour without one begins anew');
select auth.forget_failures('ann@example.com') \gset
select is((select count(*) from auth.login_attempt a where a.bucket_sha256 = any (auth.attempt_buckets('ann@example.com'))), 0::bigint, 'and so does a login');

-- The second factor.
insert into auth.account (email, display_name) values ('ann@example.com', 'Ann') returning account_id as ann \gset
update auth.account set totp_secret_sealed = vigil_platform.seal('12345678901234567890', 'totp ' || account_id), totp_confirmed_at = now() where account_id = :'ann';
-- A code that is right now, found by trying.
create function pg_temp.code() returns text language sql as $$
  select c.code from (select lpad(i::text, 6, '0') as code from generate_series(0, 999999) i) c
  where vigil_platform.totp_matches('12345678901234567890', c.code, clock_timestamp()) is not null order by vigil_platform.totp_matches('12345678901234567890', c.code, clock_timestamp()) desc limit 1
$$;
select pg_temp.code() as code \gset
select is(auth.second_factor_accepts(:'ann', :'code'), true, 'a code that is right');
select is(auth.second_factor_accepts(:'ann', :'code'), false, 'works once');
select is(auth.second_factor_accepts(:'ann', c), false, coalesce('not ' || c, 'nor null')) from unnest(array['', 'abcdef', null]) c;
insert into auth.recovery_code (account_id, code_sha256) values (:'ann', auth.token_sha256('abcdefgh23456777'));
select is(auth.second_factor_accepts(:'ann', 'ABCD-efgh 2345-6777'), true, 'a recovery code, however it is written');
select is(auth.second_factor_accepts(:'ann', 'abcdefgh23456777'), false, 'once');

select * from finish();
rollback;
