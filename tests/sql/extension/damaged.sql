-- States and models from anywhere: newer formats, and random bytes into every function that reads bytes. What is asked
-- for is a clean error, and the same backend at the end.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(31);

select setseed(0.20240301);
create temporary table backend on commit drop as select pg_backend_pid() as pid;

-- CRC-32 (IEEE 802.3) bit by bit, little-endian as it ends a frame.
create function pg_temp.crc32(bytes bytea) returns bytea
language plpgsql immutable as $$
declare
    v_crc bigint := x'ffffffff'::bigint;
begin
    for i in 0 .. length(bytes) - 1 loop
        v_crc := v_crc # get_byte(bytes, i);
        for bit in 1 .. 8 loop
            v_crc := (v_crc >> 1) # case when v_crc & 1 = 1 then x'edb88320'::bigint else 0 end;
        end loop;
    end loop;
    v_crc := v_crc # x'ffffffff'::bigint;
    return set_byte(set_byte(set_byte(set_byte('\x00000000', 0, (v_crc & 255)::int), 1, (v_crc >> 8 & 255)::int), 2, (v_crc >> 16 & 255)::int),
        3, (v_crc >> 24)::int);
end
$$;
select is(pg_temp.crc32('123456789'), '\x2639f4cb', 'the checksum of the test is the standard one');

create function pg_temp.resealed(bytes bytea) returns bytea
language sql immutable as $$
    select substr(bytes, 1, length(bytes) - 4) || pg_temp.crc32(substr(bytes, 1, length(bytes) - 4))
$$;

create temporary table original (kind text primary key, bytes bytea) on commit drop;
insert into original (kind, bytes)
values
    ('stats', (select vigil.stats_send(vigil.stats_agg(timestamptz '2024-01-01' + n * interval '1 s', array[n, null, sin(n)])) from generate_series(1, 9) as n)),
    ('trend', (select vigil.trend_send(vigil.trend_agg(timestamptz '2024-01-01' + n * interval '1 s', sin(n))) from generate_series(1, 9) as n)),
    ('seasonal', (select vigil.seasonal_send(vigil.seasonal_agg(timestamptz '2024-01-01' + n * interval '1 h', sin(n), 'Asia/Kolkata')) from generate_series(1, 9) as n)),
    ('distribution', (select vigil.distribution_send(vigil.distribution_agg(sin(n))) from generate_series(1, 9) as n)),
    ('covariance', (select vigil.covariance_send(vigil.covariance_agg(array[sin(n), cos(n)])) from generate_series(1, 19) as n)),
    ('mahalanobis', (select vigil.mahalanobis_model(vigil.covariance_agg(array[sin(n), cos(n)])) from generate_series(1, 19) as n)),
    ('pca', (select vigil.pca_model(vigil.covariance_agg(array[sin(n), cos(n)]), 1) from generate_series(1, 19) as n)),
    ('kmeans', (select vigil.kmeans_agg(array[sin(n), cos(n)], 2, null) from generate_series(1, 19) as n)),
    ('forest', (select vigil.forest_agg(array[n, sin(n), null], '{"n_trees": 2, "sample_size": 8, "contamination": 0.1}') from generate_series(1, 20) as n));
select is(pg_temp.resealed(bytes), bytes, kind || ': frames end in their checksum') from original order by kind;

-- Byte 4 is the low byte of the format version.
create function pg_temp.as_state(bytes bytea) returns text
language sql immutable as $$ select '\x' || encode(bytes, 'hex') $$;
create function pg_temp.type_of(kind text) returns text
language sql immutable as $$ select case when kind in ('forest', 'pca', 'kmeans') then 'bytea' else 'vigil.' || kind end $$;
select is(
    pg_temp.failure(format('select %s(%L::%s)', reader, pg_temp.as_state(pg_temp.resealed(set_byte(bytes, 4, 2))), pg_temp.type_of(kind))),
    format('0A000 %s has format version 2, newer than 1 | Update the extension to the version that wrote the bytes, or newer.', what),
    kind || ': newer format'
)
from original
join (values ('forest', 'vigil.forest_info', 'forest model'), ('stats', 'vigil.average', 'stats value'), ('trend', 'vigil.stderr', 'trend value'),
    ('seasonal', 'vigil.num_vals', 'seasonal value'),
        ('distribution', 'vigil.relative_error', 'distribution value'), ('covariance', 'vigil.mahalanobis_model', 'covariance value'),
        ('pca', 'vigil.pca_explained', 'pca model'), ('kmeans', 'vigil.kmeans_info', 'kmeans model'))
    as t (kind, reader, what) using (kind)
order by kind;
select is(
    left(pg_temp.failure(format('select %s(%L::%s)', reader, pg_temp.as_state(pg_temp.resealed(set_byte(bytes, 4, 0))), pg_temp.type_of(kind))), 5), '22P03', kind || ': format 0'
)
from original
join (values ('forest', 'vigil.forest_info'), ('stats', 'vigil.average'), ('trend', 'vigil.stderr'), ('seasonal', 'vigil.num_vals'), ('distribution', 'vigil.relative_error'), ('covariance', 'vigil.mahalanobis_model'),
    ('pca', 'vigil.pca_explained'), ('kmeans', 'vigil.kmeans_info')) as t (kind, reader) using (kind)
order by kind;

-- Every function of the extension with an argument that can hold damaged bytes.
create temporary table call (kind text, sql text) on commit drop;
insert into call (kind, sql)
values
    ('stats', 'select vigil.num_vals($1::vigil.stats)'),
    ('stats', 'select vigil.average($1::vigil.stats)'),
    ('stats', 'select vigil.stddev($1::vigil.stats)'),
    ('stats', 'select vigil.min_val($1::vigil.stats)'),
    ('stats', 'select vigil.max_val($1::vigil.stats)'),
    ('stats', 'select vigil.first_val($1::vigil.stats)'),
    ('stats', 'select vigil.last_val($1::vigil.stats)'),
    ('stats', 'select vigil.slope($1::vigil.stats)'),
    ('stats', 'select vigil.delta($1::vigil.stats)'),
    ('stats', 'select vigil.time_range($1::vigil.stats)'),
    ('stats', 'select vigil.features($1::vigil.stats, ''{mean}'', ''{1}'')'),
    ('stats', 'select vigil.rollup($1::vigil.stats)'),
    ('trend', 'select vigil.num_vals($1::vigil.trend)'),
    ('trend', 'select vigil.slope($1::vigil.trend)'),
    ('trend', 'select vigil.intercept($1::vigil.trend, ''2024-01-01'')'),
    ('trend', 'select vigil.stderr($1::vigil.trend)'),
    ('trend', 'select vigil.p_value($1::vigil.trend)'),
    ('trend', 'select vigil.r_squared($1::vigil.trend)'),
    ('trend', 'select vigil.slope_interval($1::vigil.trend)'),
    ('trend', 'select vigil.rollup($1::vigil.trend)'),
    ('seasonal', 'select vigil.num_vals($1::vigil.seasonal)'),
    ('seasonal', 'select vigil.expected($1::vigil.seasonal, ''2024-01-01'')'),
    ('seasonal', 'select vigil.spread($1::vigil.seasonal, ''2024-01-01'')'),
    ('seasonal', 'select vigil.zscore($1::vigil.seasonal, ''2024-01-01'', 1)'),
    ('seasonal', 'select vigil.rollup($1::vigil.seasonal)'),
    ('distribution', 'select vigil.num_vals($1::vigil.distribution)'),
    ('distribution', 'select vigil.quantile($1::vigil.distribution, 0.5)'),
    ('distribution', 'select vigil.relative_error($1::vigil.distribution)'),
    ('distribution', 'select vigil.ks_test($1::vigil.distribution, vigil.distribution_agg(1))'),
    ('distribution', 'select vigil.psi($1::vigil.distribution, vigil.distribution_agg(1))'),
    ('distribution', 'select vigil.js_divergence($1::vigil.distribution, vigil.distribution_agg(1))'),
    ('distribution', 'select vigil.wasserstein($1::vigil.distribution, vigil.distribution_agg(1))'),
    ('distribution', 'select vigil.rollup($1::vigil.distribution)'),
    ('covariance', 'select vigil.num_vals($1::vigil.covariance)'),
    ('covariance', 'select vigil.mahalanobis_model($1::vigil.covariance)'),
    ('covariance', 'select vigil.pca_model($1::vigil.covariance, 1)'),
    ('covariance', 'select count(*) from vigil.correlation_changes($1::vigil.covariance, $1::vigil.covariance)'),
    ('covariance', 'select vigil.rollup($1::vigil.covariance)'),
    ('mahalanobis', 'select vigil.mahalanobis($1::bytea, ''{1,2}'')'),
    ('pca', 'select vigil.pca_explained($1::bytea)'),
    ('pca', 'select vigil.pca_error($1::bytea, ''{1,2}'')'),
    ('kmeans', 'select vigil.kmeans_assign($1::bytea, ''{1,2}'')'),
    ('kmeans', 'select vigil.kmeans_distance($1::bytea, ''{1,2}'')'),
    ('kmeans', 'select count(*) from vigil.kmeans_centers($1::bytea)'),
    ('kmeans', 'select vigil.kmeans_info($1::bytea)'),
    ('parquet', 'select count(*) from vigil.parquet_rows($1::bytea)'),
    ('parquet', 'select vigil.parquet_info($1::bytea)'),
    ('forest', 'select vigil.anomaly_score($1::bytea, ''{1,2,3}'')'),
    ('forest', 'select vigil.anomaly_scores($1::bytea, ''{{1,2,3}}'')'),
    ('forest', 'select vigil.is_anomaly($1::bytea, ''{1,2,3}'')'),
    ('forest', 'select vigil.explain($1::bytea, ''{1,2,3}'')'),
    ('forest', 'select count(*) from vigil.typical_range($1::bytea)'),
    ('forest', 'select vigil.forest_info($1::bytea)');
select set_eq(
    $$select substring(sql from 'vigil\.(\w+)\(') || ' ' || kind from call$$,
    $$select proname || ' ' || case
            when proname in ('mahalanobis', 'pca_error', 'pca_explained') or proname like any ('{kmeans\\_%,parquet\\_%}') then split_part(proname, '_', 1)
            when proargtypes[0] = 'bytea'::regtype then 'forest'
            else (select typname::text from pg_type where oid = proargtypes[0])
        end
    from pg_proc
    where pronamespace = 'vigil'::regnamespace
        and proargtypes[0] in ('bytea'::regtype, 'vigil.stats'::regtype, 'vigil.trend'::regtype, 'vigil.distribution'::regtype,
            'vigil.covariance'::regtype, 'vigil.seasonal'::regtype)
        and proname !~ '_(deserialize|send|out)$'$$,
    'every function that reads bytes is called'
);

create function pg_temp.noise(length int) returns bytea
language sql volatile as $$
    select coalesce(decode(string_agg(lpad(to_hex(floor(random() * 256)::int), 2, '0'), ''), 'hex'), '') from generate_series(1, length)
$$;

-- Damages bytes in one of several ways; `seal` puts the checksum right again, so that the checks behind it are reached.
create function pg_temp.damage(bytes bytea, way int, seal boolean) returns bytea
language plpgsql volatile as $$
declare
    v_bytes bytea;
    v_at int := floor(random() * length(bytes));
begin
    v_bytes := case way
        when 0 then pg_temp.noise(floor(random() * 120)::int)
        when 1 then substr(bytes, 1, 32) || pg_temp.noise(floor(random() * 200)::int)
        when 2 then set_bit(bytes, floor(random() * length(bytes) * 8)::int, floor(random() * 2)::int)
        when 3 then set_byte(bytes, v_at, floor(random() * 256)::int)
        when 4 then substr(bytes, 1, v_at)
        when 5 then bytes || pg_temp.noise(1 + floor(random() * 20)::int)
        when 6 then overlay(bytes placing pg_temp.noise(8) from 1 + v_at)
        when 7 then overlay(bytes placing pg_temp.noise(8) from 9)
        when 8 then overlay(bytes placing pg_temp.noise(2) from 5)
        else substr(bytes, 1, v_at) || substr(bytes, 1 + floor(random() * length(bytes))::int)
    end;
    return case when seal and length(v_bytes) > 4 then pg_temp.resealed(v_bytes) else v_bytes end;
end
$$;

create temporary table outcome (kind text, state text, changed boolean) on commit drop;
create function pg_temp.fuzz(rounds int) returns void
language plpgsql as $$
declare
    v_original original;
    v_bytes bytea;
    v_text text;
    v_call call;
    v_state text;
begin
    for v_round in 0 .. rounds - 1 loop
        for v_original in select kind, bytes from original loop
            v_bytes := pg_temp.damage(v_original.bytes, v_round % 10, v_round / 10 % 2 = 0 and v_round % 10 <> 2);
            v_text := pg_temp.as_state(v_bytes);
            -- Every function, not just those of the kind: the bytes of one are noise to the other.
            for v_call in select kind, sql from call loop
                begin
                    execute v_call.sql using v_text;
                    v_state := '00000';
                exception
                    when others then
                        v_state := sqlstate;
                end;
                insert into outcome (kind, state, changed) values (v_call.kind, v_state, v_bytes <> v_original.bytes or v_call.kind <> v_original.kind);
            end loop;
        end loop;
    end loop;
end
$$;
select lives_ok('select pg_temp.fuzz(200)', 'random bytes');
select is((select array_agg(distinct state order by state) from outcome where changed), '{0A000,22P03}', 'changed bytes give a clean error');
select is((select array_agg(distinct state) from outcome where not changed), '{00000}', 'bytes that chance left alone are read');
select is(pg_backend_pid(), pid, 'the same backend') from backend;

select * from finish();
rollback;
