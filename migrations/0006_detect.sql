-- migrate:up
set local role vigil_owner;

create table detect.feature_set (
  tenant_id int not null,
  feature_set_id int generated always as identity,
  profile_id int not null,
  spec_sha256 bytea not null,
  feature_count int not null constraint feature_count_positive check (feature_count > 0),
  longest_window interval not null,
  current boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, feature_set_id),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade
);
comment on table detect.feature_set is 'An immutable list of features over a profile. Models name the set they were trained on; one set per profile is current.';
create unique index feature_set_current on detect.feature_set (tenant_id, profile_id) where current;

create table detect.feature (
  tenant_id int not null,
  feature_set_id int not null,
  position int not null constraint feature_position_from_one check (position >= 1),
  metric_position int not null,
  statistic text not null constraint statistic_known
    check (statistic in ('raw', 'last', 'first', 'mean', 'stddev', 'min', 'max', 'slope', 'delta', 'count')),
  time_window interval,
  name text not null,
  primary key (tenant_id, feature_set_id, position),
  foreign key (tenant_id, feature_set_id) references detect.feature_set (tenant_id, feature_set_id) on delete cascade,
  constraint raw_has_no_window check ((statistic = 'raw') = (time_window is null)),
  constraint window_bounded check (time_window > interval '0' and time_window <= interval '7 days')
);
comment on table detect.feature is 'One element of a feature vector: the reported value itself (raw), or a statistic of a metric over the window that ends at the reading. stddev, slope and delta are NULL until values span half the window.';

create table detect.device_feature (
  tenant_id int not null,
  stream_id int not null,
  feature_set_id int not null,
  ts timestamptz not null,
  values float8[] not null,
  primary key (tenant_id, stream_id, feature_set_id, ts)
);
comment on table detect.device_feature is 'The feature vector of a stream at each of its readings.';
select public.create_hypertable('detect.device_feature', 'ts', chunk_time_interval => interval '1 day', create_default_indexes => false);

create table detect.feature_change (
  tenant_id int not null,
  stream_id int not null,
  from_ts timestamptz not null,
  to_ts timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on table detect.feature_change is 'Which instants have new feature vectors that the scores job has not seen.';

create table detect.model (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  model_id int generated always as identity,
  profile_id int not null,
  feature_set_id int not null,
  feature_set_sha256 bytea not null,
  scope text not null constraint scope_known check (scope in ('stream', 'device_model', 'site', 'profile')),
  stream_id int,
  device_model text,
  site_id int,
  status text not null default 'active' constraint status_known check (status in ('active', 'superseded')),
  bytes bytea not null,
  seed bigint not null,
  options jsonb not null,
  trained_from timestamptz not null,
  trained_to timestamptz not null,
  row_count bigint not null,
  score_quantiles jsonb not null,
  thresholds float8[] not null
    constraint four_rising_thresholds check (cardinality(thresholds) = 4
      and thresholds[1] <= thresholds[2] and thresholds[2] <= thresholds[3] and thresholds[3] <= thresholds[4]),
  feature_low float8[] not null,
  feature_median float8[] not null,
  feature_high float8[] not null,
  trained_at timestamptz not null default now(),
  trained_by text not null,
  training_time interval not null,
  primary key (tenant_id, model_id),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade,
  foreign key (tenant_id, feature_set_id) references detect.feature_set (tenant_id, feature_set_id),
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade,
  foreign key (tenant_id, site_id) references fleet.site (tenant_id, site_id),
  constraint scope_names_its_target check (
    (scope = 'stream') = (stream_id is not null)
    and (scope = 'device_model') = (device_model is not null)
    and (scope = 'site') = (site_id is not null)),
  constraint training_window_in_order check (trained_from <= trained_to)
);
-- Scoring reads the model by slices to tell whether it changed; compressed TOAST would have to be read whole.
alter table detect.model alter column bytes set storage external;
comment on table detect.model is 'A trained forest with all that is needed to repeat its training and to read its scores.';
comment on column detect.model.thresholds is 'Scores from which an anomaly is low, medium, high and critical; quantiles of the training scores.';
create unique index model_active on detect.model
  (tenant_id, profile_id, scope, coalesce(stream_id, 0), coalesce(device_model, ''), coalesce(site_id, 0))
  where status = 'active';
create index model_trained_at on detect.model (tenant_id, trained_at desc);

create table detect.score (
  tenant_id int not null,
  stream_id int not null,
  ts timestamptz not null,
  model_id int not null,
  score float8 not null constraint score_is_share check (score > 0 and score < 1),
  primary key (tenant_id, stream_id, ts)
);
comment on table detect.score is 'The anomaly score of a stream at each reading, by the narrowest active model that covered it.';
select public.create_hypertable('detect.score', 'ts', chunk_time_interval => interval '7 days', create_default_indexes => false);

create table detect.score_change (
  tenant_id int not null,
  stream_id int not null,
  from_ts timestamptz not null,
  to_ts timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on table detect.score_change is 'Which instants have new scores that the anomalies job has not seen.';

create table detect.policy (
  tenant_id int not null,
  profile_id int not null,
  threshold_quantiles float8[] not null default '{0.99,0.995,0.999,1}'
    constraint threshold_quantiles_known check (
      cardinality(threshold_quantiles) = 4
      and threshold_quantiles <@ array[0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 1]::float8[]
      and threshold_quantiles[1] <= threshold_quantiles[2] and threshold_quantiles[2] <= threshold_quantiles[3]
      and threshold_quantiles[3] <= threshold_quantiles[4]),
  opens_at text not null default 'high' constraint opens_at_known check (opens_at in ('low', 'medium', 'high', 'critical')),
  min_points int not null default 2 constraint min_points_positive check (min_points between 1 and 1000),
  episode_gap interval not null default interval '30 minutes'
    constraint episode_gap_bounded check (episode_gap between interval '1 second' and interval '1 day'),
  primary key (tenant_id, profile_id),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade
);
comment on table detect.policy is 'How scores become anomalies for a profile: thresholds, persistence and how long a quiet spell ends an episode. No row means the defaults.';
comment on column detect.policy.opens_at is 'An episode becomes an anomaly when its peak reaches this severity.';
comment on column detect.policy.min_points is 'An episode becomes an anomaly when it has this many points at or above the low threshold.';
comment on column detect.policy.episode_gap is 'Anomalous points closer than this belong to one episode.';

create table detect.anomaly (
  tenant_id int not null,
  anomaly_id bigint generated always as identity,
  stream_id int not null,
  model_id int not null,
  state text not null default 'candidate' constraint state_known check (state in ('candidate', 'open', 'closed')),
  severity text not null constraint severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  started_at timestamptz not null,
  ended_at timestamptz not null,
  points int not null constraint points_positive check (points > 0),
  peak_score float8 not null,
  peak_at timestamptz not null,
  explanation jsonb,
  acknowledged_at timestamptz,
  acknowledged_by text,
  note text,
  alert_pending boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, anomaly_id),
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade,
  foreign key (tenant_id, model_id) references detect.model (tenant_id, model_id),
  constraint anomaly_ends_after_start check (started_at <= ended_at and peak_at between started_at and ended_at),
  constraint reported_is_explained check (state = 'candidate' or explanation is not null),
  constraint acknowledged_by_someone check ((acknowledged_at is null) = (acknowledged_by is null))
);
comment on table detect.anomaly is 'One episode of anomalous readings of a stream, from its first to its last anomalous point, with what contributed most at its peak.';
comment on column detect.anomaly.state is 'candidate: too short or too mild to report so far; open: still going on; closed: the stream has been normal since ended_at.';
create index anomaly_stream on detect.anomaly (tenant_id, stream_id, ended_at desc);
create index anomaly_newest on detect.anomaly (tenant_id, started_at desc, anomaly_id desc) where state <> 'candidate';
create index anomaly_unfinished on detect.anomaly (tenant_id) where state <> 'closed';
create index anomaly_alert_pending on detect.anomaly (tenant_id) where alert_pending;

reset role;

-- migrate:down
