-- Generated from the sources of the extension; sql/README.md says how. Do not edit.

\echo Use "create extension vigil" to load this file. \quit

create type ks_result as (
    statistic float8,
    p_value float8,
    n_reference bigint,
    n_current bigint
);

create type stats;

create function stats_in(cstring) returns stats
    language internal immutable strict parallel safe as 'byteain';
create function stats_out(stats) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function stats_recv(internal) returns stats
    language internal immutable strict parallel safe as 'bytearecv';
create function stats_send(stats) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type stats (
    input = stats_in,
    output = stats_out,
    receive = stats_recv,
    send = stats_send,
    like = pg_catalog.bytea
);

create type trend;

create function trend_in(cstring) returns trend
    language internal immutable strict parallel safe as 'byteain';
create function trend_out(trend) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function trend_recv(internal) returns trend
    language internal immutable strict parallel safe as 'bytearecv';
create function trend_send(trend) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type trend (
    input = trend_in,
    output = trend_out,
    receive = trend_recv,
    send = trend_send,
    like = pg_catalog.bytea
);

CREATE FUNCTION "anomaly_score"(
	"model" bytea,
	"features" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'anomaly_score_wrapper';

CREATE FUNCTION "anomaly_scores"(
	"model" bytea,
	"features" double precision[]
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'anomaly_scores_wrapper';

CREATE FUNCTION "average"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'average_wrapper';

CREATE FUNCTION "delta"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'delta_wrapper';

CREATE FUNCTION "detector_agg_final"(
	"state" internal
) RETURNS bytea
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'detector_agg_final_wrapper';

CREATE FUNCTION "detector_history_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"features" double precision[],
	"options" jsonb
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'detector_history_trans_wrapper';

CREATE FUNCTION "detector_table_trans"(
	"state" internal,
	"features" double precision[],
	"options" jsonb
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'detector_table_trans_wrapper';

CREATE FUNCTION "ewma_trans"(
	"average" double precision,
	"value" double precision,
	"span" double precision
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ewma_trans_wrapper';

CREATE FUNCTION "explain"(
	"model" bytea,
	"features" double precision[]
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE COST 200
LANGUAGE c
AS 'MODULE_PATHNAME', 'explain_wrapper';

CREATE FUNCTION "features"(
	"state" stats,
	"statistics" TEXT[],
	"elements" integer[],
	"min_span" interval DEFAULT '0'
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'features_wrapper';

CREATE FUNCTION "first_val"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'first_val_wrapper';

CREATE FUNCTION "forest_agg_final"(
	"state" internal
) RETURNS bytea
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'forest_agg_final_wrapper';

CREATE FUNCTION "forest_agg_trans"(
	"state" internal,
	"features" double precision[],
	"options" jsonb
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'forest_agg_trans_wrapper';

CREATE FUNCTION "forest_info"(
	"model" bytea
) RETURNS jsonb
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'forest_info_wrapper';

CREATE FUNCTION "gather"(
	"values" double precision[],
	"positions" integer[]
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'gather_wrapper';

CREATE FUNCTION "intercept"(
	"state" trend,
	"at" timestamp with time zone
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'intercept_wrapper';

CREATE FUNCTION "ks_test"(
	"reference" double precision[],
	"current" double precision[]
) RETURNS ks_result
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'ks_test_wrapper';

CREATE FUNCTION "ks_test_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ks_test_combine_wrapper';

CREATE FUNCTION "ks_test_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ks_test_deserialize_wrapper';

CREATE FUNCTION "ks_test_final"(
	"state" internal
) RETURNS ks_result
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ks_test_final_wrapper';

CREATE FUNCTION "ks_test_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ks_test_serialize_wrapper';

CREATE FUNCTION "ks_test_trans"(
	"state" internal,
	"value" double precision,
	"is_current" bool
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ks_test_trans_wrapper';

CREATE FUNCTION "last_val"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'last_val_wrapper';

CREATE FUNCTION "max_val"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'max_val_wrapper';

CREATE FUNCTION "merge_values"(
	"old" double precision[],
	"new" double precision[]
) RETURNS double precision[]
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'merge_values_wrapper';

CREATE FUNCTION "metric_values"(
	"metrics" jsonb,
	"names" TEXT[]
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'metric_values_wrapper';

CREATE FUNCTION "min_val"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'min_val_wrapper';

CREATE FUNCTION "num_vals"(
	"state" stats
) RETURNS bigint[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_num_vals_wrapper';

CREATE FUNCTION "num_vals"(
	"state" trend
) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_num_vals_wrapper';

CREATE FUNCTION "p_value"(
	"state" trend
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'p_value_wrapper';

CREATE FUNCTION "psi"(
	"reference" double precision[],
	"current" double precision[],
	"bins" INT DEFAULT 10
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'psi_arrays_wrapper';

CREATE FUNCTION "psi_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'psi_combine_wrapper';

CREATE FUNCTION "psi_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'psi_deserialize_wrapper';

CREATE FUNCTION "psi_final"(
	"state" internal
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'psi_final_wrapper';

CREATE FUNCTION "psi_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'psi_serialize_wrapper';

CREATE FUNCTION "psi_trans"(
	"state" internal,
	"value" double precision,
	"is_current" bool,
	"bins" INT
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'psi_trans_wrapper';

CREATE FUNCTION "r_squared"(
	"state" trend
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'r_squared_wrapper';

CREATE FUNCTION "slope"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_slope_wrapper';

CREATE FUNCTION "slope"(
	"state" trend
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_slope_wrapper';

CREATE FUNCTION "stats_agg_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_agg_combine_wrapper';

CREATE FUNCTION "stats_agg_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_agg_deserialize_wrapper';

CREATE FUNCTION "stats_agg_final"(
	"state" internal
) RETURNS stats
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_agg_final_wrapper';

CREATE FUNCTION "stats_agg_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_agg_serialize_wrapper';

CREATE FUNCTION "stats_agg_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"values" double precision[]
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_agg_trans_wrapper';

CREATE FUNCTION "stats_rollup_trans"(
	"state" internal,
	"part" stats
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stats_rollup_trans_wrapper';

CREATE FUNCTION "stddev"(
	"state" stats
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stddev_wrapper';

CREATE FUNCTION "stderr"(
	"state" trend
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'stderr_wrapper';

CREATE FUNCTION "time_range"(
	"state" stats
) RETURNS tstzrange
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'time_range_wrapper';

CREATE FUNCTION "trend_agg_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_agg_combine_wrapper';

CREATE FUNCTION "trend_agg_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_agg_deserialize_wrapper';

CREATE FUNCTION "trend_agg_final"(
	"state" internal
) RETURNS trend
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_agg_final_wrapper';

CREATE FUNCTION "trend_agg_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_agg_serialize_wrapper';

CREATE FUNCTION "trend_agg_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_agg_trans_wrapper';

CREATE FUNCTION "trend_rollup_trans"(
	"state" internal,
	"part" trend
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'trend_rollup_trans_wrapper';

CREATE FUNCTION "typical_range"(
	"model" bytea
) RETURNS TABLE (
	"feature" INT,
	"low" double precision,
	"median" double precision,
	"high" double precision
)
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'typical_range_wrapper';

CREATE FUNCTION "valid_vector"(
	"values" double precision[]
) RETURNS bool
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'valid_vector_wrapper';

create aggregate detector_agg(features float8[], options jsonb) (
    sfunc = detector_table_trans,
    stype = internal,
    finalfunc = detector_agg_final,
    parallel = safe
);

create aggregate detector_agg(ts timestamptz, features float8[], options jsonb) (
    sfunc = detector_history_trans,
    stype = internal,
    finalfunc = detector_agg_final,
    parallel = safe
);

create aggregate ewma(value float8, span float8) (
    sfunc = ewma_trans,
    stype = float8,
    parallel = safe
);

create aggregate forest_agg(features float8[], options jsonb) (
    sfunc = forest_agg_trans,
    stype = internal,
    finalfunc = forest_agg_final,
    parallel = safe
);

create aggregate ks_test(value float8, is_current boolean) (
    sfunc = ks_test_trans,
    stype = internal,
    finalfunc = ks_test_final,
    combinefunc = ks_test_combine,
    serialfunc = ks_test_serialize,
    deserialfunc = ks_test_deserialize,
    parallel = safe
);

create aggregate psi(value float8, is_current boolean, bins int) (
    sfunc = psi_trans,
    stype = internal,
    finalfunc = psi_final,
    combinefunc = psi_combine,
    serialfunc = psi_serialize,
    deserialfunc = psi_deserialize,
    parallel = safe
);

create aggregate stats_agg(ts timestamptz, "values" float8[]) (
    sfunc = stats_agg_trans,
    stype = internal,
    finalfunc = stats_agg_final,
    combinefunc = stats_agg_combine,
    serialfunc = stats_agg_serialize,
    deserialfunc = stats_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state stats) (
    sfunc = stats_rollup_trans,
    stype = internal,
    finalfunc = stats_agg_final,
    combinefunc = stats_agg_combine,
    serialfunc = stats_agg_serialize,
    deserialfunc = stats_agg_deserialize,
    parallel = safe
);

create aggregate trend_agg(ts timestamptz, value float8) (
    sfunc = trend_agg_trans,
    stype = internal,
    finalfunc = trend_agg_final,
    combinefunc = trend_agg_combine,
    serialfunc = trend_agg_serialize,
    deserialfunc = trend_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state trend) (
    sfunc = trend_rollup_trans,
    stype = internal,
    finalfunc = trend_agg_final,
    combinefunc = trend_agg_combine,
    serialfunc = trend_agg_serialize,
    deserialfunc = trend_agg_deserialize,
    parallel = safe
);

grant usage on schema vigil to public;

comment on schema vigil is
    'Analytics over values handed to it: vectors, statistics, isolation forests, drift tests, trends. Only pure functions and aggregates; no tables.';

-- Vectors

comment on function valid_vector(float8[]) is
    'Whether an array can be stored as a row of measurements: one dimension from subscript 1, at most 16384 elements, each NULL (not reported) or finite with a magnitude of at most 1e100. NULL for NULL. O(n); cheap enough for a CHECK constraint.';
comment on function merge_values(float8[], float8[]) is
    'Element-wise coalesce(new, old), as long as the longer array. A NULL array counts as empty; never returns NULL. Errors: 22023 for NaN, infinities, magnitudes above 1e100, other than one dimension. O(n).';
comment on function gather(float8[], int[]) is
    'The elements of a vector at positions counted from 1: result[i] = values[positions[i]]. NULL elements stay NULL, and so do positions past the end, because profiles grow by appending. NULL if an argument is NULL. Errors: 22023 for a position that is NULL or below 1, and for values that valid_vector refuses. O(n).';
comment on function metric_values(jsonb, text[]) is
    'The numbers of an object as a vector: result[i] = metrics -> names[i], NULL where that is missing or null. NULL as a whole, because something would be lost, for what is no object, holds a key that is not among the names (which are distinct) or a value that is neither null nor a number with a magnitude of at most 1e100; and if an argument is NULL. A number too small for a double is 0. O(n log n).';

-- Statistics

comment on type stats is
    'State of stats_agg: count, mean, variance, extremes, first and last value and time regression of each element of a vector. Some 70 bytes an element; mergeable with rollup. Any bytes can be stored as one; the functions that read it raise 22P03 for damaged ones and 0A000 for those of a newer version.';
comment on function stats_in(cstring) is 'Input of type stats: that of bytea.';
comment on function stats_out(stats) is 'Output of type stats: that of bytea.';
comment on function stats_recv(internal) is 'Binary input of type stats: that of bytea.';
comment on function stats_send(stats) is 'Binary output of type stats: that of bytea.';

comment on aggregate stats_agg(timestamptz, float8[]) is
    'Statistics of each element of a vector over rows in any order. Rows of different lengths are aligned at the first element; what a row lacks is missing. Rows with a NULL time or array are skipped; NULL elements are not counted; NULL without rows. Of rows with equal times the larger value counts as first and last. Parallel safe, and usable as a window aggregate. Errors: 22023 for infinite times and values that valid_vector refuses. O(elements) a row. Welford''s method, merged as in Chan, Golub and LeVeque (1983).';
comment on function stats_agg_trans(internal, timestamptz, float8[]) is 'Transition function of stats_agg.';
comment on function stats_agg_combine(internal, internal) is 'Combine function of stats_agg and rollup(stats).';
comment on function stats_agg_serialize(internal) is 'Serialization function of stats_agg and rollup(stats).';
comment on function stats_agg_deserialize(bytea, internal) is 'Deserialization function of stats_agg and rollup(stats).';
comment on function stats_agg_final(internal) is 'Final function of stats_agg and rollup(stats).';
comment on aggregate rollup(stats) is
    'Merges states of stats_agg: the state over all their rows. NULL states are skipped; NULL without states. Parallel safe. Errors: 22P03, 0A000. O(elements) a state.';
comment on function stats_rollup_trans(internal, stats) is 'Transition function of rollup(stats).';

comment on function num_vals(stats) is
    'Number of values of each element that were not NULL. Errors: 22P03, 0A000.';
comment on function average(stats) is
    'Mean of each element; NULL where no value was seen. Errors: 22P03, 0A000.';
comment on function stddev(stats) is
    'Sample standard deviation (divisor n - 1) of each element; NULL for fewer than two values. Errors: 22P03, 0A000.';
comment on function min_val(stats) is
    'Smallest value of each element; NULL where no value was seen. Errors: 22P03, 0A000.';
comment on function max_val(stats) is
    'Largest value of each element; NULL where no value was seen. Errors: 22P03, 0A000.';
comment on function first_val(stats) is
    'Value of each element at the earliest time at which it was not NULL; NULL where no value was seen. Errors: 22P03, 0A000.';
comment on function last_val(stats) is
    'Value of each element at the latest time at which it was not NULL; NULL where no value was seen. Errors: 22P03, 0A000.';
comment on function slope(stats) is
    'Change per second of each element: slope of the least-squares line on time. NULL unless there are values at two times. Errors: 22P03, 0A000.';
comment on function delta(stats) is
    'last_val - first_val of each element; NULL where no value was seen. Errors: 22P03, 0A000.';
comment on function time_range(stats) is
    'Times of the first and the last row, both included. Errors: 22P03, 0A000.';
comment on function features(stats, text[], int[], interval) is
    'A feature vector from a state: result[i] = statistic statistics[i] of element elements[i], counted from 1. Statistics: last, first, mean, stddev, min, max, slope (per second), delta (last - first), count (0 where no value was seen). stddev, slope and delta are NULL, too, where the values of the element span less than min_span from first to last (default 0): two values a minute apart do not describe an hour. NULL where undefined and past the end; NULL if an argument is NULL. Errors: 22023 for unknown statistics, positions that are NULL or below 1, arrays of different lengths, a negative or infinite min_span; 22P03, 0A000. O(elements).';

-- Isolation forests

comment on aggregate forest_agg(float8[], jsonb) is
    'Trains an isolation forest on feature vectors of one length and returns the model. Takes rows in order into a random sample of bounded memory, so that the same rows in the same order with the same seed give the same bytes on every machine: write order by inside the aggregate. NULL vectors are skipped, NULL elements count as the median of their feature, and features that never vary are never split on. Options, taken from the first row (NULL: all defaults): n_trees (100), sample_size (256), max_depth (ceil(log2(sample_size))), seed (0), reservoir (50000 rows, at most 64 MiB). Errors: 22023 for unknown or bad options, fewer rows than sample_size, no row at all, rows of different lengths, no feature that varies. O(n_trees * sample_size * max_depth) after the rows. Liu, Ting and Zhou, "Isolation-based anomaly detection" (2012).';
comment on aggregate detector_agg(timestamptz, float8[], jsonb) is
    'Trains a detector on a history: readings of the past, mostly sound, by which new ones are to be judged. An isolation forest along random directions of 3 features (50 trees of up to 4096 rows, grown until every row is alone), in which values outside of what a node saw shorten the path. anomaly_score, explain, typical_range and forest_info take it as they take a forest; over a stream, ewma(score, 3) of the scores finds more than the scores do. Takes rows in order into a random sample of bounded memory, so that the same rows in the same order with the same seed give the same bytes: write order by inside the aggregate. NULL times and vectors are skipped, NULL elements count as the median of their feature. Options, taken from the first row (NULL: all defaults): n_trees (1 to 1000), sample_size (at most; fewer where there are fewer rows), reservoir (50000 rows, at most 64 MiB), seed (0). Errors: 22023 for unknown or bad options, no row at all, fewer than 16 rows, rows of different lengths, no feature that varies. O(n_trees * sample_size * log(sample_size)) after the rows. Hariri, Carrasco Kind and Brunner, "Extended isolation forest" (2021).';
comment on aggregate detector_agg(float8[], jsonb) is
    'Trains a detector on a table that is searched for the anomalies within itself. Three parts, each standardized over the rows: a forest that peels off small groups (100 trees of 256 rows; Liu, Ting and Zhou, "SCiForest", 2010), a forest that separates clusters (100 trees; Cortes, 2021), and, at half the weight, the mean over the features of ln(1 + |robust z|). Options (n_trees counts for each forest), NULLs and errors as for detector_agg over a history.';
comment on function detector_table_trans(internal, float8[], jsonb) is 'Transition function of detector_agg over a table.';
comment on function detector_history_trans(internal, timestamptz, float8[], jsonb) is 'Transition function of detector_agg over a history.';
comment on function detector_agg_final(internal) is 'Final function of detector_agg: trains.';
comment on aggregate ewma(float8, float8) is
    'Exponentially weighted moving average: the first value, then average + 2 / (span + 1) * (value - average) for each; span is the number of values that carry most of the weight. Meant as a window function, ewma(score, 3) over (partition by stream_id order by ts). NULL values are passed over. Errors: 22023 for a span below 1 or above 1e9, NaN, infinities and magnitudes above 1e100. O(1) a row. Roberts, "Control chart tests based on geometric moving averages" (1959).';
comment on function ewma_trans(float8, float8, float8) is 'Transition function of ewma.';
comment on function forest_agg_trans(internal, float8[], jsonb) is 'Transition function of forest_agg.';
comment on function forest_agg_final(internal) is 'Final function of forest_agg: trains.';
comment on function anomaly_score(bytea, float8[]) is
    'Anomaly score of a feature vector under a model of forest_agg: 2^(-E[path length] / c(sample_size)), between 0 and 1. About 0.5 is usual, and the closer to 1 the more isolated; forest_info(model) has the quantiles of the training scores. NULL elements count as their training median. NULL if an argument is NULL. The model is decoded once per query. Errors: 22023 for a vector of another length and values that valid_vector refuses, 22P03 for damaged models, 0A000 for those of a newer version. O(n_trees * depth). Liu, Ting and Zhou (2012).';
comment on function anomaly_scores(bytea, float8[]) is
    'Anomaly scores of the rows of a two-dimensional array, in order: the same numbers as anomaly_score of each row, faster. An empty array for an empty array, NULL if an argument is NULL. Errors as anomaly_score, and 22023 for other than two dimensions.';
comment on function explain(bytea, float8[]) is
    'What each feature contributes to the anomaly score of a vector: as many numbers as features, each at least 0, with the score as their sum. NULL if an argument is NULL. Errors as anomaly_score. O(n_trees * depth). Local DIFFI: Carletti, Terzi and Susto (2023).';
comment on function typical_range(bytea) is
    'What was usual in training for each feature (counted from 1): 1st percentile, median and 99th percentile (type 7) of the sampled rows; NULL for a feature that was always NULL. No rows for a NULL model. Errors: 22P03, 0A000.';
comment on function forest_info(bytea) is
    'Facts about a model: version (of the format), n_trees, sample_size, max_depth, n_features, n_nodes, seed (a string above 2^53), rows (seen), reservoir_rows (sampled), bytes, score_quantiles (an object from share to score of the sampled rows). NULL for NULL. Errors: 22P03, 0A000.';

-- Drift

comment on type ks_result is
    'Result of ks_test: the statistic, its p-value and the sizes of the samples.';
comment on column ks_result.statistic is 'Largest distance of the two empirical distribution functions, 0 to 1.';
comment on column ks_result.p_value is 'Probability of a distance at least as large when both samples have one distribution.';
comment on column ks_result.n_reference is 'Values of the reference sample.';
comment on column ks_result.n_current is 'Values of the current sample.';
comment on function ks_test(float8[], float8[]) is
    'Two-sided two-sample Kolmogorov-Smirnov test of a current against a reference sample. The p-value is exact while the product of the sizes is at most 10000, asymptotic above; conservative with ties. NULL elements are ignored; NULL if an argument is NULL. Errors: 22023 for a sample without values, more than 5 million values, other than one dimension, NaN, infinities, magnitudes above 1e100. O(n log n). As scipy.stats.ks_2samp.';
comment on aggregate ks_test(float8, boolean) is
    'ks_test over rows: values with is_current against those without, in any order. Rows with a NULL are skipped. Keeps all values: 8 bytes a row, at most 5 million. Parallel safe. Errors: 22023 as the function, also without rows.';
comment on function ks_test_trans(internal, float8, boolean) is 'Transition function of ks_test.';
comment on function ks_test_combine(internal, internal) is 'Combine function of ks_test.';
comment on function ks_test_serialize(internal) is 'Serialization function of ks_test.';
comment on function ks_test_deserialize(bytea, internal) is 'Deserialization function of ks_test.';
comment on function ks_test_final(internal) is 'Final function of ks_test.';
comment on function psi(float8[], float8[], int) is
    'Population stability index of a current against a reference sample: the sum of (c - r) ln(c / r) over bins between the type-7 quantiles of the reference, closed on the right; shares below 1e-4 count as 1e-4. Below 0.1 is usually read as stable, above 0.25 as shifted. NULL elements are ignored; NULL if an argument is NULL. Errors: 22023 for bins outside 2 to 1000, and as ks_test. O(n log n). Siddiqi, "Credit Risk Scorecards" (2006).';
comment on aggregate psi(float8, boolean, int) is
    'psi over rows: values with is_current against those without, in any order; bins is the same in all rows. Rows with a NULL value or side are skipped. Keeps all values: 8 bytes a row, at most 5 million. Parallel safe. Errors: 22023 as the function, also without rows, and for bins that differ or are NULL.';
comment on function psi_trans(internal, float8, boolean, int) is 'Transition function of psi.';
comment on function psi_combine(internal, internal) is 'Combine function of psi.';
comment on function psi_serialize(internal) is 'Serialization function of psi.';
comment on function psi_deserialize(bytea, internal) is 'Deserialization function of psi.';
comment on function psi_final(internal) is 'Final function of psi.';

-- Trends

comment on type trend is
    'State of trend_agg: the least-squares line of a value on time. About 90 bytes; mergeable with rollup. Any bytes can be stored as one; the functions that read it raise 22P03 for damaged ones and 0A000 for those of a newer version.';
comment on function trend_in(cstring) is 'Input of type trend: that of bytea.';
comment on function trend_out(trend) is 'Output of type trend: that of bytea.';
comment on function trend_recv(internal) is 'Binary input of type trend: that of bytea.';
comment on function trend_send(trend) is 'Binary output of type trend: that of bytea.';

comment on aggregate trend_agg(timestamptz, float8) is
    'Least-squares line of a value on time over rows in any order. Rows with a NULL are skipped; NULL without rows. Parallel safe, and usable as a window aggregate. Errors: 22023 for infinite times, NaN, infinities, magnitudes above 1e100. O(1) a row.';
comment on function trend_agg_trans(internal, timestamptz, float8) is 'Transition function of trend_agg.';
comment on function trend_agg_combine(internal, internal) is 'Combine function of trend_agg and rollup(trend).';
comment on function trend_agg_serialize(internal) is 'Serialization function of trend_agg and rollup(trend).';
comment on function trend_agg_deserialize(bytea, internal) is 'Deserialization function of trend_agg and rollup(trend).';
comment on function trend_agg_final(internal) is 'Final function of trend_agg and rollup(trend).';
comment on aggregate rollup(trend) is
    'Merges states of trend_agg: the state over all their rows. NULL states are skipped; NULL without states. Parallel safe. Errors: 22P03, 0A000. O(1) a state.';
comment on function trend_rollup_trans(internal, trend) is 'Transition function of rollup(trend).';

comment on function num_vals(trend) is
    'Number of rows in the line. Errors: 22P03, 0A000.';
comment on function slope(trend) is
    'Slope of the line, per second; NULL unless there are values at two times. Errors: 22P03, 0A000.';
comment on function intercept(trend, timestamptz) is
    'Value of the line at a time; NULL where there is no slope. Errors: 22023 for an infinite time; 22P03, 0A000.';
comment on function stderr(trend) is
    'Standard error of the slope, per second; NULL for fewer than three values or a single time. Errors: 22P03, 0A000.';
comment on function p_value(trend) is
    'Two-sided p-value of Student''s t test of a zero slope; NULL where there is no standard error, and for values that are all equal. Errors: 22P03, 0A000.';
comment on function r_squared(trend) is
    'Share of the variance that the line explains, 0 to 1; NULL where there is no slope, and for values that are all equal. Errors: 22P03, 0A000.';
