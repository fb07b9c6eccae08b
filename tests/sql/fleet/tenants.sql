-- Tenants: how they are made and what they start with.
begin;
select plan(16);
\ir ../support/refusal.psql

select ops.create_tenant('acme', 'Acme Inc.') as acme \gset

select results_eq(
  $$select name, display_name, active, unknown_device from fleet.tenant where name = 'acme'$$,
  $$values ('acme', 'Acme Inc.', true, 'refuse')$$,
  'a new tenant is active and refuses unknown devices');
select is((select tenant_id from fleet.tenant where name = 'acme'), :acme, 'create_tenant returns the id');
select results_eq(
  format('select name, profile_id, min_severity, enabled, max_age from alerting.rule where tenant_id = %s', :acme),
  $$values ('serious anomalies', null::int, 'high', true, interval '1 day')$$,
  'a new tenant has one rule, for serious anomalies of every profile');

select throws_ok($$select ops.create_tenant('acme', 'Another')$$, '23505', null, 'a name is taken once');
select is(
  (select count(*) from unnest('{ACME,9lives,a b,a.b,"","with/slash"}'::text[]) n
    where pg_temp.refusal(format('select ops.create_tenant(%L, %L)', n, n)) like '22023: the name of the tenant is not usable%'), 6::bigint,
  'names that are no slugs are refused');
select is(pg_temp.refusal(format('select ops.create_tenant(%L, %L)', 'a' || repeat('b', 62), 'x')), 'accepted', 'a name has up to 63 characters');
select matches(pg_temp.refusal(format('select ops.create_tenant(%L, %L)', 'a' || repeat('b', 63), 'x')), '^22023:', 'and not 64');
select matches(pg_temp.refusal($$update fleet.tenant set unknown_device = 'guess' where name = 'acme'$$), '^23514:.*unknown_device_known',
  'what happens to unknown devices is one of two things');
select matches(pg_temp.refusal($$update fleet.tenant set unknown_metric = 'guess' where name = 'acme'$$), '^23514:.*unknown_metric_known',
  'and so is what happens to unknown metrics');
select is(
  (select count(*) from unnest('{-1 second,1 day 1 second}'::text[]) i
    where pg_temp.refusal(format('update fleet.tenant set future_tolerance = %L', i)) like '23514:%future_tolerance_up_to_a_day%'), 2::bigint,
  'clocks may be ahead by up to a day');
select matches(pg_temp.refusal($$update fleet.tenant set past_tolerance = '0'$$), '^23514:.*past_tolerance_is_positive', 'an age of nothing is none');

-- A webhook belongs to a tenant.
select ops.add_webhook('acme', 'on call', 'https://hooks.example.com/x', 'acme-hook') as hook \gset
select results_eq(
  format('select c.name, c.kind, c.config, c.secret_ref, c.allow_http, c.enabled from alerting.channel c where c.tenant_id = %s and c.channel_id = %s', :acme, :hook),
  $$values ('on call', 'webhook', '{"url": "https://hooks.example.com/x"}'::jsonb, 'file:acme-hook', false, true)$$,
  'add_webhook makes a channel');
select ops.add_webhook('acme', 'lab', 'http://10.0.0.1/', 'env:VIGIL_SECRET_LAB', true) as lab \gset
select is((select row(c.secret_ref, c.allow_http) from alerting.channel c where c.channel_id = :lab),
  row('env:VIGIL_SECRET_LAB'::text, true), 'or one without TLS, whose secret is elsewhere');
select is(pg_temp.refusal($$select ops.add_webhook('nobody', 'x', 'https://example.com', 'x')$$),
  '42704: tenant "nobody" does not exist (select name from fleet.tenant lists the tenants.)',
  'a webhook needs a tenant');
select is(
  (select count(*) from unnest('{ftp://example.com/x,https://user@example.com/,"https://exa mple.com/",//example.com,http://example.com/}'::text[]) u
    where pg_temp.refusal(format('select ops.add_webhook(%L, %L, %L, %L)', 'acme', 'y', u, 'x')) like '22023: config: "url" is %'), 5::bigint,
  'only https addresses without credentials are channels');
select is(
  (select count(*) from unnest('{../etc/passwd,-x,"",/a,env:PATH}'::text[]) s
    where pg_temp.refusal(format('select ops.add_webhook(%L, %L, %L, %L)', 'acme', 'y', 'https://example.com', s)) like '23514:%secret_ref_form%'), 5::bigint,
  'a secret is below the worker''s directory, or a variable made for it');

select * from finish();
rollback;
