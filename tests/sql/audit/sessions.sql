-- Transactions that commit in another order than they wrote, and workers that take heads. Not in one transaction: other
-- sessions see only what is committed.
select plan(17);
\ir ../support/sessions.psql
\ir ../support/names.psql
call pg_temp.pause_jobs();
select ops.create_tenant('audit-a', 'A') \gset
update audit.head set exported_at = now() where exported_at is null;
select audit.chain_entries() \g /dev/null
select pg_temp.session('slow'), pg_temp.session('quick'), pg_temp.session('job', 'vigil_jobs'), pg_temp.session('one', 'vigil_worker'), pg_temp.session('two', 'vigil_worker') \gset
create function pg_temp.record(session text, action text) returns void
language sql as $$ select dblink_exec(session, format('do $do$ begin perform audit.record(%s, %L, null); end $do$', pg_temp.tenant('audit-a'), action)) $$;
create function pg_temp.chain() returns bigint
language sql as $$ select c.n from dblink('job', 'select audit.chain_entries()') as c (n bigint) $$;
create function pg_temp.chained() returns text[]
language sql stable as $$ select array_agg(e.action order by e.sequence) from audit.entry e where e.tenant_id = pg_temp.tenant('audit-a') and e.sequence is not null and e.operation = 'call' $$;

-- The first to write is the last to commit.
select dblink_exec('slow', 'begin') \g /dev/null
select pg_temp.record('slow', 'first'), pg_temp.record('quick', 'second') \g /dev/null
select is(pg_temp.chain(), 1::bigint, 'what is committed is chained, whatever was written before it');
select is(pg_temp.chained(), '{second}', 'without waiting for it');
select dblink_exec('slow', 'commit') \g /dev/null
select pg_temp.record('quick', 'third') \g /dev/null
select is(pg_temp.chain(), 2::bigint, 'what is committed late is not passed over');
select is(pg_temp.chained(), '{second,first,third}', 'and comes behind what was chained already');
select is(ok, true, 'the chain is sound') from audit.verify(pg_temp.tenant('audit-a'));
-- While it is being chained others write on.
select dblink_exec('job', 'begin') \g /dev/null
select pg_temp.record('quick', 'fourth') \g /dev/null
select is(pg_temp.chain(), 1::bigint, 'the job is at work');
select pg_temp.record('quick', 'fifth') \g /dev/null
select pass('nobody who writes waits for it');
select dblink_exec('slow', 'set lock_timeout = ''200ms''') \g /dev/null
select throws_ok($$select c.n from dblink('slow', 'select audit.chain_entries()') as c (n bigint)$$, '55P03', null, 'a second one would wait for it');
select dblink_exec('job', 'commit') \g /dev/null
select is(pg_temp.chain(), 1::bigint, 'the rest is the next run''s');
select is(pg_temp.chained(), '{second,first,third,fourth,fifth}', 'in order');

-- Two hundred transactions in four sessions, each with two entries, and the job meanwhile.
create procedure pg_temp.crowd()
language plpgsql as $$
begin
  for i in 1 .. 50 loop
    perform dblink_send_query(s, format('begin; select audit.record(%1$s, ''a'', null); select pg_sleep(random() * 0.01); select audit.record(%1$s, ''b'', null); commit', pg_temp.tenant('audit-a')))
    from unnest('{slow,quick,three,four}'::text[]) s;
    perform pg_temp.chain();
    for k in 1 .. 6 loop
      perform * from unnest('{slow,quick,three,four}'::text[]) s, lateral dblink_get_result(s) as r (x text);
    end loop;
    commit;
  end loop;
end $$;
select pg_temp.session('three'), pg_temp.session('four') \gset
call pg_temp.crowd();
select pg_temp.chain() \g /dev/null
select results_eq($$select count(*) filter (where action = 'a'), count(*) filter (where action = 'b'), count(*) filter (where sequence is null), count(*) = max(sequence)
    from audit.entry where tenant_id = pg_temp.tenant('audit-a')$$, $$values (200::bigint, 200::bigint, 0::bigint, true)$$, 'of four hundred entries of four sessions none is lost and none is numbered twice');
select is(ok, true, 'and the chain is sound') from audit.verify(pg_temp.tenant('audit-a'));

-- Heads.
select s.n from dblink('job', 'select audit.sign_heads()') as s (n bigint) \g /dev/null
create function pg_temp.claim(session text) returns text[]
language sql as $$
  select coalesce(array_agg((c.line::jsonb ->> 'sequence') || ' ' || c.attempt), '{}')
  from dblink(session, $q$select attempt, line from audit.claim_heads('w', 10, '5 seconds') where line ~ '"audit-a"'$q$) as c (attempt int, line text)
$$;
select head_id, sequence from audit.head where tenant_id = pg_temp.tenant('audit-a') \gset
select is(pg_temp.claim('one'), array[:'sequence' || ' 1'], 'a worker claims a head');
select is(pg_temp.claim('two'), '{}', 'that no other gets meanwhile');
update audit.head set lease_until = now() where tenant_id = pg_temp.tenant('audit-a');
select is(pg_temp.claim('two'), array[:'sequence' || ' 2'], 'until the lease has run out');
create function pg_temp.settle(session text, attempt int) returns bigint
language sql as $$
  select s.n from audit.head h, dblink(session, format('select audit.settle_heads(array[%s], array[%s], array[%s])', h.tenant_id, h.head_id, settle.attempt)) as s (n bigint)
  where h.tenant_id = pg_temp.tenant('audit-a')
$$;
select is(pg_temp.settle('one', 1), 0::bigint, 'then the first one''s settle counts no more');
select is(pg_temp.settle('two', 2), 1::bigint, 'and the second one''s does');
call pg_temp.remove('audit-a');
select * from finish();
