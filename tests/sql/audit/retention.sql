-- Retention takes the oldest entries of a trail and leaves one that can still be verified: what it removed is in the trail.
begin;
select plan(21);
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('globex', 'Globex') as globex \gset
alter table audit.entry disable trigger user;
delete from audit.entry;
alter table audit.entry enable trigger user;
insert into audit.entry (tenant_id, at, actor, role, action)
select :acme, now() - interval '800 days' + n * interval '10 days', 'anna', 'operator', 'ingest' from generate_series(1, 20) n;
insert into audit.entry (tenant_id, actor, role, action) select :globex, 'bob', 'operator', 'ingest' from generate_series(1, 3);
select audit.chain_entries() \g /dev/null
create function pg_temp.retain() returns bigint
language plpgsql as $$
declare
  v_removed bigint;
begin
  set local session authorization vigil_jobs;
  v_removed := ops.remove_rows('audit', 'audit.entry', 0, 1000000, 100, now());
  reset session authorization;
  return v_removed;
end $$;
create function pg_temp.kept() returns int8range
language sql stable as $$ select int8range(min(e.sequence), max(e.sequence), '[]') from audit.entry e where e.tenant_id = pg_temp.tenant('acme') $$;
create function pg_temp.problem(heads jsonb default null) returns text
language sql stable as $$ select '#' || v.broken_sequence || ' ' || v.why from audit.verify(pg_temp.tenant('acme'), heads) v $$;

-- The limit is 730 days, so what is 800 to 740 days old goes.
set local session authorization vigil_jobs;
select throws_ok(format('delete from audit.entry where tenant_id = %s and sequence = 1', :acme), '55000', 'the audit trail is append-only', 'not even the job of retention deletes an entry before the trail says so');
select throws_ok(format('delete from audit.entry where tenant_id = %s and sequence = 20', :acme), '55000', 'the audit trail is append-only', 'whichever');
select throws_ok($$update audit.entry set sequence = 1$$, '42501', null, 'and numbers are not its business');
reset session authorization;
select is((select sum(row_count)::int from ops.retention_plan('audit', :acme)), 6, 'the dry run tells');
select is(pg_temp.retain(), 6::bigint, 'entries past the limit go');
select is(pg_temp.kept(), int8range(7, 21), 'the oldest');
select results_eq($$select e.actor, e.role, e.operation, e.object, e.detail ->> 'first_sequence', e.detail ->> 'previous_hash' = (select encode(f.previous_hash, 'hex') from audit.entry f where f.tenant_id = e.tenant_id and f.sequence = 7)
    from audit.entry e where e.tenant_id = pg_temp.tenant('acme') and e.sequence is null$$,
  $$values ('retention', 'vigil_jobs', 'cut', 'audit.entry', '7', true)$$, 'the trail says where it begins from now on, and what hash was before');
select is(pg_temp.problem(), '#1 missing', 'which counts once it is chained itself');
select audit.chain_entries(), audit.sign_heads() \g /dev/null
select is(pg_temp.problem(), null, 'then the trail is sound');
select results_eq($$select v.entries, v.last_sequence from audit.verify(pg_temp.tenant('acme')) v$$, $$values (15::bigint, 21::bigint)$$, 'with what is left');
select is(pg_temp.retain(), 0::bigint, 'a second run removes nothing');
select is((select count(*) from audit.entry e where e.operation = 'cut'), 1::bigint, 'and says nothing, in no trail');

-- What retention does not do.
create function pg_temp.after(tamper text, heads jsonb default null) returns text
language plpgsql as $$
declare
  v_found text;
begin
  alter table audit.entry disable trigger user;
  execute replace(tamper, '$1', pg_temp.tenant('acme')::text);
  v_found := pg_temp.problem(heads);
  raise sqlstate 'VG000' using message = coalesce(v_found, 'nothing');
exception when sqlstate 'VG000' then
  return nullif(sqlerrm, 'nothing');
end $$;
select is(pg_temp.after('delete from audit.entry where tenant_id = $1 and sequence = 7'), '#7 missing', 'one more that is gone is missed');
select is(pg_temp.after('delete from audit.entry where tenant_id = $1 and sequence = 21'), '#1 missing', 'so is everything without the entry that says so');
select is(pg_temp.after($$update audit.entry set detail = detail || '{"first_sequence": 9}' where tenant_id = $1 and sequence = 21; delete from audit.entry where tenant_id = $1 and sequence < 9$$),
  '#9 the first does not follow from what was removed before it', 'which is believed with the hash it names alone');
-- Somebody who takes the job's part has retention remove what is too young.
create temp table cut as select format($$insert into audit.entry (tenant_id, actor, role, action, operation, object, detail)
    select $1, 'retention', 'vigil_jobs', 'cut', 'cut', 'audit.entry', jsonb_build_object('first_sequence', 20, 'previous_hash', encode(e.previous_hash, 'hex')) from audit.entry e where e.tenant_id = $1 and e.sequence = 20;
  delete from audit.entry where tenant_id = $1 and sequence < 20; select audit.chain_entries()$$) as statement;
create function pg_temp.head(sequence bigint, age interval) returns jsonb
language sql stable as $$
  select jsonb_agg(jsonb_build_object('token', vigil_platform.sign_token(jsonb_build_object('iss', 'vigil', 'typ', 'audit-head', 'tenant_id', e.tenant_id,
    'tenant', 'acme', 'sequence', e.sequence, 'hash', encode(e.hash, 'hex'), 'iat', floor(extract(epoch from now() - age))))))
  from audit.entry e where e.tenant_id = pg_temp.tenant('acme') and e.sequence = head.sequence
$$;
select is(pg_temp.after(statement, pg_temp.head(10, '400 days')), null, 'what a head of long ago had after it may be old enough') from cut;
select is(pg_temp.after(statement, pg_temp.head(10, '300 days')), '#11 removed before its time: it was younger than 365 days', 'what came after a younger head is not') from cut;
select is(pg_temp.after(statement, pg_temp.head(19, '300 days')), null, 'a head of just before the cut tells nothing of what is before it') from cut;

-- An entry that is held keeps those behind it, too: a chain loses its beginning only.
insert into ops.legal_hold (tenant_id, from_ts, to_ts, reason, placed_by) values (:acme, now() - interval '705 days', now() - interval '695 days', 'case', 'dba');
update ops.retention_policy set hot = '650 days' where object = 'audit' and tenant_id is null;
select is(pg_temp.retain(), 3::bigint, 'those before it go');
select is((select min(e.sequence) from audit.entry e where e.tenant_id = :acme), 10::bigint, 'and no others');
select audit.chain_entries() \g /dev/null
select is(pg_temp.problem(), null, 'and the trail is sound');

select * from finish();
rollback;
