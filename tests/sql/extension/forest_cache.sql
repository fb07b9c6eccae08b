-- A query decodes a model once. These are the ways in which the model of one call differs from that of the call before,
-- where a cache with the wrong key answers with the old model.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;

select plan(17);

-- Models of the same shape whose scores differ: of one vector they are told apart by `expected`.
create table sample as
select n, k, array[sin(n * 0.7) + sin(n * 1.9) * k, cos(n * 1.3) * k, n % (10 + k)]::float8[] as v
from generate_series(1, 600) as n, generate_series(1, 12) as k;
create table model (k int primary key, m bytea not null, expected float8);
insert into model (k, m)
select k, vigil.forest_agg(v, jsonb_build_object('seed', k) order by n) from sample group by k;
-- Each score is the only call of its statement: nothing is cached.
do $$
declare
    v_k int;
begin
    for v_k in select k from model loop
        execute format('update model set expected = vigil.anomaly_score(m, ''{0.5,-0.5,3}'') where k = %s', v_k);
    end loop;
end
$$;

select is(count(distinct expected), 12::bigint, 'the models differ in their scores') from model;
select ok(bool_and(pg_column_toast_chunk_id(m) is not null), 'the models are stored out of line') from model;

-- Rows of a table.
select results_eq(
    'select vigil.anomaly_score(m, ''{0.5,-0.5,3}'') from model order by k', 'select expected from model order by k', 'a model in each row'
);
select is(
    (select bool_and(vigil.anomaly_score(m.m, '{0.5,-0.5,3}') = m.expected)
     from generate_series(1, 400) as n join model as m on m.k = 1 + n % 3),
    true,
    'three models in turn'
);
select is(
    (select bool_and(vigil.anomaly_score(m.m, '{0.5,-0.5,3}') = m.expected)
     from generate_series(1, 400) as n join model as m on m.k = 1 + n * n % 12),
    true,
    'more models in turn than are kept'
);
select is(
    (select bool_and(vigil.anomaly_score((select m.m from model as m where m.k = 1 + n % 3), '{0.5,-0.5,3}')
        = (select m.expected from model as m where m.k = 1 + n % 3)) from generate_series(1, 60) as n),
    true,
    'a subquery for each row'
);

-- PL/pgSQL keeps the state of an expression for the whole transaction, while its variables change.
create function pg_temp.in_loop() returns float8[]
language plpgsql as $$
declare
    v_model record;
    v_scores float8[];
begin
    for v_model in select m from model order by k loop
        v_scores := v_scores || vigil.anomaly_score(v_model.m, '{0.5,-0.5,3}');
    end loop;
    return v_scores;
end
$$;
select is(pg_temp.in_loop(), array_agg(expected order by k), 'a loop over records') from model;

create function pg_temp.per_call(m bytea) returns float8
language plpgsql as $$
begin
    return vigil.anomaly_score(m, '{0.5,-0.5,3}');
end
$$;
select results_eq('select pg_temp.per_call(m) from model order by k', 'select expected from model order by k', 'an argument');
-- Concatenation makes an in-memory value, so that there is no TOAST pointer to go by.
select results_eq('select pg_temp.per_call(m || '''') from model order by k', 'select expected from model order by k', 'an argument in memory');

create function pg_temp.variable() returns float8[]
language plpgsql as $$
declare
    v_m bytea;
    v_scores float8[];
begin
    for i in 1 .. 36 loop
        select m into v_m from model where k = 1 + i % 3;
        v_scores := v_scores || vigil.anomaly_score(v_m, '{0.5,-0.5,3}');
        v_m := v_m || '';
        v_scores := v_scores || vigil.anomaly_score(v_m, '{0.5,-0.5,3}');
    end loop;
    return v_scores;
end
$$;
select is(
    pg_temp.variable(),
    (select array_agg(expected order by i, twice) from generate_series(1, 36) as i join model on k = 1 + i % 3, generate_series(1, 2) as twice),
    'one variable, assigned again and again'
);

-- A row that is updated within the transaction keeps its place, not its model.
create function pg_temp.updated() returns float8[]
language plpgsql as $$
declare
    v_m bytea;
    v_scores float8[];
begin
    create temporary table slot on commit drop as select 0 as k, m from model where k = 1;
    for i in 1 .. 3 loop
        update slot set m = (select model.m from model where model.k = i);
        select m into v_m from slot;
        v_scores := v_scores || vigil.anomaly_score(v_m, '{0.5,-0.5,3}');
    end loop;
    return v_scores;
end
$$;
select is(pg_temp.updated(), array_agg(expected order by k), 'an updated row') from model where k <= 3;

-- A bad model between good ones fails, and does not spoil them.
create function pg_temp.with_failures() returns text[]
language plpgsql as $$
declare
    v_m bytea;
    v_outcomes text[];
begin
    for i in 1 .. 6 loop
        select case when i % 2 = 0 then set_byte(m, 2000, 255 - get_byte(m, 2000)) else m end into v_m from model where k = (i + 1) / 2;
        begin
            v_outcomes := v_outcomes || vigil.anomaly_score(v_m, '{0.5,-0.5,3}')::text;
        exception
            when others then
                v_outcomes := v_outcomes || sqlstate::text;
        end;
    end loop;
    return v_outcomes;
end
$$;
select is(
    pg_temp.with_failures(),
    (select array_agg(case when i % 2 = 1 then expected::text else '22P03' end order by i) from generate_series(1, 6) as i join model on k = (i + 1) / 2),
    'damaged models between good ones'
);
select is(
    (select array_agg(vigil.anomaly_score(case when n = 3 then null else m end, '{0.5,-0.5,3}') order by n) from generate_series(1, 4) as n, model where k = 1),
    (select array[expected, expected, null, expected] from model where k = 1),
    'null in between'
);

-- Statements with parameters.
create function pg_temp.prepared() returns float8[]
language plpgsql as $$
declare
    v_score float8;
    v_scores float8[];
begin
    for i in 1 .. 12 loop
        execute 'select vigil.anomaly_score($1, ''{0.5,-0.5,3}'')' into v_score using (select m from model where k = i);
        v_scores := v_scores || v_score;
    end loop;
    return v_scores;
end
$$;
select is(pg_temp.prepared(), array_agg(expected order by k), 'parameters') from model;

-- The other functions that keep models.
select is(
    (select bool_and((select sum(x) from unnest(vigil.explain(m.m, '{0.5,-0.5,3}')) as x)::numeric(12, 9) = m.expected::numeric(12, 9)
        and (vigil.anomaly_scores(m.m, '{{0.5,-0.5,3}}'))[1] = m.expected)
     from generate_series(1, 100) as n join model as m on m.k = 1 + n % 3),
    true,
    'explain and anomaly_scores'
);

-- Models of other kinds, in turn and by value. Each is learned from its own rows, so that the distances differ.
create table other (k int primary key, distance bytea not null, components bytea not null, expected_distance float8, expected_error float8);
insert into other (k, distance, components)
select k, vigil.mahalanobis_model(state), vigil.pca_model(state, 1)
from (select k, vigil.covariance_agg(v order by n) as state from sample group by k) as t;
do $$
declare
    v_k int;
begin
    for v_k in select k from other loop
        execute format('update other set expected_distance = vigil.mahalanobis(distance, ''{0.5,-0.5,3}'') where k = %s', v_k);
        execute format('update other set expected_error = vigil.pca_error(components, ''{0.5,-0.5,3}'') where k = %s', v_k);
    end loop;
end
$$;
select is(array[count(distinct expected_distance), count(distinct expected_error)], '{12,12}', 'the other models differ, too') from other;
select is(
    (select bool_and(vigil.mahalanobis(o.distance, '{0.5,-0.5,3}') = o.expected_distance and vigil.mahalanobis(o.distance || '', '{0.5,-0.5,3}') = o.expected_distance
        and vigil.pca_error(o.components, '{0.5,-0.5,3}') = o.expected_error and vigil.pca_error(o.components || '', '{0.5,-0.5,3}') = o.expected_error)
     from generate_series(1, 400) as n join other as o on o.k = 1 + n * n % 12),
    true,
    'mahalanobis and pca_error'
);

select * from finish();
rollback;
