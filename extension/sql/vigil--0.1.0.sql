-- Generated from the sources of the extension; extension/sql/README.md says how. Do not edit.

\echo Use "create extension vigil" to load this file. \quit

create type baseline_result as (
    n bigint,
    mean float8,
    stddev float8,
    median float8,
    mad float8,
    sigma float8,
    q1 float8,
    q3 float8,
    iqr float8,
    lower_fence float8,
    upper_fence float8
);

create type chi2_result as (
    statistic float8,
    p_value float8,
    degrees_of_freedom bigint,
    effect_size float8,
    min_expected float8,
    n float8
);

create type covariance;

create function covariance_in(cstring) returns covariance
    language internal immutable strict parallel safe as 'byteain';
create function covariance_out(covariance) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function covariance_recv(internal) returns covariance
    language internal immutable strict parallel safe as 'bytearecv';
create function covariance_send(covariance) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type covariance (
    input = covariance_in,
    output = covariance_out,
    receive = covariance_recv,
    send = covariance_send,
    like = pg_catalog.bytea
);

create type distribution;

create function distribution_in(cstring) returns distribution
    language internal immutable strict parallel safe as 'byteain';
create function distribution_out(distribution) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function distribution_recv(internal) returns distribution
    language internal immutable strict parallel safe as 'bytearecv';
create function distribution_send(distribution) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type distribution (
    input = distribution_in,
    output = distribution_out,
    receive = distribution_recv,
    send = distribution_send,
    like = pg_catalog.bytea
);

create type ks_result as (
    statistic float8,
    p_value float8,
    n_reference bigint,
    n_current bigint
);

create type seasonal;

create function seasonal_in(cstring) returns seasonal
    language internal immutable strict parallel safe as 'byteain';
create function seasonal_out(seasonal) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function seasonal_recv(internal) returns seasonal
    language internal immutable strict parallel safe as 'bytearecv';
create function seasonal_send(seasonal) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type seasonal (
    input = seasonal_in,
    output = seasonal_out,
    receive = seasonal_recv,
    send = seasonal_send,
    like = pg_catalog.bytea
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

create type theil_sen_result as (
    n bigint,
    slope float8,
    intercept float8,
    slope_low float8,
    slope_high float8
);

create type mann_kendall_result as (
    n bigint,
    s bigint,
    variance float8,
    tau_a float8,
    tau_b float8,
    z float8,
    p_value float8,
    slope float8,
    intercept float8
);

create type ljung_box_result as (
    statistic float8,
    p_value float8,
    lags int
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

CREATE FUNCTION "acf"(
	"y" double precision[],
	"max_lag" INT
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'acf_wrapper';

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

CREATE FUNCTION "baseline"(
	"sample" double precision[]
) RETURNS baseline_result
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'baseline_array_wrapper';

CREATE FUNCTION "benjamini_hochberg"(
	"p_values" double precision[]
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE  COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'adjusted_p_values_wrapper';

CREATE FUNCTION "change_points"(
	"values" double precision[],
	"penalty" double precision DEFAULT null,
	"min_length" INT DEFAULT 5
) RETURNS TABLE (
	"position" INT,
	"mean_before" double precision,
	"mean_after" double precision,
	"effect_size" double precision
)
IMMUTABLE PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'change_points_wrapper';

CREATE FUNCTION "chi2_contingency"(
	"counts" double precision[],
	"yates" bool DEFAULT false
) RETURNS chi2_result
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_contingency_wrapper';

CREATE FUNCTION "chi2_gof"(
	"observed" double precision[],
	"expected" double precision[] DEFAULT null
) RETURNS chi2_result
IMMUTABLE PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_gof_wrapper';

CREATE FUNCTION "chi2_test"(
	"reference" double precision[],
	"current" double precision[]
) RETURNS chi2_result
IMMUTABLE STRICT PARALLEL SAFE  COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_test_arrays_wrapper';

CREATE FUNCTION "chi2_test_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_test_combine_wrapper';

CREATE FUNCTION "chi2_test_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_test_deserialize_wrapper';

CREATE FUNCTION "chi2_test_final"(
	"state" internal
) RETURNS chi2_result
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_test_final_wrapper';

CREATE FUNCTION "chi2_test_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_test_serialize_wrapper';

CREATE FUNCTION "chi2_test_trans"(
	"state" internal,
	"category" TEXT,
	"is_current" bool
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'chi2_test_trans_wrapper';

CREATE FUNCTION "correlation_changes"(
	"reference" covariance,
	"current" covariance
) RETURNS TABLE (
	"first" INT,
	"second" INT,
	"reference_r" double precision,
	"current_r" double precision,
	"effect_size" double precision,
	"p_value" double precision,
	"adjusted_p" double precision
)
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'correlation_changes_wrapper';

CREATE FUNCTION "covariance_agg_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_agg_combine_wrapper';

CREATE FUNCTION "covariance_agg_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_agg_deserialize_wrapper';

CREATE FUNCTION "covariance_agg_final"(
	"state" internal
) RETURNS covariance
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_agg_final_wrapper';

CREATE FUNCTION "covariance_agg_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_agg_serialize_wrapper';

CREATE FUNCTION "covariance_agg_trans"(
	"state" internal,
	"values" double precision[]
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_agg_trans_wrapper';

CREATE FUNCTION "covariance_rollup_trans"(
	"state" internal,
	"part" covariance
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_rollup_trans_wrapper';

CREATE FUNCTION "cusum_chart"(
	"values" double precision[],
	"target" double precision DEFAULT null,
	"sigma" double precision DEFAULT null,
	"k" double precision DEFAULT 0.5,
	"h" double precision DEFAULT 5
) RETURNS TABLE (
	"index" INT,
	"value" double precision,
	"centre" double precision,
	"decision" double precision,
	"upper_sum" double precision,
	"lower_sum" double precision,
	"signal" bool
)
IMMUTABLE PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'cusum_chart_wrapper';

CREATE FUNCTION "dbscan"(
	"rows" double precision[],
	"eps" double precision,
	"min_points" INT DEFAULT 5,
	"standardize" bool DEFAULT true
) RETURNS TABLE (
	"position" INT,
	"cluster" INT,
	"is_core" bool
)
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'dbscan_wrapper';

CREATE FUNCTION "dbscan_agg_final"(
	"state" internal
) RETURNS INT[]
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'dbscan_agg_final_wrapper';

CREATE FUNCTION "dbscan_agg_trans"(
	"state" internal,
	"features" double precision[],
	"eps" double precision,
	"min_points" INT,
	"standardize" bool
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'dbscan_agg_trans_wrapper';

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

CREATE FUNCTION "distribution_agg_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_agg_combine_wrapper';

CREATE FUNCTION "distribution_agg_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_agg_deserialize_wrapper';

CREATE FUNCTION "distribution_agg_final"(
	"state" internal
) RETURNS distribution
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_agg_final_wrapper';

CREATE FUNCTION "distribution_agg_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_agg_serialize_wrapper';

CREATE FUNCTION "distribution_agg_trans"(
	"state" internal,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_agg_trans_wrapper';

CREATE FUNCTION "distribution_rollup_trans"(
	"state" internal,
	"part" distribution
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_rollup_trans_wrapper';

CREATE FUNCTION "ewma_chart"(
	"values" double precision[],
	"target" double precision DEFAULT null,
	"sigma" double precision DEFAULT null,
	"lambda" double precision DEFAULT 0.2,
	"width" double precision DEFAULT 2.7
) RETURNS TABLE (
	"index" INT,
	"value" double precision,
	"centre" double precision,
	"lower" double precision,
	"upper" double precision,
	"statistic" double precision,
	"signal" bool
)
IMMUTABLE PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'ewma_chart_wrapper';

CREATE FUNCTION "ewma_trans"(
	"average" double precision,
	"value" double precision,
	"span" double precision
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ewma_trans_wrapper';

CREATE FUNCTION "expected"(
	"state" seasonal,
	"at" timestamp with time zone
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'expected_wrapper';

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

CREATE FUNCTION "forecast"(
	"values" double precision[],
	"horizon" INT,
	"options" jsonb DEFAULT null
) RETURNS TABLE (
	"step" INT,
	"value" double precision,
	"lower" double precision,
	"upper" double precision
)
IMMUTABLE PARALLEL SAFE COST 100000
LANGUAGE c
AS 'MODULE_PATHNAME', 'forecast_wrapper';

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

CREATE FUNCTION "forest_agg_weighted_trans"(
	"state" internal,
	"features" double precision[],
	"weight" double precision,
	"options" jsonb
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'forest_agg_weighted_trans_wrapper';

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

CREATE FUNCTION "individuals_chart"(
	"values" double precision[],
	"target" double precision DEFAULT null,
	"sigma" double precision DEFAULT null
) RETURNS TABLE (
	"index" INT,
	"value" double precision,
	"centre" double precision,
	"lower" double precision,
	"upper" double precision,
	"signal" bool,
	"moving_range" double precision,
	"range_centre" double precision,
	"range_upper" double precision,
	"range_signal" bool
)
IMMUTABLE PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'individuals_chart_wrapper';

CREATE FUNCTION "intercept"(
	"state" trend,
	"at" timestamp with time zone
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'intercept_wrapper';

CREATE FUNCTION "iqr_outlier"(
	"value" double precision,
	"sample" double precision[],
	"k" double precision DEFAULT 1.5
) RETURNS bool
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'iqr_outlier_array_wrapper';

CREATE FUNCTION "iqr_outlier_final"(
	"state" internal
) RETURNS bool
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'iqr_outlier_final_wrapper';

CREATE FUNCTION "is_anomaly"(
	"model" bytea,
	"features" double precision[]
) RETURNS bool
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'is_anomaly_wrapper';

CREATE FUNCTION "jensen_shannon"(
	"reference" double precision[],
	"current" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'jensen_shannon_shares_wrapper';

CREATE FUNCTION "js_divergence"(
	"reference" distribution,
	"current" distribution,
	"bins" INT DEFAULT 10
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_js_divergence_wrapper';

CREATE FUNCTION "js_divergence"(
	"reference" double precision[],
	"current" double precision[],
	"bins" INT DEFAULT 10
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'js_divergence_arrays_wrapper';

CREATE FUNCTION "js_divergence_final"(
	"state" internal
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'js_divergence_final_wrapper';

CREATE FUNCTION "kmeans_agg_final"(
	"state" internal
) RETURNS bytea
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'kmeans_agg_final_wrapper';

CREATE FUNCTION "kmeans_agg_trans"(
	"state" internal,
	"features" double precision[],
	"k" INT,
	"options" jsonb
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'kmeans_agg_trans_wrapper';

CREATE FUNCTION "kmeans_assign"(
	"model" bytea,
	"features" double precision[]
) RETURNS INT
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'kmeans_assign_wrapper';

CREATE FUNCTION "kmeans_centers"(
	"model" bytea
) RETURNS TABLE (
	"cluster" INT,
	"center" double precision[],
	"size" bigint
)
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'kmeans_centers_wrapper';

CREATE FUNCTION "kmeans_distance"(
	"model" bytea,
	"features" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'kmeans_distance_wrapper';

CREATE FUNCTION "kmeans_info"(
	"model" bytea
) RETURNS jsonb
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'kmeans_info_wrapper';

CREATE FUNCTION "ks_test"(
	"reference" distribution,
	"current" distribution
) RETURNS ks_result
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_ks_test_wrapper';

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

CREATE FUNCTION "ljung_box"(
	"y" double precision[],
	"lags" INT DEFAULT 10
) RETURNS ljung_box_result
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'ljung_box_wrapper';

CREATE FUNCTION "mahalanobis"(
	"model" bytea,
	"features" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'mahalanobis_wrapper';

CREATE FUNCTION "mahalanobis_model"(
	"state" covariance
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'mahalanobis_model_wrapper';

CREATE FUNCTION "mann_kendall"(
	"y" double precision[]
) RETURNS mann_kendall_result
IMMUTABLE STRICT PARALLEL SAFE  COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'mann_kendall_array_wrapper';

CREATE FUNCTION "mann_kendall_final"(
	"state" internal
) RETURNS mann_kendall_result
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'mann_kendall_final_wrapper';

CREATE FUNCTION "mann_kendall_hamed_rao"(
	"y" double precision[],
	"max_lag" INT DEFAULT null,
	"alpha" double precision DEFAULT 0.05
) RETURNS mann_kendall_result
IMMUTABLE PARALLEL SAFE  COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'mann_kendall_hamed_rao_array_wrapper';

CREATE FUNCTION "mann_kendall_hamed_rao_final"(
	"state" internal
) RETURNS mann_kendall_result
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'mann_kendall_hamed_rao_final_wrapper';

CREATE FUNCTION "mann_kendall_seasonal"(
	"y" double precision[],
	"period" INT
) RETURNS mann_kendall_result
IMMUTABLE STRICT PARALLEL SAFE  COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'mann_kendall_seasonal_array_wrapper';

CREATE FUNCTION "mann_kendall_seasonal_final"(
	"state" internal
) RETURNS mann_kendall_result
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'mann_kendall_seasonal_final_wrapper';

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

CREATE FUNCTION "nelson_rules"(
	"values" double precision[],
	"target" double precision DEFAULT null,
	"sigma" double precision DEFAULT null
) RETURNS TABLE (
	"index" INT,
	"value" double precision,
	"centre" double precision,
	"lower" double precision,
	"upper" double precision,
	"statistic" double precision,
	"rules" INT[]
)
IMMUTABLE PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'nelson_rules_wrapper';

CREATE FUNCTION "num_vals"(
	"state" covariance
) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'covariance_num_vals_wrapper';

CREATE FUNCTION "num_vals"(
	"state" distribution
) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_num_vals_wrapper';

CREATE FUNCTION "num_vals"(
	"state" seasonal
) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_num_vals_wrapper';

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

CREATE FUNCTION "pacf"(
	"y" double precision[],
	"max_lag" INT
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'pacf_wrapper';

CREATE FUNCTION "parquet_agg_final"(
	"state" internal
) RETURNS bytea
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'parquet_agg_final_wrapper';

CREATE FUNCTION "parquet_agg_trans"(
	"state" internal,
	"stream_id" INT,
	"device" TEXT,
	"ts" timestamp with time zone,
	"values" double precision[],
	"contract" jsonb
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'parquet_agg_trans_wrapper';

CREATE FUNCTION "parquet_info"(
	"file" bytea
) RETURNS TABLE (
	"rows" bigint,
	"row_groups" INT,
	"points" bigint,
	"from_ts" timestamp with time zone,
	"to_ts" timestamp with time zone,
	"contract" jsonb
)
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'parquet_info_wrapper';

CREATE FUNCTION "parquet_rows"(
	"file" bytea
) RETURNS TABLE (
	"stream_id" INT,
	"device" TEXT,
	"ts" timestamp with time zone,
	"values" double precision[]
)
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'parquet_rows_wrapper';

CREATE FUNCTION "pca_error"(
	"model" bytea,
	"features" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'pca_error_wrapper';

CREATE FUNCTION "pca_explained"(
	"model" bytea
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'pca_explained_wrapper';

CREATE FUNCTION "pca_model"(
	"state" covariance,
	"components" INT
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'pca_model_wrapper';

CREATE FUNCTION "psi"(
	"reference" distribution,
	"current" distribution,
	"bins" INT DEFAULT 10
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_psi_wrapper';

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

CREATE FUNCTION "quantile"(
	"sample" double precision[],
	"q" double precision,
	"kind" INT DEFAULT 7
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'quantile_wrapper';

CREATE FUNCTION "quantile"(
	"state" distribution,
	"share" double precision
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_quantile_wrapper';

CREATE FUNCTION "r_squared"(
	"state" trend
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'r_squared_wrapper';

CREATE FUNCTION "ranked_inverse"(
	"state" internal,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ranked_inverse_wrapper';

CREATE FUNCTION "ranked_trans"(
	"state" internal,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ranked_trans_wrapper';

CREATE FUNCTION "relative_error"(
	"state" distribution
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE COST 100
LANGUAGE c
AS 'MODULE_PATHNAME', 'relative_error_wrapper';

CREATE FUNCTION "robust_z"(
	"value" double precision,
	"sample" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'robust_z_array_wrapper';

CREATE FUNCTION "robust_z_final"(
	"state" internal
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'robust_z_final_wrapper';

CREATE FUNCTION "seasonal_agg_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_agg_combine_wrapper';

CREATE FUNCTION "seasonal_agg_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_agg_deserialize_wrapper';

CREATE FUNCTION "seasonal_agg_final"(
	"state" internal
) RETURNS seasonal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_agg_final_wrapper';

CREATE FUNCTION "seasonal_agg_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_agg_serialize_wrapper';

CREATE FUNCTION "seasonal_agg_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_agg_trans_wrapper';

CREATE FUNCTION "seasonal_agg_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"value" double precision,
	"zone" TEXT
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_agg_zone_trans_wrapper';

CREATE FUNCTION "seasonal_rollup_trans"(
	"state" internal,
	"part" seasonal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_rollup_trans_wrapper';

CREATE FUNCTION "series_combine"(
	"state" internal,
	"other" internal
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'series_combine_wrapper';

CREATE FUNCTION "series_deserialize"(
	"bytes" bytea,
	"_internal" internal
) RETURNS internal
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'series_deserialize_wrapper';

CREATE FUNCTION "series_serialize"(
	"state" internal
) RETURNS bytea
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'series_serialize_wrapper';

CREATE FUNCTION "series_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'series_trans_wrapper';

CREATE FUNCTION "series_trans"(
	"state" internal,
	"ts" timestamp with time zone,
	"value" double precision,
	"season" INT
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'series_season_trans_wrapper';

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

CREATE FUNCTION "slope_interval"(
	"state" trend,
	"confidence" double precision DEFAULT 0.95
) RETURNS double precision[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'slope_interval_wrapper';

CREATE FUNCTION "spread"(
	"state" seasonal,
	"at" timestamp with time zone
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'spread_wrapper';

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

CREATE FUNCTION "theil_sen"(
	"x" double precision[],
	"y" double precision[],
	"confidence" double precision DEFAULT 0.95
) RETURNS theil_sen_result
IMMUTABLE STRICT PARALLEL SAFE  COST 10000
LANGUAGE c
AS 'MODULE_PATHNAME', 'theil_sen_arrays_wrapper';

CREATE FUNCTION "theil_sen_final"(
	"state" internal
) RETURNS theil_sen_result
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'theil_sen_final_wrapper';

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

CREATE FUNCTION "wasserstein"(
	"reference" distribution,
	"current" distribution
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'distribution_wasserstein_wrapper';

CREATE FUNCTION "wasserstein"(
	"reference" double precision[],
	"current" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'wasserstein_arrays_wrapper';

CREATE FUNCTION "wasserstein_final"(
	"state" internal
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'wasserstein_final_wrapper';

CREATE FUNCTION "western_electric_rules"(
	"values" double precision[],
	"target" double precision DEFAULT null,
	"sigma" double precision DEFAULT null
) RETURNS TABLE (
	"index" INT,
	"value" double precision,
	"centre" double precision,
	"lower" double precision,
	"upper" double precision,
	"statistic" double precision,
	"rules" INT[]
)
IMMUTABLE PARALLEL SAFE COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'western_electric_rules_wrapper';

CREATE FUNCTION "zscore"(
	"state" seasonal,
	"at" timestamp with time zone,
	"value" double precision
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'seasonal_zscore_wrapper';

CREATE FUNCTION "zscore"(
	"value" double precision,
	"sample" double precision[]
) RETURNS double precision
IMMUTABLE STRICT PARALLEL SAFE  COST 1000
LANGUAGE c
AS 'MODULE_PATHNAME', 'zscore_array_wrapper';

CREATE FUNCTION "zscore_final"(
	"state" internal
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'zscore_final_wrapper';

CREATE FUNCTION "zscore_moving_final"(
	"state" internal
) RETURNS double precision
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'zscore_moving_final_wrapper';

CREATE FUNCTION "zscore_moving_inverse"(
	"state" internal,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'zscore_moving_inverse_wrapper';

CREATE FUNCTION "zscore_moving_trans"(
	"state" internal,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'zscore_moving_trans_wrapper';

CREATE FUNCTION "zscore_trans"(
	"state" internal,
	"value" double precision
) RETURNS internal
IMMUTABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'zscore_trans_wrapper';

create aggregate chi2_test(category text, is_current boolean) (
    sfunc = chi2_test_trans,
    stype = internal,
    finalfunc = chi2_test_final,
    combinefunc = chi2_test_combine,
    serialfunc = chi2_test_serialize,
    deserialfunc = chi2_test_deserialize,
    parallel = safe
);

create aggregate covariance_agg("values" float8[]) (
    sfunc = covariance_agg_trans,
    stype = internal,
    finalfunc = covariance_agg_final,
    combinefunc = covariance_agg_combine,
    serialfunc = covariance_agg_serialize,
    deserialfunc = covariance_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state covariance) (
    sfunc = covariance_rollup_trans,
    stype = internal,
    finalfunc = covariance_agg_final,
    combinefunc = covariance_agg_combine,
    serialfunc = covariance_agg_serialize,
    deserialfunc = covariance_agg_deserialize,
    parallel = safe
);

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

create aggregate distribution_agg(value float8) (
    sfunc = distribution_agg_trans,
    stype = internal,
    finalfunc = distribution_agg_final,
    combinefunc = distribution_agg_combine,
    serialfunc = distribution_agg_serialize,
    deserialfunc = distribution_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state distribution) (
    sfunc = distribution_rollup_trans,
    stype = internal,
    finalfunc = distribution_agg_final,
    combinefunc = distribution_agg_combine,
    serialfunc = distribution_agg_serialize,
    deserialfunc = distribution_agg_deserialize,
    parallel = safe
);

create aggregate forest_agg(features float8[], options jsonb) (
    sfunc = forest_agg_trans,
    stype = internal,
    finalfunc = forest_agg_final,
    parallel = safe
);

create aggregate forest_agg(features float8[], weight float8, options jsonb) (
    sfunc = forest_agg_weighted_trans,
    stype = internal,
    finalfunc = forest_agg_final,
    parallel = safe
);

create aggregate kmeans_agg(features float8[], k int, options jsonb) (
    sfunc = kmeans_agg_trans,
    stype = internal,
    finalfunc = kmeans_agg_final,
    parallel = safe
);

create aggregate dbscan_agg(features float8[], eps float8, min_points int, standardize boolean) (
    sfunc = dbscan_agg_trans,
    stype = internal,
    finalfunc = dbscan_agg_final,
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

create aggregate wasserstein(value float8, is_current boolean) (
    sfunc = ks_test_trans,
    stype = internal,
    finalfunc = wasserstein_final,
    combinefunc = ks_test_combine,
    serialfunc = ks_test_serialize,
    deserialfunc = ks_test_deserialize,
    parallel = safe
);

create aggregate js_divergence(value float8, is_current boolean, bins int) (
    sfunc = psi_trans,
    stype = internal,
    finalfunc = js_divergence_final,
    combinefunc = psi_combine,
    serialfunc = psi_serialize,
    deserialfunc = psi_deserialize,
    parallel = safe
);

create aggregate parquet_agg(stream_id int, device text, ts timestamptz, "values" float8[], contract jsonb) (
    sfunc = parquet_agg_trans,
    stype = internal,
    finalfunc = parquet_agg_final,
    finalfunc_modify = read_write,
    parallel = safe
);

create aggregate seasonal_agg(ts timestamptz, value float8) (
    sfunc = seasonal_agg_trans,
    stype = internal,
    finalfunc = seasonal_agg_final,
    combinefunc = seasonal_agg_combine,
    serialfunc = seasonal_agg_serialize,
    deserialfunc = seasonal_agg_deserialize,
    parallel = safe
);

create aggregate seasonal_agg(ts timestamptz, value float8, time_zone text) (
    sfunc = seasonal_agg_trans,
    stype = internal,
    finalfunc = seasonal_agg_final,
    combinefunc = seasonal_agg_combine,
    serialfunc = seasonal_agg_serialize,
    deserialfunc = seasonal_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state seasonal) (
    sfunc = seasonal_rollup_trans,
    stype = internal,
    finalfunc = seasonal_agg_final,
    combinefunc = seasonal_agg_combine,
    serialfunc = seasonal_agg_serialize,
    deserialfunc = seasonal_agg_deserialize,
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

create aggregate theil_sen(ts timestamptz, value float8) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = theil_sen_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);

create aggregate mann_kendall(ts timestamptz, value float8) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = mann_kendall_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);

create aggregate mann_kendall_hamed_rao(ts timestamptz, value float8) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = mann_kendall_hamed_rao_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);

create aggregate mann_kendall_seasonal(ts timestamptz, value float8, season int) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = mann_kendall_seasonal_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
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

create aggregate zscore(value float8) (
    sfunc = zscore_trans,
    stype = internal,
    finalfunc = zscore_final,
    msfunc = zscore_moving_trans,
    minvfunc = zscore_moving_inverse,
    mstype = internal,
    mfinalfunc = zscore_moving_final,
    parallel = safe
);

create aggregate robust_z(value float8) (
    sfunc = ranked_trans,
    stype = internal,
    finalfunc = robust_z_final,
    msfunc = ranked_trans,
    minvfunc = ranked_inverse,
    mstype = internal,
    mfinalfunc = robust_z_final,
    parallel = safe
);

create aggregate iqr_outlier(value float8) (
    sfunc = ranked_trans,
    stype = internal,
    finalfunc = iqr_outlier_final,
    msfunc = ranked_trans,
    minvfunc = ranked_inverse,
    mstype = internal,
    mfinalfunc = iqr_outlier_final,
    parallel = safe
);

grant usage on schema vigil to public;

comment on schema vigil is
    'Analytics over values handed to it: vectors, statistics, isolation forests, detectors, drift tests, multivariate distances, clusters, trends, forecasts, baselines, control charts, change points, Parquet files. Only pure functions and aggregates, which the view functions lists; no tables.';

-- Vectors

comment on function valid_vector(float8[]) is
    'Whether an array can be stored as a row of measurements: one dimension from subscript 1, at most 16384 elements, each NULL (not reported) or finite with a magnitude of at most 1e100. NULL for NULL. No errors. O(n); cheap enough for a CHECK constraint.';
comment on function merge_values(float8[], float8[]) is
    'Element-wise coalesce(new, old), as long as the longer array. A NULL array counts as empty; never returns NULL. Errors: 22023 for NaN, infinities, magnitudes above 1e100, other than one dimension. O(n).';
comment on function gather(float8[], int[]) is
    'The elements of a vector at positions counted from 1: result[i] = values[positions[i]]. NULL elements stay NULL, and so do positions past the end, because profiles grow by appending. NULL if an argument is NULL. Errors: 22023 for a position that is NULL or below 1, and for values that valid_vector refuses. O(n).';
comment on function metric_values(jsonb, text[]) is
    'The numbers of an object as a vector: result[i] = metrics -> names[i], NULL where that is missing or null. NULL as a whole, because something would be lost, for what is no object, holds a key that is not among the names (which are distinct) or a value that is neither null nor a number with a magnitude of at most 1e100; and if an argument is NULL. No errors. A number too small for a double is 0. O(n log n).';

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
    'Number of values of each element that were not NULL. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function average(stats) is
    'Mean of each element; NULL where no value was seen. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function stddev(stats) is
    'Sample standard deviation (divisor n - 1) of each element; NULL for fewer than two values. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function min_val(stats) is
    'Smallest value of each element; NULL where no value was seen. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function max_val(stats) is
    'Largest value of each element; NULL where no value was seen. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function first_val(stats) is
    'Value of each element at the earliest time at which it was not NULL; NULL where no value was seen. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function last_val(stats) is
    'Value of each element at the latest time at which it was not NULL; NULL where no value was seen. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function slope(stats) is
    'Change per second of each element: slope of the least-squares line on time. NULL unless there are values at two times. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function delta(stats) is
    'last_val - first_val of each element; NULL where no value was seen. NULL for NULL. Errors: 22P03, 0A000. O(elements).';
comment on function time_range(stats) is
    'Times of the first and the last row, both included. NULL for NULL and for a state without rows. Errors: 22P03, 0A000. O(elements).';
comment on function features(stats, text[], int[], interval) is
    'A feature vector from a state: result[i] = statistic statistics[i] of element elements[i], counted from 1. Statistics: last, first, mean, stddev, min, max, slope (per second), delta (last - first), count (0 where no value was seen). stddev, slope and delta are NULL, too, where the values of the element span less than min_span from first to last (default 0): two values a minute apart do not describe an hour. NULL where undefined and past the end; NULL if an argument is NULL. Errors: 22023 for unknown statistics, positions that are NULL or below 1, arrays of different lengths, a negative or infinite min_span; 22P03, 0A000. O(elements).';

-- Isolation forests

comment on aggregate forest_agg(float8[], jsonb) is
    'Trains an isolation forest on feature vectors of one length and returns the model. Takes rows in order into a random sample of bounded memory, so that the same rows in the same order with the same seed give the same bytes on every machine: write order by inside the aggregate. NULL vectors are skipped, NULL elements count as the median of their feature unless option missing says otherwise, and features that never vary are never split on. Options, taken from the first row (NULL: all defaults): n_trees (100), sample_size (256), max_depth (ceil(log2(sample_size))), seed (0), reservoir (50000 rows, at most 64 MiB); ndim (1) features in each split, above 1 an extended forest; pooled_gain and averaged_gain (0), probabilities that a split separates as well as it can instead of anywhere, and tries (1) directions for such a split; penalize_range (false), whether values outside of what a node saw shorten the path; metric ("depth" or "density"); missing ("median", or "both": NULL takes both branches, weighted); categorical (positions from 1 of features that are codes of categories); contamination (share of anomalies to expect, up to 0.5, which gives is_anomaly its threshold). Features may have any finite magnitude. Errors: 22023 for unknown or bad options, fewer rows than sample_size, no row at all, rows of different lengths, no feature that varies. O(n_trees * sample_size * max_depth) after the rows. Liu, Ting and Zhou, "Isolation-based anomaly detection" (2012); Hariri, Carrasco Kind and Brunner, "Extended isolation forest" (2021); Cortes, "Revisiting randomized choices in isolation forests" (2021).';
comment on aggregate forest_agg(float8[], float8, jsonb) is
    'Trains an isolation forest on rows with weights: a row is drawn with a probability in proportion to its weight. Rows with a NULL weight are skipped, rows of weight 0 never drawn. Otherwise as forest_agg without weights. Errors: also 22023 for a weight that is negative or not finite. O(n_trees * reservoir) more. Duffield, Lund and Thorup, "Priority sampling for estimation of arbitrary subset sums" (2007); Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006).';
comment on aggregate detector_agg(timestamptz, float8[], jsonb) is
    'Trains a detector on a history: readings of the past, mostly sound, by which new ones are to be judged. An isolation forest along random directions of 3 features (50 trees of up to 4096 rows, grown until every row is alone), in which values outside of what a node saw shorten the path. anomaly_score, explain, typical_range and forest_info take it as they take a forest; over a stream, ewma(score, 2) of the scores finds more than the scores do. Takes rows in order into a random sample of bounded memory, so that the same rows in the same order with the same seed give the same bytes: write order by inside the aggregate. NULL times and vectors are skipped, NULL elements count as the median of their feature. Options, taken from the first row (NULL: all defaults): n_trees (1 to 1000), sample_size (at most; fewer where there are fewer rows), reservoir (50000 rows, at most 64 MiB), seed (0), contamination (as in forest_agg). Errors: 22023 for unknown or bad options, no row at all, fewer than 16 rows, rows of different lengths, no feature that varies. O(n_trees * sample_size * log(sample_size)) after the rows. Hariri, Carrasco Kind and Brunner, "Extended isolation forest" (2021).';
comment on aggregate detector_agg(float8[], jsonb) is
    'Trains a detector on a table that is searched for the anomalies within itself. Three parts, each standardized over the rows: a forest that peels off small groups (100 trees of 256 rows; Liu, Ting and Zhou, "SCiForest", 2010), a forest that separates clusters (100 trees; Cortes, 2021), and, at half the weight, the mean over the features of ln(1 + |robust z|). Options (n_trees counts for each forest), NULLs and errors as for detector_agg over a history. O(n_trees * sample_size) after the rows.';
comment on function detector_table_trans(internal, float8[], jsonb) is 'Transition function of detector_agg over a table.';
comment on function detector_history_trans(internal, timestamptz, float8[], jsonb) is 'Transition function of detector_agg over a history.';
comment on function detector_agg_final(internal) is 'Final function of detector_agg: trains.';
comment on aggregate ewma(float8, float8) is
    'Exponentially weighted moving average: the first value, then average + 2 / (span + 1) * (value - average) for each; span is the number of values that carry most of the weight. Meant as a window function, ewma(score, 2) over (partition by stream_id order by ts). NULL values are passed over. Errors: 22023 for a span below 1 or above 1e9, NaN, infinities and magnitudes above 1e100. O(1) a row. Roberts, "Control chart tests based on geometric moving averages" (1959).';
comment on function ewma_trans(float8, float8, float8) is 'Transition function of ewma.';
comment on function forest_agg_trans(internal, float8[], jsonb) is 'Transition function of forest_agg.';
comment on function forest_agg_weighted_trans(internal, float8[], float8, jsonb) is 'Transition function of forest_agg with weights.';
comment on function forest_agg_final(internal) is 'Final function of forest_agg: trains.';
comment on function anomaly_score(bytea, float8[]) is
    'Anomaly score of a feature vector under a model of forest_agg: 2^(-E[path length] / c(sample_size)), between 0 and 1. About 0.5 is usual, and the closer to 1 the more isolated; with metric density the logistic function of the mean negative logarithm of the density of training rows; forest_info(model) has the quantiles of the training scores. NULL elements count as their training median. NULL if an argument is NULL. The model is decoded once per query. Errors: 22023 for a vector of another length and values that valid_vector refuses, 22P03 for damaged models, 0A000 for those of a newer version. O(n_trees * depth). Liu, Ting and Zhou (2012).';
comment on function is_anomaly(bytea, float8[]) is
    'Whether the anomaly score of a feature vector is above the threshold that the model has from option contamination. NULL if an argument is NULL. Errors as anomaly_score, and 22023 for a model that was trained without contamination. O(n_trees * depth).';
comment on function anomaly_scores(bytea, float8[]) is
    'Anomaly scores of the rows of a two-dimensional array, in order: the same numbers as anomaly_score of each row, faster. An empty array for an empty array, NULL if an argument is NULL. Errors as anomaly_score, and 22023 for other than two dimensions. O(rows * n_trees * depth), can be cancelled.';
comment on function explain(bytea, float8[]) is
    'What each feature contributes to the anomaly score of a vector: as many numbers as features, each at least 0, with the score as their sum. The score is shared out by how far each value is outside of its typical range (logarithm of the distance in widths of the range), a little by how far it is from the median within, and where that says nothing by local DIFFI under a forest and equally under a detector. Whether a value is above or below its typical_range is its direction. NULL elements contribute 0. NULL if an argument is NULL. Errors as anomaly_score. O(n_trees * depth + features). Carletti, Terzi and Susto (2023).';
comment on function typical_range(bytea) is
    'What was usual in training for each feature (counted from 1): 1st percentile, median and 99th percentile (type 7) of the sampled rows; NULL for a feature that was always NULL. No rows for a NULL model. Errors: 22P03, 0A000. O(bytes of the model).';
comment on function forest_info(bytea) is
    'Facts about a model: version (of the format), n_trees, sample_size, max_depth, n_features, ndim, metric, missing, categorical, n_nodes, seed (a string above 2^53), rows (seen), reservoir_rows (sampled), bytes, score_quantiles (an object from share to score of the sampled rows), contamination and threshold (null without). NULL for NULL. Errors: 22P03, 0A000. O(bytes of the model).';

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
    'ks_test over rows: values with is_current against those without, in any order. Rows with a NULL are skipped. Keeps all values: 8 bytes a row, at most 5 million. Parallel safe. Errors: 22023 as the function, also without rows. O(n log n).';
comment on function ks_test_trans(internal, float8, boolean) is 'Transition function of ks_test.';
comment on function ks_test_combine(internal, internal) is 'Combine function of ks_test.';
comment on function ks_test_serialize(internal) is 'Serialization function of ks_test.';
comment on function ks_test_deserialize(bytea, internal) is 'Deserialization function of ks_test.';
comment on function ks_test_final(internal) is 'Final function of ks_test.';
comment on function psi(float8[], float8[], int) is
    'Population stability index of a current against a reference sample: the sum of (c - r) ln(c / r) over bins between the type-7 quantiles of the reference, closed on the right; shares below 1e-4 count as 1e-4. Below 0.1 is usually read as stable, above 0.25 as shifted. NULL elements are ignored; NULL if an argument is NULL. Errors: 22023 for bins outside 2 to 1000, and as ks_test. O(n log bins). Siddiqi, "Credit Risk Scorecards" (2006).';
comment on aggregate psi(float8, boolean, int) is
    'psi over rows: values with is_current against those without, in any order; bins is the same in all rows. Rows with a NULL value or side are skipped. Keeps all values: 8 bytes a row, at most 5 million. Parallel safe. Errors: 22023 as the function, also without rows, and for bins that differ or are NULL. O(n log n).';
comment on function psi_trans(internal, float8, boolean, int) is 'Transition function of psi.';
comment on function psi_combine(internal, internal) is 'Combine function of psi.';
comment on function psi_serialize(internal) is 'Serialization function of psi.';
comment on function psi_deserialize(bytea, internal) is 'Deserialization function of psi.';
comment on function psi_final(internal) is 'Final function of psi.';

comment on function js_divergence(float8[], float8[], int) is
    'Jensen-Shannon divergence of a current and a reference sample in the bins of psi, in nats: 0 for equal shares, ln 2 when no bin is shared; sqrt(js_divergence / ln(2)) is a distance from 0 to 1. No share is floored. NULL elements are ignored; NULL if an argument is NULL. Errors as psi. O(n log bins). Lin, "Divergence measures based on the Shannon entropy" (1991).';
comment on aggregate js_divergence(float8, boolean, int) is
    'js_divergence over rows: values with is_current against those without, in any order; bins is the same in all rows. Rows with a NULL value or side are skipped. Keeps all values: 8 bytes a row, at most 5 million. Parallel safe. Errors as the aggregate psi. O(n log n).';
comment on function js_divergence_final(internal) is 'Final function of js_divergence.';
comment on function jensen_shannon(float8[], float8[]) is
    'Jensen-Shannon divergence in nats of two distributions over the same categories, given as shares or counts (each array is divided by its sum): 0 for equal ones, ln 2 for ones that share nothing. NULL if an argument is NULL. Errors: 22023 for arrays of different lengths, NULL or negative elements, a sum of 0, and values that valid_vector refuses. O(n). Lin (1991).';
comment on function wasserstein(float8[], float8[]) is
    '1-Wasserstein (earth mover''s) distance of two samples: the area between their empirical distribution functions, in the unit of the values. It is itself an effect size; divide by a standard deviation of the reference to compare metrics. NULL elements are ignored; NULL if an argument is NULL. Errors as ks_test. O(n log n). As scipy.stats.wasserstein_distance.';
comment on aggregate wasserstein(float8, boolean) is
    'wasserstein over rows: values with is_current against those without, in any order. Rows with a NULL are skipped. Keeps all values: 8 bytes a row, at most 5 million. Parallel safe. Errors as the aggregate ks_test. O(n log n).';
comment on function wasserstein_final(internal) is 'Final function of wasserstein.';
comment on function benjamini_hochberg(float8[]) is
    'Adjusts p-values for being many: rejecting where the adjusted one is at most q keeps the expected share of false rejections at q. As long as the argument; NULL elements stay NULL and do not count as tests; NULL for NULL. Errors: 22023 for elements outside 0 to 1, more than 16384 elements, other than one dimension. O(n log n). Benjamini and Hochberg (1995).';

-- Drift of categories

comment on type chi2_result is
    'Result of the chi-squared tests: statistic, p-value, degrees of freedom, effect size, smallest expected count, number of values.';
comment on column chi2_result.statistic is 'Sum of (observed - expected)^2 / expected.';
comment on column chi2_result.p_value is 'Probability of a statistic at least as large under the null hypothesis; NULL where min_expected is below 1 (too few values for the approximation) or there are no degrees of freedom.';
comment on column chi2_result.degrees_of_freedom is 'Degrees of freedom of the statistic.';
comment on column chi2_result.effect_size is 'Cohen''s w of a goodness of fit, Cramer''s V (0 to 1) of a table: about 0.1 is small, 0.3 medium, 0.5 large; NULL without degrees of freedom.';
comment on column chi2_result.min_expected is 'Smallest expected count; the p-value is good from 5 on.';
comment on column chi2_result.n is 'Sum of the counts.';
comment on function chi2_gof(float8[], float8[]) is
    'Chi-squared goodness of fit of observed to expected counts, which have the same sum; without expected counts (NULL, the default), to equal ones. NULL where the observed array is NULL. Errors: 22023 for arrays of different lengths, counts that are NULL or negative, expected counts of 0, sums that differ, a sum of 0, and values that valid_vector refuses. O(n). As scipy.stats.chisquare.';
comment on function chi2_contingency(float8[], boolean) is
    'Chi-squared test of independence of the rows and columns of a two-dimensional array of counts. Rows and columns of zeros are left out. With yates (default false), two rows and two columns are corrected for continuity. NULL if an argument is NULL. Errors: 22023 for counts that are NULL or negative, a sum of 0, more than 16384 cells, other than two dimensions. O(cells). As scipy.stats.chi2_contingency.';
comment on function chi2_test(float8[], float8[]) is
    'Chi-squared test whether two samples have one distribution over categories, from the counts of each: chi2_contingency of the two rows. NULL if an argument is NULL. Errors: 22023 for arrays of different lengths, a side that sums to 0, and as chi2_contingency. O(n).';
comment on aggregate chi2_test(text, boolean) is
    'chi2_test over rows: how often each category occurs with is_current against without, in any order. Rows with a NULL are skipped. At most 8192 categories of at most 1024 bytes; names are compared byte by byte. Parallel safe. Errors: 22023 for more, and for a side without rows. O(log categories) a row.';
comment on function chi2_test_trans(internal, text, boolean) is 'Transition function of chi2_test.';
comment on function chi2_test_combine(internal, internal) is 'Combine function of chi2_test.';
comment on function chi2_test_serialize(internal) is 'Serialization function of chi2_test.';
comment on function chi2_test_deserialize(bytea, internal) is 'Deserialization function of chi2_test.';
comment on function chi2_test_final(internal) is 'Final function of chi2_test.';

-- Distributions

comment on type distribution is
    'State of distribution_agg: a histogram of values, exact up to 2048 distinct ones, then with buckets of a relative width. At most about 12 KB; mergeable with rollup. Any bytes can be stored as one; the functions that read it raise 22P03 for damaged ones and 0A000 for those of a newer version.';
comment on function distribution_in(cstring) is 'Input of type distribution: that of bytea.';
comment on function distribution_out(distribution) is 'Output of type distribution: that of bytea.';
comment on function distribution_recv(internal) is 'Binary input of type distribution: that of bytea.';
comment on function distribution_send(distribution) is 'Binary output of type distribution: that of bytea.';

comment on aggregate distribution_agg(float8) is
    'Summary of the distribution of values, in any order and any split: the state depends on the values only, to the byte. Exact up to 2048 distinct values; above, neighbouring floating-point numbers share buckets as wide as it takes to need at most 2048 (relative_error tells; about 1 % for values around 0, far less for values away from it). NULL is skipped; NULL without values. Parallel safe, and usable as a window aggregate. Errors: 22023 for NaN, infinities, magnitudes above 1e100. O(log buckets) a row. Uniform collapse after UDDSketch: Epicoco, Melle, Cafaro and Pulimeno (2020).';
comment on function distribution_agg_trans(internal, float8) is 'Transition function of distribution_agg.';
comment on function distribution_agg_combine(internal, internal) is 'Combine function of distribution_agg and rollup(distribution).';
comment on function distribution_agg_serialize(internal) is 'Serialization function of distribution_agg and rollup(distribution).';
comment on function distribution_agg_deserialize(bytea, internal) is 'Deserialization function of distribution_agg and rollup(distribution).';
comment on function distribution_agg_final(internal) is 'Final function of distribution_agg and rollup(distribution).';
comment on aggregate rollup(distribution) is
    'Merges states of distribution_agg: the state over all their values. NULL states are skipped; NULL without states. Parallel safe. Errors: 22P03, 0A000. O(buckets) a state.';
comment on function distribution_rollup_trans(internal, distribution) is 'Transition function of rollup(distribution).';

comment on function num_vals(distribution) is 'Number of values in the distribution. NULL for NULL. Errors: 22P03, 0A000. O(buckets).';
comment on function quantile(distribution, float8) is
    'Type-7 quantile of the values, off by at most relative_error; exact at 0 and 1 (smallest and largest value). NULL if an argument is NULL. Errors: 22023 for a share outside 0 to 1; 22P03, 0A000. O(buckets).';
comment on function relative_error(distribution) is
    'Largest relative error of a value that the state gives back: 0 while it is exact. NULL for NULL. Errors: 22P03, 0A000. O(buckets).';
comment on function ks_test(distribution, distribution) is
    'Kolmogorov-Smirnov test of a current against a reference distribution. The statistic, which is the effect size, falls short of that of the values by at most the largest share in one bucket; it is the same while both states are exact. NULL if an argument is NULL. Errors: 22023 for a state without values; 22P03, 0A000. O(buckets).';
comment on function psi(distribution, distribution, int) is
    'Population stability index of a current against a reference distribution, as psi of arrays. NULL if an argument is NULL, and where a side has fewer than 20 values for each bin: below that, two samples of one distribution are expected to differ by 0.1. Errors: 22023 for bins outside 2 to 1000 and a state without values; 22P03, 0A000. O(buckets).';
comment on function js_divergence(distribution, distribution, int) is
    'Jensen-Shannon divergence in nats of a current and a reference distribution in the bins of psi; NULL as there. Errors: 22023 for bins outside 2 to 1000 and a state without values; 22P03, 0A000. O(buckets).';
comment on function wasserstein(distribution, distribution) is
    '1-Wasserstein distance of a current and a reference distribution, in the unit of the values; off by at most relative_error of the values of each side. NULL if an argument is NULL. Errors: 22023 for a state without values; 22P03, 0A000. O(buckets).';

-- Several features together

comment on type covariance is
    'State of covariance_agg: means and covariances of up to 128 features. 4 bytes times the square of the features; mergeable with rollup. Any bytes can be stored as one; the functions that read it raise 22P03 for damaged ones and 0A000 for those of a newer version.';
comment on function covariance_in(cstring) is 'Input of type covariance: that of bytea.';
comment on function covariance_out(covariance) is 'Output of type covariance: that of bytea.';
comment on function covariance_recv(internal) is 'Binary input of type covariance: that of bytea.';
comment on function covariance_send(covariance) is 'Binary output of type covariance: that of bytea.';

comment on aggregate covariance_agg(float8[]) is
    'Means and covariances of the elements of vectors of one length, over rows in any order. NULL vectors and rows with a NULL element are skipped; NULL without vectors. Parallel safe, and usable as a window aggregate. Errors: 22023 for vectors of different lengths, without elements or with more than 128, and values that valid_vector refuses. O(elements^2) a row. Welford''s method, merged as in Chan, Golub and LeVeque (1983).';
comment on function covariance_agg_trans(internal, float8[]) is 'Transition function of covariance_agg.';
comment on function covariance_agg_combine(internal, internal) is 'Combine function of covariance_agg and rollup(covariance).';
comment on function covariance_agg_serialize(internal) is 'Serialization function of covariance_agg and rollup(covariance).';
comment on function covariance_agg_deserialize(bytea, internal) is 'Deserialization function of covariance_agg and rollup(covariance).';
comment on function covariance_agg_final(internal) is 'Final function of covariance_agg and rollup(covariance).';
comment on aggregate rollup(covariance) is
    'Merges states of covariance_agg: the state over all their rows. NULL states are skipped; NULL without states. Parallel safe. Errors: 22023 for different numbers of features; 22P03, 0A000. O(elements^2) a state.';
comment on function covariance_rollup_trans(internal, covariance) is 'Transition function of rollup(covariance).';

comment on function num_vals(covariance) is 'Number of complete rows in the covariance. NULL for NULL. Errors: 22P03, 0A000. O(features^2).';
comment on function mahalanobis_model(covariance) is
    'Learns what is usual for the features together: means, standard deviations, and correlations shrunk by the oracle approximating coefficient, so that fewer rows than features are no problem. NULL for NULL. Errors: 22023 for fewer than 10 complete rows and for features that never vary; 22P03, 0A000. O(features^3). Chen, Wiesel, Eldar and Hero (2010).';
comment on function mahalanobis(bytea, float8[]) is
    'Mahalanobis distance of a feature vector from the mean of a model of mahalanobis_model. For normal rows its square is chi-squared with as many degrees of freedom as features count. NULL elements and features that never varied are left out; NULL when nothing is left, or if an argument is NULL. Errors: 22023 for a vector of another length and values that valid_vector refuses; 22P03, 0A000. O(features^2), with NULL elements O(features^3). Mahalanobis (1936).';
comment on function pca_model(covariance, int) is
    'Learns the first principal components of the standardised features. NULL if an argument is NULL. Errors: 22023 for components outside 1 to the number of features, fewer than 10 complete rows, features that never vary; 22P03, 0A000. O(features^3), can be cancelled. Jackson and Mudholkar (1979).';
comment on function pca_explained(bytea) is
    'Share of the variance of the standardised features that the components of a model of pca_model explain, 0 to 1. NULL for NULL. Errors: 22P03, 0A000. O(features * components).';
comment on function pca_error(bytea, float8[]) is
    'Reconstruction error of a feature vector under a model of pca_model: root mean square over the features of what the components cannot express, in standard deviations. NULL elements count as the mean; NULL when all that vary are NULL, or if an argument is NULL. Errors: 22023 for a vector of another length and values that valid_vector refuses; 22P03, 0A000. O(features * components). Jackson and Mudholkar (1979).';
comment on function correlation_changes(covariance, covariance) is
    'How the correlation of each pair of features (positions counted from 1) changed from a reference to a current period, the largest change first. effect_size is the difference of Fisher''s z (Cohen''s q: about 0.1 small, 0.3 medium, 0.5 large), p_value that of no change for independent normal rows, adjusted_p adjusted for the number of pairs (Benjamini and Hochberg). Pairs with a feature that does not vary are left out; no rows if an argument is NULL. Errors: 22023 for fewer than 10 complete rows on a side and different numbers of features; 22P03, 0A000. O(features^2 log features). Fisher (1921).';

-- Change points

comment on function change_points(float8[], float8, int) is
    'Positions (counted from 1) at which the mean of a series changes, in order: the segmentation with the least squared deviations from the means of its segments plus a penalty for each change, in variances of the noise. penalty NULL, the default: 3 ln(n); more gives fewer changes. Segments have at least min_length values (default 5; fewer than two segments are no change). effect_size is the difference of the means in standard deviations of the noise, which is the median absolute difference of neighbours. NULL elements are passed over; no rows for NULL values or min_length. Errors: 22023 for a penalty that is not above 0, a min_length below 2, more than 8192 values, and values that valid_vector refuses. O(n) to O(n^2), can be cancelled. PELT: Killick, Fearnhead and Eckley (2012).';

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
    'Number of rows in the line. NULL for NULL. Errors: 22P03, 0A000. O(1).';
comment on function slope(trend) is
    'Slope of the line, per second; NULL unless there are values at two times. NULL for NULL. Errors: 22P03, 0A000. O(1).';
comment on function intercept(trend, timestamptz) is
    'Value of the line at a time; NULL where there is no slope. NULL if an argument is NULL. Errors: 22023 for an infinite time; 22P03, 0A000. O(1).';
comment on function stderr(trend) is
    'Standard error of the slope, per second; NULL for fewer than three values or a single time. NULL for NULL. Errors: 22P03, 0A000. O(1).';
comment on function p_value(trend) is
    'Two-sided p-value of Student''s t test of a zero slope; NULL where there is no standard error, and for values that are all equal. NULL for NULL. Errors: 22P03, 0A000. O(1).';
comment on function r_squared(trend) is
    'Share of the variance that the line explains, 0 to 1; NULL where there is no slope, and for values that are all equal. NULL for NULL. Errors: 22P03, 0A000. O(1).';

-- Baselines

comment on type baseline_result is 'Result of baseline: location and spread of a sample, in classical and in robust terms.';
comment on column baseline_result.n is 'Values that are not NULL.';
comment on column baseline_result.mean is 'Arithmetic mean.';
comment on column baseline_result.stddev is 'Sample standard deviation (divisor n - 1); NULL for a single value.';
comment on column baseline_result.median is 'Median.';
comment on column baseline_result.mad is 'Median absolute deviation from the median, not scaled.';
comment on column baseline_result.sigma is '1.482602218505602 times mad: the robust estimate of the standard deviation of normal values.';
comment on column baseline_result.q1 is 'First quartile (type 7).';
comment on column baseline_result.q3 is 'Third quartile (type 7).';
comment on column baseline_result.iqr is 'Interquartile range: q3 - q1.';
comment on column baseline_result.lower_fence is 'q1 - 1.5 iqr.';
comment on column baseline_result.upper_fence is 'q3 + 1.5 iqr.';
comment on function baseline(float8[]) is
    'Mean, standard deviation, median, median absolute deviation, quartiles and Tukey''s fences of a sample. NULL elements are ignored; NULL without values and for NULL. The order of the elements does not matter to the last bit. Errors: 22023 for more than 5 million elements, other than one dimension, NaN, infinities, magnitudes above 1e100. O(n log n). Tukey, "Exploratory Data Analysis" (1977).';
comment on function quantile(float8[], float8, int) is
    'Quantile q (0 to 1) of a sample by one of the nine types of Hyndman and Fan (1996): 1 is percentile_disc, 7, the default, is percentile_cont. NULL elements are ignored; NULL without values and if an argument is NULL. Errors: 22023 for another q or type, and as baseline. O(n).';
comment on function zscore(float8, float8[]) is
    'Standard deviations (divisor n - 1) from the mean of a sample to a value, which need not be in it. NULL for fewer than two values, for values that are all equal, and if an argument is NULL. NULL elements are ignored. Errors as baseline. O(n log n).';
comment on function robust_z(float8, float8[]) is
    'Robust z-score: (value - median) / (1.482602218505602 * mad). NULL where the median absolute deviation is 0, as it is when more than half of the values are equal, and if an argument is NULL. NULL elements are ignored. Beyond 3.5 is usually read as an outlier. Errors as baseline. O(n log n). Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993).';
comment on function iqr_outlier(float8, float8[], float8) is
    'Whether a value lies more than k interquartile ranges below the first or above the third quartile (type 7) of a sample; k is 1.5 unless given, 3 for "far out". NULL without values and if an argument is NULL. NULL elements are ignored. Errors: 22023 for k outside of 0 to 1e6, and as baseline. O(n log n). Tukey (1977).';
comment on aggregate zscore(float8) is
    'For windows: zscore of the last row of the frame against all values of the frame, that row included. Rows that are NULL are ignored, and NULL where the last one is. As a plain aggregate the last row is that of order by inside of it. Every frame is computed from its own values: nothing is subtracted, so that nothing drifts. O(1) a row, amortised; a frame that moves keeps its values, at most 5 million. Errors: 22023 for NaN, infinities, magnitudes above 1e100.';
comment on aggregate robust_z(float8) is
    'For windows: robust_z of the last row of the frame against all values of the frame, that row included; exactly what the function gives. Rows that are NULL are ignored, and NULL where the last one is. Keeps the values of the frame in order, at most 5 million; a row enters or leaves in O(sqrt(n)). Errors as zscore(float8).';
comment on aggregate iqr_outlier(float8) is
    'For windows: whether the last row of the frame lies more than 1.5 interquartile ranges outside of the quartiles of the frame, that row included; exactly what the function gives. NULL where the last row is. Errors as zscore(float8). O(sqrt(n)) a row, at most 5 million values.';
comment on function zscore_trans(internal, float8) is 'Transition function of zscore.';
comment on function zscore_final(internal) is 'Final function of zscore.';
comment on function zscore_moving_trans(internal, float8) is 'Transition function of zscore over a moving frame.';
comment on function zscore_moving_inverse(internal, float8) is 'Inverse transition function of zscore: the oldest row leaves.';
comment on function zscore_moving_final(internal) is 'Final function of zscore over a moving frame.';
comment on function ranked_trans(internal, float8) is 'Transition function of robust_z and iqr_outlier.';
comment on function ranked_inverse(internal, float8) is 'Inverse transition function of robust_z and iqr_outlier: the oldest row leaves.';
comment on function robust_z_final(internal) is 'Final function of robust_z.';
comment on function iqr_outlier_final(internal) is 'Final function of iqr_outlier.';

-- Seasonal baselines

comment on type seasonal is
    'State of seasonal_agg: mean and spread of a value in each hour of the week. At most 4.3 kB; mergeable with rollup. Any bytes can be stored as one; the functions that read it raise 22P03 for damaged ones and 0A000 for those of a newer version.';
comment on function seasonal_in(cstring) is 'Input of type seasonal: that of bytea.';
comment on function seasonal_out(seasonal) is 'Output of type seasonal: that of bytea.';
comment on function seasonal_recv(internal) is 'Binary input of type seasonal: that of bytea.';
comment on function seasonal_send(seasonal) is 'Binary output of type seasonal: that of bytea.';
comment on aggregate seasonal_agg(timestamptz, float8) is
    'Mean and spread of a value in each of the 168 hours of the week, in UTC, over rows in any order. Rows with a NULL are skipped; NULL without rows. Parallel safe. Errors: 22023 for infinite times, NaN, infinities, magnitudes above 1e100. O(1) a row.';
comment on aggregate seasonal_agg(timestamptz, float8, text) is
    'As seasonal_agg(ts, value), with the hours of a time zone, which is the same in all rows and kept in the state: the shift that begins at six begins at six in winter and summer. Errors: 22023 for a time zone that is NULL, unknown or differs, and as without. O(1) a row.';
comment on function seasonal_agg_trans(internal, timestamptz, float8) is 'Transition function of seasonal_agg in UTC.';
comment on function seasonal_agg_trans(internal, timestamptz, float8, text) is 'Transition function of seasonal_agg in a time zone.';
comment on function seasonal_agg_combine(internal, internal) is 'Combine function of seasonal_agg and rollup(seasonal).';
comment on function seasonal_agg_serialize(internal) is 'Serialization function of seasonal_agg and rollup(seasonal).';
comment on function seasonal_agg_deserialize(bytea, internal) is 'Deserialization function of seasonal_agg and rollup(seasonal).';
comment on function seasonal_agg_final(internal) is 'Final function of seasonal_agg and rollup(seasonal).';
comment on aggregate rollup(seasonal) is
    'Merges states of seasonal_agg: the state over all their rows. NULL states are skipped; NULL without states. Parallel safe. Errors: 22023 for states of different time zones, 22P03, 0A000. O(1) a state.';
comment on function seasonal_rollup_trans(internal, seasonal) is 'Transition function of rollup(seasonal).';
comment on function num_vals(seasonal) is 'Number of values in the state. NULL for NULL. Errors: 22P03, 0A000. O(168).';
comment on function expected(seasonal, timestamptz) is
    'Mean of the hour of the week of a time; NULL where that hour has no value. NULL if an argument is NULL. Errors: 22023 for an infinite time, 22P03, 0A000. O(168).';
comment on function spread(seasonal, timestamptz) is
    'Sample standard deviation (divisor n - 1) of the hour of the week of a time; NULL where that hour has fewer than two values. NULL if an argument is NULL. Errors: 22023 for an infinite time, 22P03, 0A000. O(168).';
comment on function zscore(seasonal, timestamptz, float8) is
    'Standard deviations from the mean of the hour of the week of a time to a value; NULL where that hour has fewer than two values or all its values are equal. NULL if an argument is NULL. Errors: 22023 for an infinite time and a value that is NaN, infinite or above 1e100 in magnitude, 22P03, 0A000. O(168).';

-- Process control

comment on function ewma_chart(float8[], float8, float8, float8, float8) is
    'Exponentially weighted moving average chart of values in order, one row for each: index (from 1), value, centre, lower and upper limit, statistic (the average, which starts at the centre and takes in the share lambda of each value), signal (whether it is outside of the limits, width of its standard deviations from the centre). target: the centre, NULL for the mean of the values. sigma: NULL for the mean moving range / 1.128. NULL elements are left out: all but their index is NULL. Limits and signal are NULL where sigma is undefined (fewer than two values). No rows for NULL. Errors: 22023 unless 0 < lambda <= 1, 0 < width <= 100, neither NULL, sigma > 0; for more than 5 million elements, other than one dimension, NaN, infinities, magnitudes above 1e100. O(n). Roberts (1959).';
comment on function cusum_chart(float8[], float8, float8, float8, float8) is
    'Tabular cumulative sum chart of values in order, one row for each: index (from 1), value, centre, decision (h), upper_sum and lower_sum (of deviations from the centre beyond k on either side, never below 0; decision and sums in sigmas), signal (whether a sum is above h). Sums are not reset by a signal. target and sigma, NULL elements and errors as ewma_chart; 22023 unless 0 <= k <= 1e6, 0 < h <= 1e6, neither NULL. O(n). Page (1954).';
comment on function individuals_chart(float8[], float8, float8) is
    'Individuals and moving range chart of values in order, one row for each: index (from 1), value, centre, lower and upper limit (2.66 mean moving ranges from the centre, 3 sigmas if sigma is given), signal, moving_range (to the value before), range_centre, range_upper (3.267 mean ranges), range_signal. target, sigma, NULL elements and errors as ewma_chart. O(n). Shewhart; Western Electric (1956).';
comment on function western_electric_rules(float8[], float8, float8) is
    'Runs rules on values in order, one row for each: index (from 1), value, centre, lower and upper (3 sigmas from the centre), statistic (sigmas from the centre to the value), rules (numbers of the rules whose pattern the value completes and is part of; empty for none). 1: beyond 3 sigmas; 2: two of three beyond 2 on one side; 3: four of five beyond 1 on one side; 4: eight in a row on one side. target, sigma, NULL elements and errors as ewma_chart. O(n). Western Electric, "Statistical Quality Control Handbook" (1956).';
comment on function nelson_rules(float8[], float8, float8) is
    'As western_electric_rules, with the rules of Nelson. 1: beyond 3 sigmas; 2: nine in a row on one side; 3: six in a row rising or falling; 4: fourteen in a row up and down in turn; 5: two of three beyond 2 on one side; 6: four of five beyond 1 on one side; 7: fifteen in a row within 1; 8: eight in a row beyond 1 on either side. NULL elements and errors as ewma_chart. O(n). Nelson, "The Shewhart Control Chart: Tests for Special Causes" (1984).';

-- Robust trends

comment on function slope_interval(trend, float8) is
    'Confidence interval of the slope of the line, per second, by Student''s t: an array of its low and its high end. NULL for fewer than three rows or a single time, and if an argument is NULL. Errors: 22023 unless 0 < confidence < 1; 22P03, 0A000. O(1).';

comment on type theil_sen_result is 'Result of theil_sen: a line through the median of the slopes of all pairs.';
comment on column theil_sen_result.n is 'Points without NULL.';
comment on column theil_sen_result.slope is 'Median slope of the pairs with different x; per second for the aggregate.';
comment on column theil_sen_result.intercept is 'Median of y less slope times the median of x: the value at x = 0, which for the aggregate is the earliest time.';
comment on column theil_sen_result.slope_low is 'Low end of the confidence interval of the slope.';
comment on column theil_sen_result.slope_high is 'High end of the confidence interval of the slope.';
comment on function theil_sen(float8[], float8[], float8) is
    'Theil-Sen line of y on x: the median of the slopes of all pairs with different x, with its confidence interval, exact but for rounding; up to 29 % of outliers do not move it far. Points with a NULL are ignored; NULL unless there are two different x, and if an argument is NULL; the interval is NULL where ties outweigh the rest. Errors: 22023 for arrays of different lengths, more than 1 million points, unless 0 < confidence < 1, other than one dimension, NaN, infinities, magnitudes above 1e100. O(n log n) time, O(n) memory. Theil (1950), Sen (1968), Matousek (1991).';
comment on aggregate theil_sen(timestamptz, float8) is
    'theil_sen of a value on time over rows in any order, with confidence 0.95: slope per second, intercept at the earliest time. Rows with a NULL are skipped; NULL unless there are two different times. Keeps all rows: 24 bytes each, at most 1 million. Parallel safe. Errors: 22023 for infinite times, NaN, infinities, magnitudes above 1e100, too many rows. O(n log n).';
comment on type mann_kendall_result is 'Result of the Mann-Kendall tests of a monotonic trend.';
comment on column mann_kendall_result.n is 'Values that are not NULL.';
comment on column mann_kendall_result.s is 'Rising less falling pairs.';
comment on column mann_kendall_result.variance is 'Variance of s without a trend, with ties, and corrected for what the test corrects for.';
comment on column mann_kendall_result.tau_a is 's over all pairs.';
comment on column mann_kendall_result.tau_b is 'Kendall''s tau-b, which takes ties into account; NULL for values that are all equal.';
comment on column mann_kendall_result.z is 's, less 1 towards 0, in standard deviations; NULL where the corrected variance is not above 0.';
comment on column mann_kendall_result.p_value is 'Two-sided probability of such a z without a trend, by the normal distribution.';
comment on column mann_kendall_result.slope is 'Theil-Sen slope: per value for arrays, per period for the seasonal test of an array, per second for aggregates.';
comment on column mann_kendall_result.intercept is 'Median of the values less slope times the median of x, which is 0 at the first value.';
comment on function mann_kendall(float8[]) is
    'Mann-Kendall test of a monotonic trend in values in order, with Kendall''s tau and the Theil-Sen slope per position. NULL elements are ignored and keep their place; NULL for fewer than two values and for NULL. Errors: 22023 for more than 1 million values, other than one dimension, NaN, infinities, magnitudes above 1e100. O(n log n). Mann (1945), Kendall (1975).';
comment on aggregate mann_kendall(timestamptz, float8) is
    'mann_kendall over rows in order of time, however they come; rows with equal times are tied pairs. Rows with a NULL are skipped; NULL for fewer than two. Keeps all rows: 24 bytes each, at most 1 million. Parallel safe. Errors as theil_sen(timestamptz, float8). O(n log n).';
comment on function mann_kendall_hamed_rao(float8[], int, float8) is
    'mann_kendall with the variance corrected for autocorrelation, without which drifting noise passes for a trend: autocorrelations of the ranks of what is left after the Theil-Sen slope, at lags up to max_lag (NULL: all), as far as they are significant at alpha. NULL for NULL. Errors: 22023 for a negative max_lag, unless 0 < alpha < 1, and as mann_kendall. O(n log n). Hamed and Rao (1998).';
comment on aggregate mann_kendall_hamed_rao(timestamptz, float8) is
    'mann_kendall_hamed_rao over rows in order of time, which should be evenly spaced, with all lags and alpha 0.05. NULLs, limits and errors as mann_kendall(timestamptz, float8). O(n log n).';
comment on function mann_kendall_seasonal(float8[], int) is
    'Seasonal Mann-Kendall test of values in order with a period of so many values: only values of one season are compared, so that the season itself is no trend. The slope is per period. NULL elements are ignored and keep their place; NULL for fewer than two values and if an argument is NULL. Errors: 22023 for a period below 1, and as mann_kendall. O(n log n). Hirsch, Slack and Smith (1982).';
comment on aggregate mann_kendall_seasonal(timestamptz, float8, int) is
    'mann_kendall_seasonal over rows with a season each, such as the hour of the day; slope per second. Rows with a NULL time or value are skipped. Limits and errors as mann_kendall(timestamptz, float8), and 22023 for a NULL season. O(n log n).';
comment on type ljung_box_result is 'Result of ljung_box.';
comment on column ljung_box_result.statistic is 'The statistic Q.';
comment on column ljung_box_result.p_value is 'Probability of a Q at least as large without autocorrelation.';
comment on column ljung_box_result.lags is 'Lags that were tested together.';
comment on function acf(float8[], int) is
    'Autocorrelations of values in order at lags 0 to max_lag: sums of products of deviations from the mean over that of lag 0. A NULL element has no products; lags as long as the series have 0. NULL for values that are all equal or NULL, and if an argument is NULL. Errors: 22023 for a negative max_lag, more than 1 million values or lags, other than one dimension, NaN, infinities, magnitudes above 1e100. O(n log n).';
comment on function pacf(float8[], int) is
    'Partial autocorrelations of values in order at lags 0 to max_lag, at most 1000, by Levinson and Durbin over the autocorrelations of acf; NULL from the lag on at which the series is predicted without error. NULL and errors as acf. O(n log n + lags²).';
comment on function ljung_box(float8[], int) is
    'Test of no autocorrelation at lags 1 to lags together, against the chi-squared distribution with as many degrees of freedom. NULL as acf. Errors: 22023 unless lags is from 1 to the number of values less 1, and as acf. O(n log n). Ljung and Box (1978).';
comment on function series_trans(internal, timestamptz, float8) is 'Transition function of theil_sen, mann_kendall and mann_kendall_hamed_rao.';
comment on function series_trans(internal, timestamptz, float8, int) is 'Transition function of mann_kendall_seasonal.';
comment on function series_combine(internal, internal) is 'Combine function of theil_sen and the mann_kendall aggregates.';
comment on function series_serialize(internal) is 'Serialization function of theil_sen and the mann_kendall aggregates.';
comment on function series_deserialize(bytea, internal) is 'Deserialization function of theil_sen and the mann_kendall aggregates.';
comment on function theil_sen_final(internal) is 'Final function of theil_sen.';
comment on function mann_kendall_final(internal) is 'Final function of mann_kendall.';
comment on function mann_kendall_hamed_rao_final(internal) is 'Final function of mann_kendall_hamed_rao.';
comment on function mann_kendall_seasonal_final(internal) is 'Final function of mann_kendall_seasonal.';

-- Clusters

comment on aggregate kmeans_agg(float8[], int, jsonb) is
    'Finds k clusters of feature vectors of one length and returns a model: k-means++ seeds, then Lloyd''s iteration, the best of n_init starts. Takes rows in order into a random sample of bounded memory, so that the same rows in the same order with the same seed give the same bytes: write order by inside the aggregate. NULL vectors are skipped, NULL elements count as the mean of their feature. Options, taken from the first row (NULL: all defaults): standardize (true: features are divided by their standard deviations, and those that never vary left out), n_init (3; 1 to 100), max_iter (100; 1 to 10000), reservoir (50000 rows, at most 64 MiB), seed (0). Errors: 22023 for k outside 1 to 1000 or different in some row, unknown or bad options, no row at all, fewer different rows than k, rows of different lengths, no feature that varies, more than 1048576 numbers in all centers. O(n_init * iterations * rows * k * features). Arthur and Vassilvitskii (2007), Lloyd (1982).';
comment on function kmeans_agg_trans(internal, float8[], int, jsonb) is 'Transition function of kmeans_agg.';
comment on function kmeans_agg_final(internal) is 'Final function of kmeans_agg: finds the clusters.';
comment on function kmeans_assign(bytea, float8[]) is
    'Number of the cluster whose center is nearest to a feature vector, from 1; the largest cluster is 1. NULL elements count as the mean of their feature; NULL if all are NULL or an argument is. The model is decoded once per query. Errors: 22023 for a vector of another length and values that valid_vector refuses, 22P03 for damaged models, 0A000 for those of a newer version. O(k * features).';
comment on function kmeans_distance(bytea, float8[]) is
    'Distance of a feature vector from the nearest center: Euclidean, in standard deviations, or in the unit of the values if the model was made without standardize. NULLs and errors as kmeans_assign. O(k * features).';
comment on function kmeans_centers(bytea) is
    'The clusters of a model, the largest first: number from 1, center in the units of the features, rows of the sample. No rows for a NULL model. Errors: 22P03, 0A000. O(bytes of the model).';
comment on function kmeans_info(bytea) is
    'Facts about a model: clusters, n_features, standardize, seed (a string above 2^53), rows (seen), sampled_rows, iterations, converged, inertia (sum of squared distances of the sampled rows from their centers). NULL for NULL. Errors: 22P03, 0A000. O(bytes of the model).';
comment on aggregate dbscan_agg(float8[], float8, int, boolean) is
    'Labels each row with its cluster of dense rows, from 1, or 0 for noise, in the order of the rows (write order by inside the aggregate). A row is dense if at least min_points rows, itself included, are at most eps away: in standard deviations of the features if standardize is true, else in the unit of the values. Rows near a dense one belong to its cluster, of several to the first. NULL elements count as the mean of their feature; NULL rows and rows of NULLs only keep their place and get NULL; NULL without rows. Errors: 22023 for eps that is not above 0 and finite, min_points below 1, parameters that are NULL or differ between rows, more than 50000 rows or 8388608 numbers, rows of different lengths, values that valid_vector refuses. O(rows² * features) at worst, less where eps is small in some feature. Ester, Kriegel, Sander and Xu (1996).';
comment on function dbscan_agg_trans(internal, float8[], float8, int, boolean) is 'Transition function of dbscan_agg.';
comment on function dbscan_agg_final(internal) is 'Final function of dbscan_agg: labels the rows.';
comment on function dbscan(float8[], float8, int, boolean) is
    'The labels of dbscan_agg for the rows of a two-dimensional array: position from 1, cluster, and whether the row is dense. No rows for an empty array and if an argument is NULL. Errors as dbscan_agg, and 22023 for other than two dimensions. O(rows² * features) at worst.';

-- Forecasts

comment on function forecast(float8[], int, jsonb) is
    'Forecast of the next values of a series in order, oldest first: step from 1 to horizon, value, and the bounds of the prediction interval. Options (NULL: all defaults): model: auto (mstl with periods, else ets), ets (exponential smoothing without season, the best of three by AICc, learned from the last 1000 values), mstl (seasonal and trend decomposition by loess for each period, ets for the rest), ses, holt, holt_winters; periods (values in a season, at most 3; the first one for holt_winters); level (0.95); seasonal (additive or multiplicative, for holt_winters); damped (false; for holt and holt_winters); alpha, beta, gamma, phi, l0, b0, s0 (weights and first states; estimated or taken from the first values where not given). NULL elements before the first value are left out, those after it are interpolated. No rows for a NULL array and without values; a constant series goes on as it is. Errors: 22023 for a horizon outside 1 to 1000, more than 10000 values, fewer values than the model needs, unknown or bad options, values that valid_vector refuses. O(n * iterations). Hyndman, Koehler, Ord and Snyder, "Forecasting with Exponential Smoothing" (2008); Bandara, Hyndman and Bergmeir, "MSTL" (2021).';

-- Archives

alter function parquet_rows(bytea) rows 100000;
alter function parquet_info(bytea) rows 1;
comment on aggregate parquet_agg(int, text, timestamptz, float8[], jsonb) is
    'One Parquet file (zstd) of the rows in the order in which they come: write order by stream_id, ts inside the aggregate, which compresses best. Columns: stream_id, device, ts (microseconds, UTC), width (elements of the array) and an optional double for each metric, named by the metric; one that is called like a column before it, in any case, gets as many _ behind it as it takes. contract is an object such as {"metrics": [{"name": "battery_level"}]} with a unique name for each element, the same in all rows; it stands in the file''s metadata under vigil.contract as a whole. NULL elements are nulls, trailing ones included. NULL without rows. Memory: the compressed file and some 4 million values. No window aggregate. Errors: 22023 for a NULL argument, infinite times and those after the year 294246, a malformed contract or another one than in the first row, an array longer than the contract, from another subscript than 1 or with values that valid_vector refuses; 54000 for a file above 1 GB. O(elements) a row. https://parquet.apache.org.';
comment on function parquet_agg_trans(internal, int, text, timestamptz, float8[], jsonb) is 'Transition function of parquet_agg.';
comment on function parquet_agg_final(internal) is 'Final function of parquet_agg.';
comment on function parquet_rows(bytea) is
    'The rows of a file of parquet_agg, in its order, exactly as they were put in; one row group is decoded at a time. No rows for NULL. Errors: 22P03 for anything but the bytes of such a file, 0A000 for one of a newer version. O(elements).';
comment on function parquet_info(bytea) is
    'Facts about a file of parquet_agg: rows, row_groups, points (elements that are not NULL), times of the first and the last row, contract. One row; no row for NULL. Errors: 22P03, 0A000. O(bytes), because the whole file is checked.';

-- What there is to call

-- A family is named by its functions and, in brackets, by the state type that its functions take first.
create view functions with (security_invoker = true) as
with family (place, family, members) as (
    values
        (1, 'Vectors', '{valid_vector,merge_values,gather,metric_values}'::text[]),
        (2, 'Statistics', '{stats_agg,(stats)}'),
        (3, 'Isolation forests', '{forest_agg,anomaly_score,is_anomaly,anomaly_scores,explain,typical_range,forest_info}'),
        (4, 'Detectors', '{detector_agg,ewma}'),
        (5, 'Baselines', '{baseline,zscore,robust_z,iqr_outlier,quantile}'),
        (6, 'Seasonal baselines', '{seasonal_agg,(seasonal)}'),
        (7, 'Process control', '{ewma_chart,cusum_chart,individuals_chart,western_electric_rules,nelson_rules}'),
        (8, 'Trends', '{trend_agg,(trend)}'),
        (9, 'Robust trends', '{theil_sen,mann_kendall,mann_kendall_hamed_rao,mann_kendall_seasonal,acf,pacf,ljung_box}'),
        (10, 'Drift', '{ks_test,psi,js_divergence,jensen_shannon,wasserstein,chi2_gof,chi2_contingency,chi2_test,benjamini_hochberg}'),
        (11, 'Distributions', '{distribution_agg,(distribution)}'),
        (12, 'Several features together', '{covariance_agg,(covariance),mahalanobis,pca_explained,pca_error}'),
        (13, 'Change points', '{change_points}'),
        (14, 'Clusters', '{kmeans_agg,kmeans_assign,kmeans_distance,kmeans_centers,kmeans_info,dbscan_agg,dbscan}'),
        (15, 'Forecasts', '{forecast}'),
        (16, 'Archives', '{parquet_agg,parquet_rows,parquet_info}')
)
select f.family, p.proname as name, pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
    case p.prokind when 'a' then 'aggregate' when 'w' then 'window' else 'function' end as kind,
    obj_description(p.oid, 'pg_proc') as description
from pg_extension as e
join pg_depend as d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
join pg_proc as p on p.oid = d.objid
-- The state type that the first argument has, if it has one.
left join pg_type as t on t.oid = p.proargtypes[0] and t.typnamespace = e.extnamespace and t.typtype = 'b'
left join family as f on coalesce('(' || t.typname || ')', p.proname) = any (f.members)
where e.extname = 'vigil'
    and not exists (
        select from pg_aggregate as a
        join pg_proc as whole on whole.oid = a.aggfnoid and whole.pronamespace = e.extnamespace
        where p.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
    )
    and not exists (
        select from pg_type as io
        where io.typnamespace = e.extnamespace and p.oid in (io.typinput, io.typoutput, io.typreceive, io.typsend)
    )
order by f.place, p.proname, arguments;
grant select on functions to public;
comment on view functions is
    'What the extension has to offer: every function and aggregate of it that is no part of one of its aggregates (pg_aggregate) or types (pg_type).';
comment on column functions.family is 'Heading under which docs/functions.md explains it.';
comment on column functions.name is 'Name, without the schema vigil.';
comment on column functions.arguments is 'Names, types and defaults of the arguments.';
comment on column functions.result is 'Type of the result.';
comment on column functions.kind is 'function, aggregate (all but those that train may be window functions, too) or window.';
comment on column functions.description is 'The comment: shapes, NULLs, errors by SQLSTATE, cost, source.';
