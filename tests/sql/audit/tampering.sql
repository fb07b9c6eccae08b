-- Whatever a superuser who turns every trigger off does to a trail, audit.verify finds it and names the first entry that is
-- not as it was: from the chain alone as far as that can be, else against heads that are outside the database.
begin;
select plan(25);
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('globex', 'Globex') as globex \gset
-- Twelve entries in which no column is empty, of each operation.
alter table audit.entry disable trigger user;
delete from audit.entry;
alter table audit.entry enable trigger user;
insert into audit.entry (tenant_id, at, actor, role, session_id, address, correlation_id, action, operation, object, object_key, detail, before, after)
select :acme, '2026-03-01 12:00Z'::timestamptz + n * interval '1 minute', 'anna', 'operator', gen_random_uuid(), '203.0.113.7', 'c-' || n,
  o, o, 'fleet.device', jsonb_build_object('device_id', n), '{"n": 1}', '{"name": "a"}', '{"name": "b"}'
from unnest('{call,insert,update,delete,read,truncate,retention,call,insert,update,delete,call}'::text[]) with ordinality x (o, n);
insert into audit.entry (tenant_id, actor, role, action) select :globex, 'bob', 'operator', 'ingest' from generate_series(1, 5);
select is(audit.chain_entries(), 17::bigint, 'entries are chained');
select is(audit.chain_entries(), 0::bigint, 'once');
select results_eq($$select t.name, count(*), min(e.sequence), max(e.sequence) from audit.entry e join fleet.tenant t using (tenant_id) group by 1 order by 1$$,
  $$values ('acme', 12::bigint, 1::bigint, 12::bigint), ('globex', 5, 1, 5)$$, 'each tenant has a chain of its own, numbered from 1');
select is(audit.sign_heads(), 2::bigint, 'their ends are signed');
select is(audit.sign_heads(), 0::bigint, 'when they have moved');
update audit.head set signed_at = signed_at - interval '61 minutes' where tenant_id = :globex;
select is(audit.sign_heads(), 1::bigint, 'or an hour has passed');
-- What is outside the database by now, with heads of halfway.
create temp table head as
select h.tenant_id, h.sequence, h.token from audit.head h where h.tenant_id = :acme
union all
select :acme, e.sequence, vigil_platform.sign_token(jsonb_build_object('iss', 'vigil', 'typ', 'audit-head', 'tenant_id', e.tenant_id, 'tenant', 'acme',
  'sequence', e.sequence, 'hash', encode(e.hash, 'hex'), 'iat', floor(extract(epoch from now()))))
from audit.entry e where e.tenant_id = :acme and e.sequence in (3, 6, 9);
create function pg_temp.outside() returns jsonb
language sql stable as $$ select jsonb_agg(jsonb_build_object('tenant_id', h.tenant_id, 'sequence', h.sequence, 'token', h.token)) from head h $$;
select results_eq($$select tenant_name, ok, entries, last_sequence, why from audit.verify(null, pg_temp.outside()) where tenant_name in ('acme', 'globex')$$,
  $$values ('acme', true, 12::bigint, 12::bigint, null), ('globex', true, 5, 5, null)$$, 'nothing is found in trails that nobody has touched');

-- found(tamper, heads): what audit.verify says of acme after statements of somebody whom no trigger stops: '#NUMBER why'.
-- rechain(from): gives the entries from a number on hashes that fit, as somebody who knows how would.
create function pg_temp.rechain(first bigint) returns void
language plpgsql as $$
declare
  v_entry audit.entry;
  v_hash bytea;
begin
  select e.hash into v_hash from audit.entry e where e.tenant_id = pg_temp.tenant('acme') and e.sequence = first - 1;
  for v_entry in select e.* from audit.entry e where e.tenant_id = pg_temp.tenant('acme') and e.sequence >= first order by e.sequence loop
    v_entry.previous_hash := v_hash;
    v_hash := audit.entry_hash(v_entry);
    update audit.entry e set previous_hash = v_entry.previous_hash, hash = v_hash where e.tenant_id = v_entry.tenant_id and e.entry_id = v_entry.entry_id;
  end loop;
end $$;
create function pg_temp.found(tamper text, heads jsonb default null) returns text
language plpgsql as $$
declare
  v_found text;
  v_acme int := pg_temp.tenant('acme');
begin
  begin
    alter table audit.entry disable trigger user;
    alter table audit.entry alter entry_id drop identity;
    drop index audit.entry_chain;
    alter table audit.entry drop constraint entry_pkey;
    execute replace(tamper, '$1', v_acme::text);
    select '#' || coalesce(v.broken_sequence::text, '-') || ' ' || v.why into v_found from audit.verify(v_acme, heads) v;
    raise sqlstate 'VG000' using message = coalesce(v_found, 'nothing');
  exception
    when sqlstate 'VG000' then
      return nullif(sqlerrm, 'nothing');
  end;
end $$;

-- Every column of every entry, changed and emptied.
create temp table edit as
select e.sequence, a.attname as column, x.kind,
  format('update audit.entry set %I = %s where tenant_id = $1 and sequence = %s', a.attname, case when x.kind = 'emptied' then 'null' else case a.attname
      when 'tenant_id' then (select t.tenant_id from fleet.tenant t where t.name = 'globex')::text
      when 'entry_id' then 'entry_id + 1000000'
      when 'at' then 'at + interval ''1 microsecond'''
      when 'session_id' then 'gen_random_uuid()'
      when 'address' then '''203.0.113.7/24'''
      when 'sequence' then 'sequence + 100'
      when 'hash' then 'sha256(hash)' when 'previous_hash' then 'sha256(coalesce(previous_hash, ''''))'
      else case a.atttypid::regtype when 'jsonb'::regtype then format('%I || ''{"forged": true}''', a.attname) else format('%I || ''x''', a.attname) end end end, e.sequence) as statement
from audit.entry e
cross join pg_attribute a
cross join unnest('{changed,emptied}'::text[]) x (kind)
where e.tenant_id = :acme and a.attrelid = 'audit.entry'::regclass and a.attnum > 0 and not a.attisdropped
  and (x.kind = 'changed' or not a.attnotnull)
  -- The first has no hash before it.
  and not (x.kind = 'emptied' and a.attname = 'previous_hash' and e.sequence = 1);
alter table edit add column found text;
update edit set found = pg_temp.found(statement);
select is(array(select format('%s of %s %s: %s', e.column, e.sequence, e.kind, e.found) from edit e
    where e.found is null or e.found !~ format('^#(%s|%s) ', e.sequence, e.sequence - 1) order by 1), '{}', 'every edit is found, at its entry or the link before it');
select diag(format('%s edits tried, %s found', count(*), count(found))) from edit;
select is(array(select distinct substr(found, strpos(found, ' ') + 1) from edit where "column" in ('actor', 'role', 'detail', 'before', 'after', 'object', 'at')),
  '{"changed: its hash is not that of what it says"}', 'which says what was done');

-- With a new hash of its own the link after it breaks; with all hashes after it, only heads outside tell.
select is(array(select n from generate_series(1, 11) n where pg_temp.found(format(
    $$update audit.entry e set actor = 'mallory' where tenant_id = $1 and sequence = %1$s;
      update audit.entry e set hash = audit.entry_hash(e) where tenant_id = $1 and sequence = %1$s$$, n)) is distinct from format('#%s rewritten: the next entry names another hash', n)),
  '{}', 'an entry that is rewritten with its own hash is named by the one after it');
create temp table rewriting as
select n, format(
  $$update audit.entry e set actor = 'mallory' where tenant_id = $1 and sequence = %s; select pg_temp.rechain(%1$s);
    delete from audit.head where tenant_id = $1; select audit.sign_heads()$$, n) as statement
from generate_series(1, 12) n;
select is(array(select n from rewriting where pg_temp.found(statement) is not null), '{}',
  'a trail that is made anew from an entry on, heads in the database included, is sound by itself');
select is(array(select pg_temp.found(statement, pg_temp.outside()) from rewriting order by n),
  array(select format('#%s rewritten: it had another hash when its chain''s head was signed', s) from unnest('{3,3,3,6,6,6,9,9,9,12,12,12}'::int[]) s),
  'against the heads outside every such trail is found, at the first head since');

-- Entries taken out.
select is(array(select pg_temp.found(format('delete from audit.entry where tenant_id = $1 and sequence = %s', n)) from generate_series(1, 11) n),
  array(select format('#%s missing', n) from generate_series(1, 11) n), 'an entry that is deleted is missed');
select is(array(select pg_temp.found(format(
    $$delete from audit.entry where tenant_id = $1 and sequence = %1$s; update audit.entry set sequence = sequence - 1 where tenant_id = $1 and sequence > %1$s$$, n)) from generate_series(1, 11) n),
  array(select format('#%s changed: its hash is not that of what it says', n) from generate_series(1, 11) n), 'also when those behind it close up');
select is(array(select regexp_replace(pg_temp.found(format('delete from audit.entry where tenant_id = $1 and sequence > %s', n), null), ' on .*', '') from generate_series(0, 11) n),
  array(select format('#%s cut off: there were 12', n + 1) from generate_series(0, 11) n), 'a tail that is cut off is found by the head in the database');
select is(array(select regexp_replace(pg_temp.found(format('delete from audit.entry where tenant_id = $1 and sequence > %s; delete from audit.head', n), pg_temp.outside()), ' on .*', '') from generate_series(0, 11) n),
  array(select format('#%s cut off: there were 12', n + 1) from generate_series(0, 11) n), 'and, when that has gone too, by the heads outside');
-- A tail that has been cut off, and grown again.
select is(pg_temp.found($$delete from audit.entry where tenant_id = $1 and sequence > 7; delete from audit.head;
    insert into audit.entry (entry_id, tenant_id, actor, role, action) select 900000 + n, $1, 'anna', 'operator', 'ingest' from generate_series(1, 9) n; select audit.chain_entries()$$, pg_temp.outside()),
  '#9 rewritten: it had another hash when its chain''s head was signed', 'what has grown since in its place is not taken for it');

-- Entries put in, and put elsewhere.
create temp table insertion as select n, format($$insert into audit.entry (entry_id, tenant_id, actor, role, action, sequence, previous_hash, hash)
    select 900000, $1, 'mallory', 'operator', 'ingest', %s, e.previous_hash, e.hash from audit.entry e where e.tenant_id = $1 and e.sequence = %1$s$$, n) as statement from generate_series(1, 12) n;
select is(count(*), 12::bigint, 'an entry that is put in under a number that there is, is found') from insertion where pg_temp.found(statement) ~ format('^#%s ', n);
select is(count(*), 12::bigint, 'also when those behind it move up') from insertion
where pg_temp.found(format('update audit.entry set sequence = sequence + 1 where tenant_id = $1 and sequence >= %s;', n)
  || replace(statement, format('e.sequence = %s', n), format('e.sequence = %s', n + 1))) ~ format('^#%s ', n);
select is(count(*), 11::bigint, 'two that change places are') from generate_series(1, 11) n
where pg_temp.found(format('update audit.entry set sequence = case sequence when %1$s then %2$s else %1$s end where tenant_id = $1 and sequence in (%1$s, %2$s)', n, n + 1)) ~ format('^#%s ', n);
select matches(pg_temp.found($$insert into audit.entry (entry_id, tenant_id, at, actor, role, action) values (900000, $1, now() - interval '2 minutes', 'mallory', 'operator', 'ingest')$$),
  'not chained after more than a minute', 'an entry that stays unchained is');

-- Heads that say something else.
select is(pg_temp.found('', jsonb_build_array(jsonb_build_object('tenant_id', :acme, 'sequence', 5, 'hash', 'ab', 'token', 'eyJhbGciOiJub25lIn0.e30.'))),
  '#5 a head is forged: no known key has signed it', 'a head that nobody signed is forged');
select is(pg_temp.found(format($$update audit.head set token = %L where tenant_id = $1$$, vigil_platform.sign_token('{"iss": "vigil", "typ": "access"}'))),
  '#12 a head is forged: no known key has signed it', 'so is one that is some other token of the same key');
select is(pg_temp.found('update audit.head set sequence = 11 where tenant_id = $1'), '#12 a head is forged: no known key has signed it', 'or stands beside other figures than its own');

-- A trigger that is gone, or off.
alter table fleet.device disable trigger _950_note_updated;
drop trigger _950_note_deleted on alerting.rule;
alter table audit.entry disable trigger _900_keep_entries;
select is(array(select v.why from audit.verify() v where v.tenant_id is null), '{trigger _950_note_deleted of alerting.rule is missing or off,trigger _900_keep_entries of audit.entry is missing or off,trigger _950_note_updated of fleet.device is missing or off}',
  'triggers without which the trail is not written, or not kept');

select * from finish();
rollback;
