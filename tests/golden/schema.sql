CREATE SCHEMA alerting;
ALTER SCHEMA alerting OWNER TO vigil_owner;
COMMENT ON SCHEMA alerting IS 'Alert rules, alerts, channels and the notification outbox.';
CREATE SCHEMA api;
ALTER SCHEMA api OWNER TO vigil_owner;
COMMENT ON SCHEMA api IS 'Vigil
Anomaly detection and alerting for device fleets, inside Postgres. Send readings with POST /rpc/ingest, read what was found at GET /anomalies and GET /alerts. Every answer is confined to the tenant of the token. Procedures that write take an Idempotency-Key: a repeat within 24 hours is answered as before and does nothing.';
CREATE SCHEMA audit;
ALTER SCHEMA audit OWNER TO vigil_owner;
COMMENT ON SCHEMA audit IS 'The audit trail: what was done through the API and by retention, by whom.';
CREATE SCHEMA auth;
ALTER SCHEMA auth OWNER TO vigil_owner;
COMMENT ON SCHEMA auth IS 'Login mapping, the current tenant and the request hook.';
CREATE SCHEMA detect;
ALTER SCHEMA detect OWNER TO vigil_owner;
COMMENT ON SCHEMA detect IS 'Feature sets, device features, models, scores and anomalies.';
CREATE SCHEMA fleet;
ALTER SCHEMA fleet OWNER TO vigil_owner;
COMMENT ON SCHEMA fleet IS 'Tenants, sites, devices, profiles, metrics, streams and readings.';
CREATE SCHEMA ops;
ALTER SCHEMA ops OWNER TO vigil_owner;
COMMENT ON SCHEMA ops IS 'Jobs and their runs, heartbeats, storage reports.';
CREATE DOMAIN api."text/csv" AS text;
ALTER DOMAIN api."text/csv" OWNER TO vigil_owner;
COMMENT ON DOMAIN api."text/csv" IS 'Comma-separated values, for Accept: text/csv.';
CREATE TYPE ops.archive_item AS (
	tenant_id integer,
	profile_id integer,
	policy_id integer,
	relation text,
	range_start timestamp with time zone,
	range_end timestamp with time zone,
	stream_ids integer[],
	row_count bigint,
	held_rows bigint,
	bytes bigint
);
ALTER TYPE ops.archive_item OWNER TO vigil_owner;
COMMENT ON TYPE ops.archive_item IS 'A row of ops.archive_plan: what goes from a chunk to one file, or stays because it is held.';
CREATE TYPE ops.retention_item AS (
	policy_id integer,
	object text,
	tenant_id integer,
	relation text,
	action text,
	row_count bigint,
	held_rows bigint,
	bytes bigint,
	from_ts timestamp with time zone,
	to_ts timestamp with time zone
);
ALTER TYPE ops.retention_item OWNER TO vigil_owner;
COMMENT ON TYPE ops.retention_item IS 'A row of ops.retention_plan: what goes from a chunk or table under a policy and of a tenant.';
CREATE TYPE ops.tenant_rows AS (
	tenant_id integer,
	row_count bigint,
	point_count bigint
);
ALTER TYPE ops.tenant_rows OWNER TO vigil_owner;
COMMENT ON TYPE ops.tenant_rows IS 'How much a tenant has in a chunk or table.';
CREATE FUNCTION alerting.claim_notifications(worker text, batch integer, lease interval) RETURNS TABLE(notification_id bigint, attempt integer, message_id text, kind text, url text, secret_ref text, payload text, created_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  -- Once, as a constant that an index can be searched for.
  v_now timestamptz := clock_timestamp();
begin
  if not coalesce(
    worker <> '' and batch between 1 and 1000 and lease between interval '5 seconds' and interval '10 minutes', false) then
    raise exception using
      errcode = '22023',
      message = 'a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes',
      hint = 'Check the worker''s settings.';
  end if;
  -- A claim that ran out was lost with its worker. It is due again, unless that was the last attempt.
  with lost as (
    select n.notification_id
    from alerting.notification n
    where n.state = 'claimed' and n.lease_until < v_now
    for update skip locked
  )
  update alerting.notification n
  set state = case when n.attempt >= n.max_attempts then 'dead' else 'pending' end,
    last_detail = case when n.attempt >= n.max_attempts then 'the worker vanished during the last attempt' else n.last_detail end,
    claimed_by = null, lease_until = null
  from lost l
  where n.notification_id = l.notification_id;
  return query
  with candidate as (
    select d.notification_id
    from alerting.channel ch
    cross join lateral (
      select n.notification_id, n.next_attempt_at
      from alerting.notification n
      where n.tenant_id = ch.tenant_id and n.channel_id = ch.channel_id and n.state = 'pending' and n.next_attempt_at <= v_now
      order by n.next_attempt_at, n.notification_id
      limit greatest(0, ch.max_in_flight - (
        select count(*)
        from alerting.notification h
        where h.tenant_id = ch.tenant_id and h.channel_id = ch.channel_id and h.state = 'claimed'))
    ) d
    order by d.next_attempt_at, d.notification_id
    -- Some of them may be in the hands of another worker that is claiming just now.
    limit 4 * batch
  ),
  due as (
    select n.notification_id
    from alerting.notification n
    where n.notification_id in (select c.notification_id from candidate c) and n.state = 'pending'
    order by n.next_attempt_at, n.notification_id
    limit batch
    for update skip locked
  ),
  claimed as (
    update alerting.notification n
    set state = 'claimed', attempt = n.attempt + 1, claimed_by = worker, lease_until = clock_timestamp() + lease
    from due d
    where n.notification_id = d.notification_id
    returning n.notification_id, n.tenant_id, n.channel_id, n.attempt, n.message_id, n.payload, n.created_at
  )
  select c.notification_id, c.attempt, c.message_id, ch.kind, ch.url, ch.secret_ref, c.payload, c.created_at
  from claimed c
  join alerting.channel ch on ch.tenant_id = c.tenant_id and ch.channel_id = c.channel_id
  order by c.notification_id;
end
$$;
ALTER FUNCTION alerting.claim_notifications(worker text, batch integer, lease interval) OWNER TO vigil_jobs;
COMMENT ON FUNCTION alerting.claim_notifications(worker text, batch integer, lease interval) IS 'Claims due notifications for a worker under a lease taken from the database clock, oldest first, no more than a channel may have in flight, and counts the attempt. Rows that another worker is claiming are passed over; a lease that ran out is claimed again.';
CREATE FUNCTION alerting.clear_condition(tenant integer, dedup_key text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
  update alerting.alert al
  set state = 'resolved', resolved_at = pg_catalog.now()
  where al.tenant_id = clear_condition.tenant and al.dedup_key = clear_condition.dedup_key and al.state <> 'resolved';
  return found;
end
$$;
ALTER FUNCTION alerting.clear_condition(tenant integer, dedup_key text) OWNER TO vigil_owner;
COMMENT ON FUNCTION alerting.clear_condition(tenant integer, dedup_key text) IS 'Resolves the alert about a condition of the system that has passed. Returns whether there was one.';
CREATE FUNCTION alerting.notification_payload(tenant integer, alert bigint) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select pg_catalog.jsonb_build_object(
    'type', 'alert.raised',
    'timestamp', pg_catalog.to_char(al.raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', pg_catalog.jsonb_build_object(
      'alert_id', al.alert_id,
      'tenant', t.name,
      'severity', al.severity,
      'summary', al.summary)
    || case when an.anomaly_id is null then pg_catalog.jsonb_build_object('dedup_key', al.dedup_key)
      else pg_catalog.jsonb_build_object(
        'anomaly_id', an.anomaly_id,
        'rule', r.name,
        'device', pg_catalog.jsonb_build_object('id', d.external_id, 'name', d.name, 'model', d.model, 'site', s.path::text),
        'profile', p.name,
        'score', pg_catalog.round(an.peak_score::numeric, 4),
        'started_at', an.started_at,
        'ended_at', an.ended_at,
        'peak_at', an.peak_at,
        'explanation', an.explanation) end)::text
  from alerting.alert al
  left join alerting.rule r using (tenant_id, rule_id)
  left join detect.anomaly an using (tenant_id, anomaly_id)
  join fleet.tenant t using (tenant_id)
  left join fleet.stream st using (tenant_id, stream_id)
  left join fleet.device d using (tenant_id, device_id)
  left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
  where al.tenant_id = notification_payload.tenant and al.alert_id = notification_payload.alert
$$;
ALTER FUNCTION alerting.notification_payload(tenant integer, alert bigint) OWNER TO vigil_owner;
COMMENT ON FUNCTION alerting.notification_payload(tenant integer, alert bigint) IS 'The body of the webhook for a raised alert: {type, timestamp, data} as the Standard Webhooks specification has it. What is about an anomaly names it, its rule and its device; what is about the system itself has a dedup_key instead.';
CREATE FUNCTION alerting.raise_alerts(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_raised bigint;
  v_resolved bigint;
begin
  with pending as (
    update detect.anomaly a
    set alert_pending = false
    where a.tenant_id = tenant and a.alert_pending
    returning a.anomaly_id, a.stream_id, a.severity, a.peak_score, a.peak_at, a.ended_at, a.explanation
  ),
  matched as (
    select r.rule_id, a.anomaly_id, a.severity,
      pg_catalog.format('%s anomaly on %s: %s', a.severity, d.name,
        coalesce(a.explanation -> 0 ->> 'feature' || ' ' || (a.explanation -> 0 ->> 'direction') || ' its typical range', 'unusual readings')) as summary
    from pending a
    join fleet.stream st on st.tenant_id = tenant and st.stream_id = a.stream_id
    join fleet.device d on d.tenant_id = tenant and d.device_id = st.device_id
    join alerting.rule r on r.tenant_id = tenant and r.enabled and coalesce(r.profile_id, st.profile_id) = st.profile_id
    where a.peak_score >= r.min_score
      and detect.severity_rank(a.severity) >= detect.severity_rank(r.min_severity)
      and a.ended_at >= pg_catalog.now() - r.max_age
  ),
  raised as (
    insert into alerting.alert as al (tenant_id, rule_id, anomaly_id, severity, summary)
    select tenant, m.rule_id, m.anomaly_id, m.severity, m.summary
    from matched m
    on conflict (tenant_id, rule_id, anomaly_id) do update
    set severity = excluded.severity, summary = excluded.summary
    where al.severity is distinct from excluded.severity
    -- xmax is 0 on a row that was inserted, not updated: only a new alert notifies.
    returning al.alert_id, al.rule_id, al.xmax = 0 as is_new
  )
  select pg_catalog.count(*) into v_raised from raised r where r.is_new;
  insert into alerting.notification (tenant_id, channel_id, alert_id, message_id, payload)
  select al.tenant_id, c.channel_id, al.alert_id,
    'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
    alerting.notification_payload(tenant, al.alert_id)
  from alerting.alert al
  join alerting.rule_channel rc on rc.tenant_id = al.tenant_id and rc.rule_id = al.rule_id
  join alerting.channel c on c.tenant_id = rc.tenant_id and c.channel_id = rc.channel_id and c.enabled
  where al.tenant_id = tenant and al.raised_at = pg_catalog.now()
    and not exists (
      select from alerting.notification n
      where n.tenant_id = al.tenant_id and n.alert_id = al.alert_id and n.channel_id = c.channel_id);
  if found then
    -- A hint only: the worker polls as well. One notify, since each takes a cluster-wide lock at commit.
    perform pg_catalog.pg_notify('vigil_notification', '');
  end if;
  update alerting.alert al
  set state = 'resolved', resolved_at = pg_catalog.now()
  from detect.anomaly a
  where al.tenant_id = tenant and al.state <> 'resolved'
    and a.tenant_id = al.tenant_id and a.anomaly_id = al.anomaly_id and a.state = 'closed';
  get diagnostics v_resolved = row_count;
  return v_raised + v_resolved;
end
$$;
ALTER FUNCTION alerting.raise_alerts(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION alerting.raise_alerts(tenant integer) IS 'Matches new and worsened anomalies of the tenant against its rules, raises alerts, writes their notifications in the same transaction, and resolves alerts whose anomaly has closed. Returns how many alerts were raised or resolved.';
CREATE FUNCTION alerting.raise_condition(tenant integer, dedup_key text, severity text, summary text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_alert_id bigint;
begin
  insert into alerting.alert as al (tenant_id, dedup_key, severity, summary)
  values (raise_condition.tenant, raise_condition.dedup_key, raise_condition.severity, raise_condition.summary)
  on conflict (tenant_id, dedup_key) where state <> 'resolved' do nothing
  returning al.alert_id into v_alert_id;
  if v_alert_id is null then
    -- Who has been told is not told again; who looks sees how it stands now.
    update alerting.alert al
    set severity = raise_condition.severity, summary = raise_condition.summary
    where al.tenant_id = raise_condition.tenant and al.dedup_key = raise_condition.dedup_key and al.state <> 'resolved'
      and (al.severity, al.summary) is distinct from (raise_condition.severity, raise_condition.summary);
    return false;
  end if;
  insert into alerting.notification (tenant_id, channel_id, alert_id, message_id, payload)
  select c.tenant_id, c.channel_id, v_alert_id,
    'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
    alerting.notification_payload(c.tenant_id, v_alert_id)
  from alerting.channel c
  where c.tenant_id = raise_condition.tenant and c.enabled;
  perform pg_catalog.pg_notify('vigil_notification', '');
  return true;
end
$$;
ALTER FUNCTION alerting.raise_condition(tenant integer, dedup_key text, severity text, summary text) OWNER TO vigil_owner;
COMMENT ON FUNCTION alerting.raise_condition(tenant integer, dedup_key text, severity text, summary text) IS 'Opens an alert about the system itself and notifies every enabled channel of the tenant, in the same transaction. While an alert with the dedup key is not resolved, only its severity and summary follow. Returns whether it is new. 23514 for an unknown severity, or a key with spaces or of more than 200 characters.';
CREATE FUNCTION alerting.release_notifications(worker text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_released int;
begin
  update alerting.notification n
  set state = 'pending', attempt = n.attempt - 1, claimed_by = null, lease_until = null
  where n.state = 'claimed' and n.claimed_by = release_notifications.worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$$;
ALTER FUNCTION alerting.release_notifications(worker text) OWNER TO vigil_jobs;
COMMENT ON FUNCTION alerting.release_notifications(worker text) IS 'Gives back the claims a worker has not sent, so that another need not wait for the lease. The attempts do not count. Returns how many.';
CREATE FUNCTION alerting.retry_delay(attempt integer) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select (array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours', '14 hours', '20 hours', '24 hours']::interval[])
    [least(greatest(attempt, 1), 9)]
$$;
ALTER FUNCTION alerting.retry_delay(attempt integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION alerting.retry_delay(attempt integer) IS 'How long to wait after a failed attempt, by the example schedule of Standard Webhooks 1.0.0 (75 hours over ten attempts), before jitter.';
CREATE FUNCTION alerting.settle_notification(notification_id bigint, attempt integer, outcome text, status integer, detail text, retry_after interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_variable
begin
  if outcome is null or outcome not in ('delivered', 'retry', 'permanent') then
    raise exception using
      errcode = '22023',
      message = format('unknown outcome "%s"', outcome),
      hint = 'Use delivered, retry or permanent.';
  end if;
  update alerting.notification n
  set state = case
        when outcome = 'delivered' then 'delivered'
        when outcome = 'permanent' or n.attempt >= n.max_attempts then 'dead'
        else 'pending'
      end,
    delivered_at = case when outcome = 'delivered' then clock_timestamp() end,
    -- A fifth of jitter either way keeps a recovering receiver from being hit by everything at once.
    -- A receiver may ask for more time, up to an hour; least() would take a missing wish for that hour.
    next_attempt_at = case when outcome = 'retry'
      then clock_timestamp() + greatest(alerting.retry_delay(n.attempt) * (0.8 + 0.4 * random()),
        case when retry_after is not null then least(retry_after, interval '1 hour') end)
      else n.next_attempt_at end,
    claimed_by = null,
    lease_until = null,
    last_status = status,
    last_detail = left(detail, 500)
  where n.notification_id = settle_notification.notification_id
    and n.state = 'claimed' and n.attempt = settle_notification.attempt;
  return found;
end
$$;
ALTER FUNCTION alerting.settle_notification(notification_id bigint, attempt integer, outcome text, status integer, detail text, retry_after interval) OWNER TO vigil_jobs;
COMMENT ON FUNCTION alerting.settle_notification(notification_id bigint, attempt integer, outcome text, status integer, detail text, retry_after interval) IS 'Records how an attempt ended: delivered, retry (again later, dead after the last attempt) or permanent (dead). False when the claim is no longer the caller''s, because its lease ran out and another attempt began.';
CREATE FUNCTION api.acknowledge_anomaly(anomaly_id bigint, note text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('acknowledge_anomaly', jsonb_build_array(anomaly_id, note)::text);
  v_row detect.anomaly;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  update detect.anomaly a
  set acknowledged_at = coalesce(a.acknowledged_at, now()), acknowledged_by = coalesce(a.acknowledged_by, auth.subject()),
    note = coalesce(acknowledge_anomaly.note, a.note), updated_at = now()
  where a.tenant_id = v_tenant_id and a.anomaly_id = acknowledge_anomaly.anomaly_id and a.state <> 'candidate'
  returning a.* into v_row;
  if not found then
    raise sqlstate 'PT404' using
      message = format('anomaly %s does not exist', acknowledge_anomaly.anomaly_id),
      hint = 'GET /anomalies lists the anomalies.';
  end if;
  update alerting.alert al
  set state = 'acknowledged', acknowledged_at = now()
  where al.tenant_id = v_tenant_id and al.anomaly_id = v_row.anomaly_id and al.state = 'open';
  return ops.keep_answer('acknowledge_anomaly', jsonb_build_object('anomaly_id', v_row.anomaly_id,
    'acknowledged_at', v_row.acknowledged_at, 'acknowledged_by', v_row.acknowledged_by, 'note', v_row.note));
end
$$;
ALTER FUNCTION api.acknowledge_anomaly(anomaly_id bigint, note text) OWNER TO vigil_api;
COMMENT ON FUNCTION api.acknowledge_anomaly(anomaly_id bigint, note text) IS 'Acknowledge an anomaly
Records who saw it and when, and acknowledges its open alerts. The first acknowledgement stays; a note replaces the one before.';
CREATE FUNCTION api.create_profile(profile text, metrics jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_answer jsonb := ops.earlier_answer('create_profile', jsonb_build_array(profile, metrics)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  perform fleet.create_profile(auth.tenant_id(), create_profile.profile, create_profile.metrics);
  select to_jsonb(p) into v_answer from api.profiles p where p.profile = create_profile.profile;
  return ops.keep_answer('create_profile', v_answer);
exception
  when unique_violation then
    raise exception using
      errcode = '23505',
      message = format('profile "%s" or one of its metrics exists already', create_profile.profile),
      hint = 'Profiles only grow: append metrics to the one there is, or choose another name.';
  when check_violation or not_null_violation then
    raise exception using
      errcode = '22023',
      message = 'a name or kind in the profile is not valid',
      hint = 'Names start with a letter and hold up to 63 letters, digits and _ . % / -; kind is gauge, counter or state.';
end
$$;
ALTER FUNCTION api.create_profile(profile text, metrics jsonb) OWNER TO vigil_api;
COMMENT ON FUNCTION api.create_profile(profile text, metrics jsonb) IS 'Create a profile
metrics is an array of names or of {name, unit, kind, description}, in the order of the vector.';
CREATE FUNCTION api.explain(device text, ts timestamp with time zone DEFAULT NULL::timestamp with time zone, profile text DEFAULT NULL::text, strongest integer DEFAULT 5) RETURNS TABLE(at timestamp with time zone, score double precision, feature text, metric text, unit text, statistic text, "window" interval, value double precision, typical_low double precision, typical_median double precision, typical_high double precision, direction text, contribution double precision)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_stream record;
  v_scored record;
begin
  if explain.strongest is null or explain.strongest not between 1 and 1000 then
    raise exception using
      errcode = '22023',
      message = 'strongest must be between 1 and 1000',
      hint = 'Leave it out for the five strongest.';
  end if;
  v_stream := detect.find_stream(v_tenant_id, explain.device, explain.profile);
  select s.ts as scored_at, s.score as scored, s.model_id as by_model, f.values as vector into v_scored
  from detect.score s
  join detect.model m on m.tenant_id = s.tenant_id and m.model_id = s.model_id
  join detect.device_feature f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id
    and f.feature_set_id = m.feature_set_id and f.ts = s.ts
  where s.tenant_id = v_tenant_id and s.stream_id = v_stream.stream_id and s.ts <= coalesce(explain.ts, 'infinity')
  order by s.ts desc
  limit 1;
  if not found then
    raise exception using
      errcode = '42704',
      message = 'the device has no score at or before that time',
      hint = 'Train a model that covers it with POST /rpc/train_model, or ask for a later time.';
  end if;
  return query
  select v_scored.scored_at, v_scored.scored, c.feature, c.metric, c.unit, c.statistic, c.time_window,
    c.value, c.low, c.median, c.high, c.direction, c.contribution
  from detect.contributions(v_tenant_id, v_scored.by_model, v_scored.vector, explain.strongest) c;
end
$$;
ALTER FUNCTION api.explain(device text, ts timestamp with time zone, profile text, strongest integer) OWNER TO vigil_api;
COMMENT ON FUNCTION api.explain(device text, ts timestamp with time zone, profile text, strongest integer) IS 'Explain a score
The strongest contributions to the newest score at or before ts (default: the newest), with value and typical range. All contributions of a reading add up to its score.';
CREATE FUNCTION api.export(profile text, since text DEFAULT NULL::text, max_readings integer DEFAULT 10000) RETURNS api."text/csv"
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_page record;
begin
  v_page := fleet.export(auth.tenant_id(), profile, since, max_readings);
  perform auth.add_answer_header('X-Next-Watermark', v_page.watermark);
  perform auth.add_answer_header('X-More', v_page.more::text);
  return v_page.content;
end
$$;
ALTER FUNCTION api.export(profile text, since text, max_readings integer) OWNER TO vigil_api;
COMMENT ON FUNCTION api.export(profile text, since text, max_readings integer) IS 'Readings written since a watermark
Comma-separated values with a column for each metric, as POST /rpc/ingest takes them; send Accept: text/csv. Without since all readings of the profile, then, from the X-Next-Watermark of each answer on, those that were written since, late ones and corrections too. X-More says whether there are more now. At most 10,000 readings a page, or max_readings up to 50,000. A watermark is good for 7 days (410 after). A reading may come twice and is then the same or newer.';
CREATE FUNCTION api.ingest(json) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_answer jsonb := ops.earlier_answer('ingest', $1::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('ingest', fleet.ingest(auth.tenant_id(),
      case when auth.request_header('content-type') ~* '^text/csv *(;|$)' then fleet.csv_readings($1) else $1 end));
  end if;
  return v_answer;
end
$_$;
ALTER FUNCTION api.ingest(json) OWNER TO vigil_api;
COMMENT ON FUNCTION api.ingest(json) IS 'Store readings
Takes a JSON array of wide readings, {"device", "ts", "metrics": {name: number}}, and narrow ones, {"device", "metric", "ts", "value"}, mixed, at most 10,000. With Content-Type: text/csv and Prefer: params=single-object it takes lines of comma-separated values: columns device, ts and a metric each, or device, ts, metric and value. "profile" may be added where a device speaks several. Answers {accepted, duplicates, rejected: [{index, code, message, hint}]}: a reading that is rejected costs no other.';
CREATE FUNCTION api.register_device(device text, profile text, name text DEFAULT NULL::text, model text DEFAULT NULL::text, site text DEFAULT NULL::text, attributes jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('register_device', jsonb_build_array(device, profile, name, model, site, attributes)::text);
  v_stream_id int;
  v_site_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if coalesce(register_device.device, '') = '' or register_device.profile is null then
    raise exception using
      errcode = '22023',
      message = 'a device has an id and a profile',
      hint = 'Send {"device": "tc52-0001", "profile": "scanner"}.';
  end if;
  if length(register_device.device) > 200 then
    raise exception using
      errcode = '22023',
      message = 'a device''s id has at most 200 characters',
      hint = 'Use the serial number or another short id.';
  end if;
  if jsonb_typeof(register_device.attributes) <> 'object' then
    raise exception using
      errcode = '22023',
      message = 'attributes must be a JSON object',
      hint = 'Send {"floor": 2}, or leave it out.';
  end if;
  if register_device.site is not null then
    select s.site_id into v_site_id
    from fleet.site s
    where s.tenant_id = v_tenant_id and s.path::text = register_device.site;
    if not found then
      raise exception using
        errcode = '42704',
        message = format('site "%s" does not exist', register_device.site),
        hint = 'Sites are made by a DBA in fleet.site.';
    end if;
  end if;
  v_stream_id := fleet.open_stream(v_tenant_id, register_device.device, register_device.profile);
  update fleet.device d
  set name = coalesce(register_device.name, d.name), model = coalesce(register_device.model, d.model),
    site_id = coalesce(v_site_id, d.site_id), attributes = d.attributes || coalesce(register_device.attributes, '{}')
  where d.tenant_id = v_tenant_id and d.external_id = register_device.device;
  return ops.keep_answer('register_device',
    jsonb_build_object('device', register_device.device, 'profile', register_device.profile, 'stream_id', v_stream_id));
end
$$;
ALTER FUNCTION api.register_device(device text, profile text, name text, model text, site text, attributes jsonb) OWNER TO vigil_api;
COMMENT ON FUNCTION api.register_device(device text, profile text, name text, model text, site text, attributes jsonb) IS 'Register a device
Makes the device and its stream of readings, or adds to what is known of it. May be repeated.';
CREATE FUNCTION ops.tenant_retention() RETURNS TABLE(tenant text, object text, profile text, hot interval, warm interval, cold interval, enabled boolean, decided_by text, reason text, changed_at timestamp with time zone, changed_by text, minimum interval, maximum interval, description text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select t.name, o.object, f.name, p.hot, p.warm, p.cold, p.enabled,
    case when p.tenant_id is null or not p.by_tenant then 'platform' else 'tenant' end,
    p.reason, p.changed_at, case when p.tenant_id is not null then p.changed_by end, o.minimum, o.maximum, o.description
  from ops.retention_object o
  cross join lateral ops.retention_scope(o.object) s
  join ops.retention_policy p on p.policy_id = s.policy_id
  join fleet.tenant t on t.tenant_id = s.tenant_id
  left join fleet.profile f on f.tenant_id = s.tenant_id and f.profile_id = s.profile_id
  where o.minimum is not null and s.tenant_id = (select auth.tenant_id())
    -- A profile is listed where it has a policy of its own.
    and (s.profile_id is null or p.profile_id is not null)
  order by o.position, f.name nulls first
$$;
ALTER FUNCTION ops.tenant_retention() OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.tenant_retention() IS 'The policies that decide over what the session''s tenant has: its own, or those for all. Owned by vigil_jobs: the latter belong to no tenant.';
CREATE VIEW api.retention_policies WITH (security_invoker='true') AS
 SELECT tenant,
    object,
    profile,
    hot,
    warm,
    cold,
    enabled,
    decided_by,
    reason,
    changed_at,
    changed_by,
    minimum,
    maximum,
    description
   FROM ops.tenant_retention() r(tenant, object, profile, hot, warm, cold, enabled, decided_by, reason, changed_at, changed_by, minimum, maximum, description);
ALTER VIEW api.retention_policies OWNER TO vigil_api;
COMMENT ON VIEW api.retention_policies IS 'How long things are kept
One row per object, and one for each profile with a policy of its own. Set them with POST /rpc/set_retention.';
COMMENT ON COLUMN api.retention_policies.hot IS 'What is older leaves the database: it is removed, or goes to files where there is a cold tier. Chunks go as a whole: readings and features up to a day later, scores up to a week.';
COMMENT ON COLUMN api.retention_policies.warm IS 'How much longer summaries of readings stay; null: for ever.';
COMMENT ON COLUMN api.retention_policies.cold IS 'How much longer readings stay in files; null: not at all.';
COMMENT ON COLUMN api.retention_policies.enabled IS 'false: nothing is removed.';
COMMENT ON COLUMN api.retention_policies.decided_by IS 'tenant: set through the API; platform: the default, or set by a DBA.';
COMMENT ON COLUMN api.retention_policies.minimum IS 'The least that can be set through the API.';
COMMENT ON COLUMN api.retention_policies.maximum IS 'The most that can be set through the API.';
CREATE FUNCTION api.reset_retention(object text, profile text DEFAULT NULL::text) RETURNS SETOF api.retention_policies
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_answer jsonb := ops.earlier_answer('reset_retention', jsonb_build_array(object, profile)::text);
begin
  if v_answer is null then
    perform ops.reset_retention(reset_retention.object, reset_retention.profile);
    v_answer := ops.keep_answer('reset_retention', (
      select coalesce(jsonb_agg(p), '[]')
      from api.retention_policies p
      where p.object = reset_retention.object and p.profile is null));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.retention_policies, v_answer) a;
end
$$;
ALTER FUNCTION api.reset_retention(object text, profile text) OWNER TO vigil_api;
COMMENT ON FUNCTION api.reset_retention(object text, profile text) IS 'Let the wider policy decide again
Takes back what was set for a profile, or for the tenant. Answers with what now decides for the tenant.';
CREATE TABLE fleet.device (
    tenant_id integer NOT NULL,
    device_id integer NOT NULL,
    external_id text NOT NULL,
    name text NOT NULL,
    model text,
    site_id integer,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    active boolean DEFAULT true NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT attributes_is_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
    CONSTRAINT external_id_length CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200)))
);
ALTER TABLE ONLY fleet.device FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.device OWNER TO vigil_owner;
COMMENT ON TABLE fleet.device IS 'A phone, scanner, sensor or server of a tenant, known to its source by external_id.';
CREATE TABLE ops.archive_restore (
    tenant_id integer NOT NULL,
    restore_id bigint NOT NULL,
    device_id integer,
    from_ts timestamp with time zone NOT NULL,
    to_ts timestamp with time zone NOT NULL,
    row_count bigint NOT NULL,
    restored_at timestamp with time zone DEFAULT now() NOT NULL,
    restored_by text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT restore_range_in_order CHECK ((from_ts < to_ts))
);
ALTER TABLE ONLY ops.archive_restore FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.archive_restore OWNER TO vigil_owner;
COMMENT ON TABLE ops.archive_restore IS 'Ranges of archived readings that were brought back, and until when. to_ts is excluded; device_id null: all devices.';
CREATE VIEW api.archive_restores WITH (security_invoker='true') AS
 SELECT x.restore_id,
    d.external_id AS device,
    x.from_ts,
    x.to_ts,
    x.row_count,
    x.restored_at,
    x.restored_by,
    x.expires_at
   FROM (ops.archive_restore x
     LEFT JOIN fleet.device d USING (tenant_id, device_id));
ALTER VIEW api.archive_restores OWNER TO vigil_api;
COMMENT ON VIEW api.archive_restores IS 'Archived readings that were brought back
One row per POST /rpc/restore_archive, until it expires.';
COMMENT ON COLUMN api.archive_restores.device IS 'Null: all devices.';
COMMENT ON COLUMN api.archive_restores.to_ts IS 'Excluded.';
CREATE FUNCTION api.restore_archive("from" timestamp with time zone, "to" timestamp with time zone, device text DEFAULT NULL::text, keep interval DEFAULT '7 days'::interval) RETURNS SETOF api.archive_restores
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_answer jsonb := ops.earlier_answer('restore_archive', jsonb_build_array("from", "to", device, keep)::text);
  v_restore ops.archive_restore;
begin
  if v_answer is null then
    v_restore := ops.restore_own_archive("from", "to", device, keep);
    v_answer := ops.keep_answer('restore_archive', (
      select jsonb_agg(r) from api.archive_restores r where r.restore_id = v_restore.restore_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.archive_restores, v_answer) a;
end
$$;
ALTER FUNCTION api.restore_archive("from" timestamp with time zone, "to" timestamp with time zone, device text, keep interval) OWNER TO vigil_api;
COMMENT ON FUNCTION api.restore_archive("from" timestamp with time zone, "to" timestamp with time zone, device text, keep interval) IS 'Bring archived readings back
From inclusive, to exclusive, of one device or all, for 1 hour to 90 days. They are in GET /readings, /telemetry and /rpc/series until then. Doing it again changes nothing but how long.';
CREATE FUNCTION api.score(device text, metrics jsonb, ts timestamp with time zone DEFAULT now(), profile text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_stream record;
  v_model record;
  v_problem text;
  v_reading float8[];
  v_vector float8[];
  v_score float8;
begin
  if jsonb_typeof(score.metrics) is distinct from 'object' or score.metrics = '{}' then
    raise exception using
      errcode = '22023',
      message = 'metrics must be an object of numbers',
      hint = 'Send {"device": "…", "metrics": {"battery": 81.5}}.';
  end if;
  v_stream := detect.find_stream(v_tenant_id, score.device, score.profile);
  select m.key into v_problem
  from jsonb_each(score.metrics) m
  where m.key <> all (v_stream.metric_names)
    or jsonb_typeof(m.value) not in ('number', 'null')
    or jsonb_typeof(m.value) = 'number' and abs(m.value::numeric) > 1e100
  order by m.key
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = format('metric "%s" is not in the profile or not a number up to 1e100', left(v_problem, 200)),
      hint = 'GET /profiles lists the metrics.';
  end if;
  select m.model_id, m.bytes, m.feature_set_id, m.thresholds into v_model
  from detect.model m
  where m.tenant_id = v_tenant_id and m.model_id = detect.active_model(v_tenant_id, v_stream.stream_id);
  if not found then
    raise exception using
      errcode = '42704',
      message = 'no active model covers the device',
      hint = 'Train one with POST /rpc/train_model.';
  end if;
  v_reading := array(
    select case when jsonb_typeof(score.metrics -> n.name) = 'number' then
      case when abs((score.metrics -> n.name)::numeric) >= 1e-307 then (score.metrics -> n.name)::float8 else 0 end end
    from unnest(v_stream.metric_names) with ordinality as n (name, position)
    order by n.position
  );
  v_vector := detect.vector_at(v_tenant_id, v_stream.stream_id, v_model.feature_set_id, score.ts, v_reading);
  v_score := vigil.anomaly_score(v_model.bytes, v_vector);
  return jsonb_build_object(
    'device', score.device,
    'ts', score.ts,
    'score', v_score,
    'severity', detect.severity(v_score, v_model.thresholds),
    'model_id', v_model.model_id,
    'explanation', detect.explanation(v_tenant_id, v_model.model_id, v_vector));
end
$$;
ALTER FUNCTION api.score(device text, metrics jsonb, ts timestamp with time zone, profile text) OWNER TO vigil_api;
COMMENT ON FUNCTION api.score(device text, metrics jsonb, ts timestamp with time zone, profile text) IS 'Score a reading without storing it
Uses the stream''s active model, with windows filled from the stored readings before ts. severity is null for an ordinary reading.';
CREATE FUNCTION api.series(device text, metric text, "from" timestamp with time zone, "to" timestamp with time zone, bucket interval DEFAULT '01:00:00'::interval) RETURNS TABLE(ts timestamp with time zone, n bigint, average double precision, minimum double precision, maximum double precision)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_stream_id int;
  v_position int;
  v_tier interval;
  v_first timestamptz;
  v_last timestamptz;
  v_missing tstzmultirange;
  v_restored tstzrange;
begin
  if series.bucket is null or series.bucket < interval '1 second' or extract(year from series.bucket) <> 0 or extract(month from series.bucket) <> 0 then
    raise exception using
      errcode = '22023',
      message = 'bucket must be at least one second and name no months or years',
      hint = 'Use an interval such as "5 minutes", "1 hour" or "1 day".';
  end if;
  if not coalesce(isfinite(series."from") and isfinite(series."to") and series."from" < series."to", false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, and both finite',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
  if (series."to" - series."from") / extract(epoch from series.bucket) > interval '100000 seconds' then
    raise exception using
      errcode = '22023',
      message = 'more than 100000 buckets',
      hint = 'Use a wider bucket or a shorter time range.';
  end if;
  select st.stream_id, m.position into v_stream_id, v_position
  from fleet.stream st
  join fleet.device d using (tenant_id, device_id)
  join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id
  where st.tenant_id = v_tenant_id and d.external_id = series.device and m.name = series.metric
  order by st.stream_id
  limit 1;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('device "%s" does not exist or does not report metric "%s"', left(series.device, 200), left(series.metric, 200)),
      hint = 'GET /streams lists devices and their profiles, GET /profiles the metrics.';
  end if;
  -- The widest summaries that the buckets can be made of: the fewest rows, and kept the longest.
  select sr.bucket into v_tier
  from fleet.stream_rollup sr
  where sr.tenant_id = v_tenant_id and sr.stream_id = v_stream_id and sr.made
    and mod(extract(epoch from series.bucket), extract(epoch from sr.bucket)) = 0
  order by sr.bucket desc
  limit 1;
  -- Whole buckets of that width within the range; without any, all of it is read.
  v_first := date_bin(v_tier, series."from", '2000-01-01 00:00:00+00');
  if v_first < series."from" then
    v_first := v_first + v_tier;
  end if;
  v_first := least(v_first, series."to");
  v_last := greatest(date_bin(v_tier, series."to", '2000-01-01 00:00:00+00'), v_first);
  if v_tier is null then
    v_missing := tstzmultirange(tstzrange(series."from", series."to"));
  else
    -- What lies outside, is still filling, or was written to since its summary was made is read from the readings. A
    -- stable function sees one snapshot throughout.
    select range_agg(w.missing) into v_missing
    from (
      values (tstzrange(series."from", v_first)), (tstzrange(v_last, series."to"))
      union all
      select tstzrange(o.ts, o.ts + v_tier)
      from fleet.rollup_due o
      where o.tenant_id = v_tenant_id and o.stream_id = v_stream_id and o.bucket = v_tier and o.ts >= v_first and o.ts < v_last
      union all
      select tstzrange(date_bin(v_tier, c.from_ts, '2000-01-01 00:00:00+00'), date_bin(v_tier, c.to_ts, '2000-01-01 00:00:00+00') + v_tier)
        * tstzrange(v_first, v_last)
      from fleet.rollup_change c
      where c.tenant_id = v_tenant_id and c.stream_id = v_stream_id
    ) w (missing);
  end if;
  -- Where summaries are gone and readings are back, these tell.
  select tstzrange(date_bin(v_tier, min(x.ts), '2000-01-01 00:00:00+00'), date_bin(v_tier, max(x.ts), '2000-01-01 00:00:00+00') + v_tier)
  into v_restored
  from fleet.restored_reading x
  where v_tier is not null and x.tenant_id = v_tenant_id and x.stream_id = v_stream_id and x.ts >= v_first and x.ts < v_last
  having count(*) > 0;
  if v_restored is not null and not exists (
    select from fleet.summary k
    where k.tenant_id = v_tenant_id and k.stream_id = v_stream_id and k.bucket = v_tier
      and k.ts >= lower(v_restored) and k.ts < upper(v_restored)) then
    v_missing := v_missing + tstzmultirange(v_restored);
  end if;
  return query
  with part (ts, n, average, minimum, maximum) as (
    -- Sums of float8 are several times as fast as those of bigint, and as exact.
    select k.ts, k.counts[v_position]::float8, k.means[v_position], k.minima[v_position], k.maxima[v_position]
    from fleet.summary k
    where k.tenant_id = v_tenant_id and k.stream_id = v_stream_id and k.bucket = v_tier and k.ts >= v_first and k.ts < v_last
      and not k.ts <@ v_missing and k.counts[v_position] > 0
    union all
    select b.ts, b.n, b.average, b.minimum, b.maximum
    from fleet.buckets_of_readings(v_tenant_id, v_stream_id, v_position, v_missing, series.bucket) b
  )
  select date_bin(series.bucket, part.ts, '2000-01-01 00:00:00+00'), sum(part.n)::bigint,
    sum(part.n * part.average) / sum(part.n), min(part.minimum), max(part.maximum)
  from part
  group by 1
  order by 1;
end
$$;
ALTER FUNCTION api.series(device text, metric text, "from" timestamp with time zone, "to" timestamp with time zone, bucket interval) OWNER TO vigil_api;
COMMENT ON FUNCTION api.series(device text, metric text, "from" timestamp with time zone, "to" timestamp with time zone, bucket interval) IS 'A metric over time
Count, average, minimum and maximum per bucket, from inclusive, to exclusive. Buckets start at multiples of their width from 2000-01-01 UTC; empty ones are left out. Where the stream has summaries the buckets are made of these, and of readings for what is not summarised yet, so the answer is always current.';
CREATE FUNCTION api.set_retention(object text, hot interval, profile text DEFAULT NULL::text, reason text DEFAULT NULL::text, warm interval DEFAULT NULL::interval, cold interval DEFAULT NULL::interval) RETURNS SETOF api.retention_policies
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_answer jsonb := ops.earlier_answer('set_retention', jsonb_build_array(object, hot, profile, reason, warm, cold)::text);
begin
  if v_answer is null then
    perform ops.set_retention(
      set_retention.object, set_retention.profile, set_retention.hot, set_retention.reason, set_retention.warm, set_retention.cold);
    v_answer := ops.keep_answer('set_retention', (
      select coalesce(jsonb_agg(p), '[]')
      from api.retention_policies p
      where p.object = set_retention.object and p.profile is not distinct from set_retention.profile));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.retention_policies, v_answer) a;
end
$$;
ALTER FUNCTION api.set_retention(object text, hot interval, profile text, reason text, warm interval, cold interval) OWNER TO vigil_api;
COMMENT ON FUNCTION api.set_retention(object text, hot interval, profile text, reason text, warm interval, cold interval) IS 'Set how long something is kept
For one profile, or for all that have no policy of their own. What is older goes with the next run, every few hours, and does not come back, unless readings have a cold tier: they go to files for that much longer. warm is how much longer summaries of readings stay, null for ever. Between the limits at GET /retention_policies.';
CREATE FUNCTION api.train_model(profile text, scope jsonb DEFAULT '{}'::jsonb, options jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('train_model', jsonb_build_array(profile, scope, options)::text);
  v_profile_id int;
  v_key text;
  v_target text;
  v_model_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  select p.profile_id into v_profile_id
  from fleet.profile p
  where p.tenant_id = v_tenant_id and p.name = train_model.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('profile "%s" does not exist', train_model.profile),
      hint = 'GET /profiles lists the profiles.';
  end if;
  if jsonb_typeof(train_model.scope) is distinct from 'object' or (select count(*) from jsonb_object_keys(train_model.scope)) > 1 then
    raise exception using
      errcode = '22023',
      message = 'scope must be an object with at most one key',
      hint = 'Use {} for the whole profile, {"device": "…"}, {"device_model": "…"} or {"site": "emea.de"}.';
  end if;
  select s.key, s.value into v_key, v_target from jsonb_each_text(train_model.scope) s;
  v_model_id := detect.train(v_tenant_id, v_profile_id,
    case when v_key is null then 'profile' when v_key = 'device' then 'stream' else v_key end, v_target, train_model.options);
  select to_jsonb(x) into v_answer
  from (
    select m.model_id, train_model.profile as profile, m.scope, v_target as target, m.status, m.row_count, m.seed,
      m.trained_from, m.trained_to, m.training_time, m.thresholds, m.score_quantiles
    from detect.model m
    where m.tenant_id = v_tenant_id and m.model_id = v_model_id
  ) x;
  return ops.keep_answer('train_model', v_answer);
end
$$;
ALTER FUNCTION api.train_model(profile text, scope jsonb, options jsonb) OWNER TO vigil_api;
COMMENT ON FUNCTION api.train_model(profile text, scope jsonb, options jsonb) IS 'Train a model and make it active
scope: {} for the whole profile, {"device": id}, {"device_model": name} or {"site": path}. options: window ("14 days", back from the newest reading), from, to, exclude_anomalies, n_trees, sample_size, max_depth, seed, reservoir.';
CREATE FUNCTION audit.keep_entries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- Retention deletes as vigil_jobs, and a tenant that is deleted takes its trail along.
  if tg_op = 'DELETE' and (current_user = 'vigil_jobs' or not exists (select from fleet.tenant t where t.tenant_id = old.tenant_id)) then
    return old;
  end if;
  raise exception using
    errcode = '55000',
    message = 'the audit trail is append-only',
    hint = 'Entries leave by the policy for audit in ops.retention_policy.';
end
$$;
ALTER FUNCTION audit.keep_entries() OWNER TO vigil_owner;
COMMENT ON FUNCTION audit.keep_entries() IS 'Refuses, with 55000, to change entries of the audit trail, and to delete them but by retention.';
CREATE FUNCTION audit.record(tenant integer, action text, detail jsonb) RETURNS void
    LANGUAGE sql
    AS $$
  insert into audit.entry (tenant_id, actor, role, correlation_id, action, detail)
  values (tenant, auth.subject(), coalesce(auth.claims() ->> 'role', session_user), auth.correlation_id(), action,
    -- Long answers list what was sent; the trail says that, not what.
    case when pg_catalog.octet_length(detail::text) <= 4000 then detail end)
$$;
ALTER FUNCTION audit.record(tenant integer, action text, detail jsonb) OWNER TO vigil_owner;
COMMENT ON FUNCTION audit.record(tenant integer, action text, detail jsonb) IS 'Writes an entry of the audit trail for the current request or session, in its transaction. detail of more than 4000 bytes is left out.';
CREATE FUNCTION audit.record_retention(run timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_runs bigint;
begin
  with noted as (
    update ops.retention_run r
    set audited = true
    where not r.audited and (r.started_at = run or r.finished_at < pg_catalog.clock_timestamp() - interval '1 hour')
    returning r.tenant_id, r.started_at, r.finished_at, r.object, r.policy_id, r.action, r.row_count, r.bytes, r.from_ts, r.to_ts
  )
  insert into audit.entry (tenant_id, actor, role, action, detail)
  select n.tenant_id, 'retention', current_user, 'retention', pg_catalog.jsonb_build_object(
    'object', n.object, 'action', n.action, 'policy_id', n.policy_id, 'started_at', n.started_at,
    'finished_at', pg_catalog.max(n.finished_at), 'relations', pg_catalog.count(*), 'rows', pg_catalog.sum(n.row_count),
    'bytes', pg_catalog.sum(n.bytes), 'from_ts', pg_catalog.min(n.from_ts), 'to_ts', pg_catalog.max(n.to_ts))
  from noted n
  -- Empty chunks and logs are no tenant's, and a tenant may be gone.
  join fleet.tenant t on t.tenant_id = n.tenant_id
  group by n.tenant_id, n.started_at, n.object, n.policy_id, n.action
  order by n.tenant_id, n.started_at, n.object, n.policy_id, n.action;
  get diagnostics v_runs = row_count;
  return v_runs;
end
$$;
ALTER FUNCTION audit.record_retention(run timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION audit.record_retention(run timestamp with time zone) IS 'Writes an entry for each tenant, object, policy and kind of removal of the run that started then, and of runs in ops.retention_run that were killed and have none. Returns how many.';
CREATE FUNCTION auth.add_answer_header(name text, content text) RETURNS void
    LANGUAGE sql
    AS $$
  select pg_catalog.set_config('response.headers',
    (coalesce(nullif(pg_catalog.current_setting('response.headers', true), '')::jsonb, '[]')
      || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(name, content)))::text, true)
$$;
ALTER FUNCTION auth.add_answer_header(name text, content text) OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.add_answer_header(name text, content text) IS 'Gives the answer to the current request one more header. Lost when the request fails: PostgREST reads the headers at its end.';
CREATE FUNCTION auth.check_request() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_claims jsonb := auth.claims();
  v_now float8 := extract(epoch from clock_timestamp());
  v_problem text;
  v_correlation_id text := auth.request_header('x-correlation-id');
begin
  if v_correlation_id is null then
    v_correlation_id := gen_random_uuid()::text;
  elsif v_correlation_id !~ '^[!-~]{1,128}$' then
    raise sqlstate 'PT400' using
      message = 'the X-Correlation-ID is not valid',
      hint = 'Send 1 to 128 visible ASCII characters, or leave the header out and take the one of the answer.';
  end if;
  perform set_config('request.correlation_id', v_correlation_id, true);
  perform auth.add_answer_header('X-Correlation-ID', v_correlation_id);
  -- Writing to a view over a join is an error of the server to PostgREST (500); here it is one of the client.
  if nullif(current_setting('request.method', true), '') not in ('GET', 'HEAD', 'OPTIONS')
    and current_setting('request.path', true) not like '/rpc/%' then
    raise sqlstate 'PT405' using
      message = 'views are only read',
      hint = 'Change things with POST /rpc/…; GET / lists the procedures.';
  end if;
  -- PostgREST's own claims for a request without a token; anon holds no grants.
  if v_claims is null or v_claims = '{"role": "anon"}' then
    return;
  end if;
  v_problem := case
    when v_claims ->> 'iss' is distinct from 'vigil' then 'the token was not issued by vigil'
    when not coalesce(v_claims -> 'aud' @> '"vigil"', false) then 'the token is not meant for vigil'
    when jsonb_typeof(v_claims -> 'exp') is distinct from 'number' then 'the token has no expiry'
    when jsonb_typeof(v_claims -> 'iat') is distinct from 'number' then 'the token does not say when it was issued'
    when (v_claims ->> 'exp')::float8 <= v_now then 'the token has expired'
    when (v_claims ->> 'iat')::float8 > v_now + 30 then 'the token was issued in the future'
    when (v_claims ->> 'exp')::float8 - (v_claims ->> 'iat')::float8 > 900 then 'the token lives longer than 15 minutes'
    when jsonb_typeof(v_claims -> 'nbf') = 'number' and (v_claims ->> 'nbf')::float8 > v_now then 'the token is not valid yet'
    when coalesce(v_claims ->> 'sub', '') = '' then 'the token has no subject'
    when v_claims ->> 'role' is null or v_claims ->> 'role' = 'anon' then 'the token has no role'
    when coalesce(v_claims ->> 'tenant_id', '') !~ '^[1-9][0-9]{0,8}$' then 'the token has no tenant'
  end;
  if v_problem is null and not exists (
    select from fleet.tenant t where t.tenant_id = (v_claims ->> 'tenant_id')::int and t.active
  ) then
    v_problem := 'the token''s tenant is not active';
  end if;
  if v_problem is not null then
    raise sqlstate 'PT401' using
      message = v_problem,
      hint = 'Get a new token from your identity provider, or with ./dev token during development.';
  end if;
end
$_$;
ALTER FUNCTION auth.check_request() OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.check_request() IS 'Called by PostgREST before every request. Checks the claims that PostgREST checks only when present, or not at all, against the database''s clock: issuer, audience, expiry, age, subject, role and an active tenant. Takes or makes the request''s correlation id. Answers 401, 405 to whoever writes to a view, and 400 for a malformed X-Correlation-ID.';
CREATE FUNCTION auth.claims() RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select case when session_user = 'authenticator'
    then nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb
  end
$$;
ALTER FUNCTION auth.claims() OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.claims() IS 'The verified claims of the current request. Null for every login but PostgREST''s: any SQL user can set request.jwt.claims, so from them it says nothing.';
CREATE FUNCTION auth.correlation_id() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select nullif(pg_catalog.current_setting('request.correlation_id', true), '')
$$;
ALTER FUNCTION auth.correlation_id() OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.correlation_id() IS 'What the current HTTP request and everything it brings about are known by: its X-Correlation-ID, or the one that auth.check_request made for it. Null when there is no request.';
CREATE FUNCTION auth.request_header(name text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select nullif(pg_catalog.current_setting('request.headers', true), '')::json ->> name
$$;
ALTER FUNCTION auth.request_header(name text) OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.request_header(name text) IS 'A header of the current HTTP request by its name in lower case; null where the request has none, or there is no request. Any SQL user can set it: nothing may be allowed because of it.';
CREATE FUNCTION auth.subject() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce(auth.claims() ->> 'sub', session_user::text)
$$;
ALTER FUNCTION auth.subject() OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.subject() IS 'Who is asking: the token''s sub claim behind PostgREST, else the login.';
CREATE FUNCTION auth.tenant_id() RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int;
begin
  if session_user = 'authenticator' then
    v_tenant_id := (auth.claims() ->> 'tenant_id')::int;
  else
    select l.tenant_id into v_tenant_id from auth.login l where l.login_name = session_user;
  end if;
  if v_tenant_id is null then
    raise exception using
      errcode = '42501',
      message = 'no tenant for this session',
      hint = case when session_user = 'authenticator'
        then 'Use a token with a tenant_id claim.'
        else 'Ask a DBA to map the login to a tenant in auth.login.'
      end;
  end if;
  return v_tenant_id;
end
$$;
ALTER FUNCTION auth.tenant_id() OWNER TO vigil_owner;
COMMENT ON FUNCTION auth.tenant_id() IS 'The tenant of the current session: the token''s tenant_id claim behind PostgREST, the mapping in auth.login for any other login. Raises 42501 when there is none. Write it as (select auth.tenant_id()) so that it runs once per statement.';
CREATE FUNCTION detect.absorb_anomalies(tenant integer, anomaly bigint, absorbed bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  -- An alert goes over to the anomaly that stays, unless that one has an alert of the same rule.
  update alerting.alert al
  set anomaly_id = anomaly
  where al.tenant_id = tenant and al.alert_id in (
    select min(x.alert_id)
    from alerting.alert x
    where x.tenant_id = tenant and x.anomaly_id = any (absorbed)
      and not exists (
        select from alerting.alert own
        where own.tenant_id = tenant and own.anomaly_id = anomaly and own.rule_id = x.rule_id)
    group by x.rule_id
  );
  update detect.anomaly a
  set started_at = least(a.started_at, o.started_at),
    ended_at = greatest(a.ended_at, o.ended_at),
    acknowledged_at = coalesce(a.acknowledged_at, o.acknowledged_at),
    acknowledged_by = coalesce(a.acknowledged_by, o.acknowledged_by),
    note = coalesce(a.note, o.note),
    alert_pending = a.alert_pending or o.alert_pending
  from (
    select min(x.started_at) as started_at, max(x.ended_at) as ended_at, bool_or(x.alert_pending) as alert_pending,
      (pg_catalog.array_agg(x.acknowledged_at order by x.acknowledged_at))[1] as acknowledged_at,
      (pg_catalog.array_agg(x.acknowledged_by order by x.acknowledged_at))[1] as acknowledged_by,
      (pg_catalog.array_agg(x.note order by x.acknowledged_at) filter (where x.note is not null))[1] as note
    from detect.anomaly x
    where x.tenant_id = tenant and x.anomaly_id = any (absorbed)
  ) o
  where a.tenant_id = tenant and a.anomaly_id = anomaly;
  delete from detect.anomaly a where a.tenant_id = tenant and a.anomaly_id = any (absorbed);
end
$$;
ALTER FUNCTION detect.absorb_anomalies(tenant integer, anomaly bigint, absorbed bigint[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.absorb_anomalies(tenant integer, anomaly bigint, absorbed bigint[]) IS 'Makes several anomalies of a stream one, as when late readings turn out to connect them. The one that stays takes over their time span, acknowledgement and alerts.';
CREATE FUNCTION detect.active_model(tenant integer, stream integer) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
  select m.model_id
  from fleet.stream st
  join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
  left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
  join detect.model m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id and m.status = 'active'
  join detect.feature_set fs on fs.tenant_id = m.tenant_id and fs.feature_set_id = m.feature_set_id and fs.current
  left join fleet.site ms on ms.tenant_id = m.tenant_id and ms.site_id = m.site_id
  where st.tenant_id = active_model.tenant and st.stream_id = active_model.stream
    and case m.scope
      when 'stream' then m.stream_id = st.stream_id
      when 'device_model' then m.device_model = d.model
      when 'site' then s.path operator(public.<@) ms.path
      else true
    end
  order by pg_catalog.array_position(array['stream', 'device_model', 'site', 'profile'], m.scope),
    public.nlevel(ms.path) desc nulls last
  limit 1
$$;
ALTER FUNCTION detect.active_model(tenant integer, stream integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.active_model(tenant integer, stream integer) IS 'The narrowest active model that covers a stream: its own, else its device model''s, else that of the nearest site above it, else its profile''s. Models of an outdated feature set do not count. Null when none covers it.';
CREATE FUNCTION detect.close_anomalies(tenant integer) RETURNS bigint
    LANGUAGE sql
    AS $$
  with quiet as (
    select a.anomaly_id, a.state
    from detect.anomaly a
    join fleet.stream st on st.tenant_id = a.tenant_id and st.stream_id = a.stream_id
    left join detect.policy p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
    where a.tenant_id = close_anomalies.tenant and a.state <> 'closed'
      -- Normal readings end an episode; a device that fell silent keeps it open for a day.
      and (a.ended_at + coalesce(p.episode_gap, interval '30 minutes') < (
          select s.ts from detect.score s
          where s.tenant_id = a.tenant_id and s.stream_id = a.stream_id
          order by s.ts desc
          limit 1)
        or a.ended_at < pg_catalog.now() - interval '1 day')
  ),
  dropped as (
    delete from detect.anomaly a
    using quiet q
    where a.tenant_id = close_anomalies.tenant and a.anomaly_id = q.anomaly_id and q.state = 'candidate'
  ),
  closed as (
    update detect.anomaly a
    set state = 'closed', updated_at = pg_catalog.now()
    from quiet q
    where a.tenant_id = close_anomalies.tenant and a.anomaly_id = q.anomaly_id and q.state = 'open'
    returning a.anomaly_id
  )
  select pg_catalog.count(*) from closed
$$;
ALTER FUNCTION detect.close_anomalies(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.close_anomalies(tenant integer) IS 'Closes open anomalies whose stream has been normal for longer than the episode gap, or silent for a day, and drops candidates that came to nothing. Returns how many were closed.';
CREATE FUNCTION detect.compute_anomalies(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_island record;
  v_anomaly_id bigint;
  v_absorbed bigint[];
  v_changed bigint := 0;
begin
  for v_island in
    with taken as (
      delete from detect.score_change c where c.tenant_id = tenant
      returning c.stream_id, c.from_ts, c.to_ts
    ),
    span as (
      select t.stream_id, coalesce(p.episode_gap, interval '30 minutes') as gap,
        pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(
          t.from_ts - coalesce(p.episode_gap, interval '30 minutes'), t.to_ts + coalesce(p.episode_gap, interval '30 minutes'), '[]'))) as span
      from taken t
      join fleet.stream st on st.tenant_id = tenant and st.stream_id = t.stream_id
      left join detect.policy p on p.tenant_id = tenant and p.profile_id = st.profile_id
      group by t.stream_id, p.episode_gap
    ),
    point as (
      select s.stream_id, s.ts, p.gap, s.model_id, s.score,
        s.ts - pg_catalog.lag(s.ts) over (partition by s.stream_id order by s.ts) as since
      from span p
      join detect.score s on s.tenant_id = tenant and s.stream_id = p.stream_id
        and s.ts >= pg_catalog.lower(p.span) and s.ts <= pg_catalog.upper(p.span)
      join detect.model m on m.tenant_id = tenant and m.model_id = s.model_id
      where s.score >= m.thresholds[1]
        and s.ts >= (select pg_catalog.min(pg_catalog.lower(b.span)) from span b)
        and s.ts <= (select pg_catalog.max(pg_catalog.upper(b.span)) from span b)
    ),
    numbered as (
      select p.stream_id, p.ts, p.gap, p.model_id, p.score,
        pg_catalog.count(*) filter (where p.since is null or p.since > p.gap) over (partition by p.stream_id order by p.ts) as island
      from point p
    )
    select n.stream_id, n.gap, pg_catalog.min(n.ts) as from_ts, pg_catalog.max(n.ts) as to_ts, pg_catalog.count(*) as points,
      (pg_catalog.array_agg(n.model_id order by n.score desc, n.ts))[1] as model_id,
      (pg_catalog.array_agg(n.ts order by n.score desc, n.ts))[1] as peak_at,
      pg_catalog.max(n.score) as peak_score
    from numbered n
    group by n.stream_id, n.gap, n.island
    order by n.stream_id, pg_catalog.min(n.ts)
  loop
    select a.anomaly_id into v_anomaly_id
    from detect.anomaly a
    where a.tenant_id = tenant and a.stream_id = v_island.stream_id
      and a.started_at <= v_island.to_ts + v_island.gap and a.ended_at >= v_island.from_ts - v_island.gap
    order by (a.state = 'candidate'), a.started_at
    limit 1
    for update;
    if found then
      v_absorbed := array(
        select a.anomaly_id
        from detect.anomaly a
        where a.tenant_id = tenant and a.stream_id = v_island.stream_id and a.anomaly_id <> v_anomaly_id
          and a.started_at <= v_island.to_ts + v_island.gap and a.ended_at >= v_island.from_ts - v_island.gap
        order by a.anomaly_id
        for update);
      if v_absorbed <> '{}' then
        perform detect.absorb_anomalies(tenant, v_anomaly_id, v_absorbed);
      end if;
      update detect.anomaly a
      set started_at = least(a.started_at, v_island.from_ts), ended_at = greatest(a.ended_at, v_island.to_ts)
      where a.tenant_id = tenant and a.anomaly_id = v_anomaly_id
        and (a.started_at > v_island.from_ts or a.ended_at < v_island.to_ts);
    else
      insert into detect.anomaly (tenant_id, stream_id, model_id, severity, started_at, ended_at, points, peak_score, peak_at)
      values (tenant, v_island.stream_id, v_island.model_id, 'low', v_island.from_ts, v_island.to_ts, v_island.points,
        v_island.peak_score, v_island.peak_at)
      returning anomaly_id into v_anomaly_id;
    end if;
    if detect.refresh_anomaly(tenant, v_anomaly_id) then
      v_changed := v_changed + 1;
    end if;
  end loop;
  return v_changed + detect.close_anomalies(tenant);
end
$$;
ALTER FUNCTION detect.compute_anomalies(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.compute_anomalies(tenant integer) IS 'Turns new scores of the tenant into episodes: anomalous points closer than the episode gap belong together, an episode that is long and serious enough is reported as an anomaly, one that has gone quiet is closed. Returns how many anomalies changed.';
CREATE FUNCTION detect.compute_features(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_set record;
  v_rows bigint;
  v_total bigint := 0;
begin
  for v_set in
    with taken as (
      delete from fleet.reading_change c where c.tenant_id = tenant
      returning c.stream_id, c.from_ts, c.to_ts
    ),
    stale as (
      -- A late reading also changes the windows of the readings after it.
      select t.stream_id, fs.feature_set_id,
        pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(t.from_ts, t.to_ts + fs.longest_window, '[]'))) as span
      from taken t
      join fleet.stream st on st.tenant_id = tenant and st.stream_id = t.stream_id
      join detect.feature_set fs on fs.tenant_id = tenant and fs.profile_id = st.profile_id and fs.current
      group by t.stream_id, fs.feature_set_id
    ),
    spec as (
      select f.feature_set_id,
        coalesce(pg_catalog.array_agg(distinct f.time_window) filter (where f.time_window is not null), '{}') as windows
      from detect.feature f
      where f.tenant_id = tenant
      group by f.feature_set_id
    )
    select s.feature_set_id, sp.windows, fs.longest_window,
      pg_catalog.array_agg(s.stream_id) as streams,
      pg_catalog.array_agg(pg_catalog.lower(s.span)) as froms,
      pg_catalog.array_agg(pg_catalog.upper(s.span)) as tos,
      pg_catalog.min(pg_catalog.lower(s.span)) as earliest,
      pg_catalog.max(pg_catalog.upper(s.span)) as latest
    from stale s
    join spec sp using (feature_set_id)
    join detect.feature_set fs on fs.tenant_id = tenant and fs.feature_set_id = s.feature_set_id
    group by s.feature_set_id, sp.windows, fs.longest_window
  loop
    v_rows := detect.write_features(tenant, v_set.feature_set_id, v_set.windows, v_set.streams, v_set.froms, v_set.tos,
      v_set.earliest - v_set.longest_window, v_set.latest);
    v_total := v_total + v_rows;
  end loop;
  return v_total;
end
$$;
ALTER FUNCTION detect.compute_features(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.compute_features(tenant integer) IS 'Takes what fleet.reading_change says was written for the tenant and brings detect.device_feature up to date. Returns how many vectors changed. Running it again changes nothing.';
CREATE FUNCTION detect.compute_scores(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_rows bigint;
begin
  with taken as (
    delete from detect.feature_change c where c.tenant_id = tenant
    returning c.stream_id, c.from_ts, c.to_ts
  ),
  span as (
    select t.stream_id, pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(t.from_ts, t.to_ts, '[]'))) as span
    from taken t
    group by t.stream_id
  ),
  covered as materialized (
    select t.stream_id, detect.active_model(tenant, t.stream_id) as model_id
    from (select distinct s.stream_id from span s) t
  ),
  written as (
    insert into detect.score as s (tenant_id, stream_id, ts, model_id, score)
    select tenant, f.stream_id, f.ts, f.model_id, f.score
    from (
      -- In the order of models, so that each is decoded once. One stream after the other along the primary key,
      -- whatever the planner knows of chunks that were just filled.
      select d.stream_id, d.ts, c.model_id, vigil.anomaly_score(c.bytes, d.values) as score
      from (
        select c.stream_id, m.model_id, m.feature_set_id, m.bytes
        from covered c
        join detect.model m on m.tenant_id = tenant and m.model_id = c.model_id
        order by m.model_id, c.stream_id
        offset 0
      ) c
      join span p on p.stream_id = c.stream_id
      cross join lateral (
        select f.stream_id, f.ts, f.values
        from detect.device_feature f
        where f.tenant_id = tenant and f.stream_id = c.stream_id and f.feature_set_id = c.feature_set_id
          and f.ts >= pg_catalog.lower(p.span) and f.ts <= pg_catalog.upper(p.span)
          and f.ts >= (select pg_catalog.min(pg_catalog.lower(b.span)) from span b)
          and f.ts <= (select pg_catalog.max(pg_catalog.upper(b.span)) from span b)
        order by f.ts
      ) d
    ) f
    on conflict (tenant_id, stream_id, ts) do update
    set model_id = excluded.model_id, score = excluded.score
    where (s.model_id, s.score) is distinct from (excluded.model_id, excluded.score)
    returning s.stream_id, s.ts
  ),
  noted as (
    insert into detect.score_change (tenant_id, stream_id, from_ts, to_ts)
    select tenant, w.stream_id, pg_catalog.min(w.ts), pg_catalog.max(w.ts)
    from written w
    group by w.stream_id
  )
  select pg_catalog.count(*) into v_rows from written;
  return v_rows;
end
$$;
ALTER FUNCTION detect.compute_scores(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.compute_scores(tenant integer) IS 'Scores the new feature vectors of the tenant with the narrowest active model of each stream. Returns how many scores changed. Streams without a model are passed over; training one scores what lies after its window.';
CREATE FUNCTION detect.contributions(tenant integer, model integer, vector double precision[], strongest integer) RETURNS TABLE(feature text, metric text, unit text, statistic text, time_window interval, value double precision, low double precision, median double precision, high double precision, direction text, contribution double precision)
    LANGUAGE sql STABLE
    AS $$
  select f.name, k.name, k.unit, f.statistic, f.time_window,
    vector[f.position], m.feature_low[f.position], m.feature_median[f.position], m.feature_high[f.position],
    case
      when vector[f.position] > m.feature_high[f.position] then 'above'
      when vector[f.position] < m.feature_low[f.position] then 'below'
      else 'within'
    end,
    c.contribution
  from detect.model m
  cross join lateral pg_catalog.unnest(vigil.explain(m.bytes, vector)) with ordinality as c (contribution, position)
  join detect.feature f on f.tenant_id = m.tenant_id and f.feature_set_id = m.feature_set_id and f.position = c.position
  join detect.feature_set fs on fs.tenant_id = m.tenant_id and fs.feature_set_id = m.feature_set_id
  join fleet.metric k on k.tenant_id = m.tenant_id and k.profile_id = fs.profile_id and k.position = f.metric_position
  where m.tenant_id = tenant and m.model_id = model
  order by c.contribution desc, f.position
  limit strongest
$$;
ALTER FUNCTION detect.contributions(tenant integer, model integer, vector double precision[], strongest integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.contributions(tenant integer, model integer, vector double precision[], strongest integer) IS 'The features that contribute most to a vector''s score, strongest first, with value and typical range (1st to 99th percentile and median in training). All contributions of a vector add up to its score.';
CREATE FUNCTION detect.define_features(tenant integer, profile_id integer, spec jsonb DEFAULT NULL::jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
declare
  v_spec jsonb := coalesce(spec, '[{"statistic": "raw"}, {"statistic": "mean", "window": "1 hour"}, {"statistic": "stddev", "window": "1 hour"}, {"statistic": "slope", "window": "1 hour"}]');
  v_sha256 bytea;
  v_set_id int;
  v_unknown text;
begin
  if pg_catalog.jsonb_typeof(v_spec) <> 'array' or pg_catalog.jsonb_array_length(v_spec) = 0 then
    raise exception using
      errcode = '22023',
      message = 'the feature spec must be a non-empty array',
      hint = 'Give [{"statistic": "mean", "window": "1 hour", "metrics": ["battery"]}, {"statistic": "raw"}].';
  end if;
  select e.value ->> 'statistic' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where coalesce(e.value ->> 'statistic', '') not in ('raw', 'last', 'first', 'mean', 'stddev', 'min', 'max', 'slope', 'delta', 'count')
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('unknown statistic "%s"', v_unknown),
      hint = 'Use raw, last, first, mean, stddev, min, max, slope, delta or count.';
  end if;
  select e.value ->> 'statistic' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where (e.value ->> 'statistic' = 'raw') <> (e.value ->> 'window' is null)
    or not coalesce(pg_catalog.pg_input_is_valid(e.value ->> 'window', 'interval'), true)
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('statistic "%s" has a missing or malformed window', v_unknown),
      hint = 'Every statistic but raw takes a window such as "1 hour"; raw takes none.';
  end if;
  select e.value ->> 'window' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where not coalesce((e.value ->> 'window')::interval > interval '0' and (e.value ->> 'window')::interval <= interval '7 days', true)
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('window "%s" is not between nothing and 7 days', v_unknown),
      hint = 'Choose a window of up to 7 days.';
  end if;
  select e.value ->> 'statistic' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where pg_catalog.jsonb_typeof(e.value -> 'metrics') <> 'array' or e.value -> 'metrics' = '[]'
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('metrics of statistic "%s" must be a non-empty array', v_unknown),
      hint = 'Leave metrics out for all of the profile.';
  end if;
  select m.value into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  cross join pg_catalog.jsonb_array_elements_text(e.value -> 'metrics') as m
  where not exists (
    select from fleet.metric k
    where k.tenant_id = tenant and k.profile_id = profile_id and k.name = m.value
  )
  limit 1;
  if found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('metric "%s" is not in the profile', v_unknown),
      hint = 'GET /profiles lists the metrics.';
  end if;
  if (select pg_catalog.count(distinct (e.value ->> 'window')::interval) from pg_catalog.jsonb_array_elements(v_spec) e) > 4 then
    raise exception using
      errcode = '22023',
      message = 'a feature set has at most 4 different windows',
      hint = 'Leave out a window; each is one more pass over the readings.';
  end if;
  select pg_catalog.sha256(pg_catalog.convert_to(p.contract_sha256::text || v_spec::text, 'UTF8')) into v_sha256
  from fleet.profile p
  where p.tenant_id = tenant and p.profile_id = profile_id
  for update;
  if not found then
    raise exception using
      errcode = '42704',
      message = 'the profile does not exist',
      hint = 'GET /profiles lists the profiles.';
  end if;
  update detect.feature_set s set current = false
  where s.tenant_id = tenant and s.profile_id = profile_id and s.current;
  with element as (
    select e.ordinality, k.position, e.value ->> 'statistic' as statistic,
      (e.value ->> 'window')::interval as time_window, k.name
    from pg_catalog.jsonb_array_elements(v_spec) with ordinality as e
    join fleet.metric k on k.tenant_id = tenant and k.profile_id = profile_id
      and (e.value -> 'metrics' is null or e.value -> 'metrics' ? k.name)
  ),
  made as (
    insert into detect.feature_set (tenant_id, profile_id, spec_sha256, feature_count, longest_window)
    select tenant, profile_id, v_sha256, pg_catalog.count(*), coalesce(pg_catalog.max(e.time_window), interval '0')
    from element e
    returning feature_set_id
  )
  insert into detect.feature (tenant_id, feature_set_id, position, metric_position, statistic, time_window, name)
  select tenant, m.feature_set_id, pg_catalog.row_number() over (order by e.ordinality, e.position), e.position, e.statistic, e.time_window,
    case when e.statistic = 'raw' then e.name
      else pg_catalog.concat_ws(' ', e.name, e.statistic, e.time_window::text) end
  from element e
  cross join made m;
  select s.feature_set_id into v_set_id
  from detect.feature_set s
  where s.tenant_id = tenant and s.profile_id = profile_id and s.current;
  -- What was measured before gets features of the new set as well, so that a model can be trained on it.
  insert into fleet.reading_change (tenant_id, stream_id, from_ts, to_ts)
  select st.tenant_id, st.stream_id, pg_catalog.min(r.ts), pg_catalog.max(r.ts)
  from fleet.stream st
  join fleet.reading r on r.tenant_id = st.tenant_id and r.stream_id = st.stream_id
  where st.tenant_id = tenant and st.profile_id = profile_id
  group by st.tenant_id, st.stream_id;
  return v_set_id;
end
$$;
ALTER FUNCTION detect.define_features(tenant integer, profile_id integer, spec jsonb) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.define_features(tenant integer, profile_id integer, spec jsonb) IS 'Makes a new current feature set for a profile and returns its id. spec is an array of {statistic, window, metrics}: raw is the value itself, the others are computed over the window that ends at the reading; metrics left out means all. Null: raw, and mean, stddev and slope over one hour. Models keep the set they were trained on, so train again afterwards.';
CREATE FUNCTION detect.explanation(tenant integer, model integer, vector double precision[]) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
    'feature', c.feature, 'metric', c.metric, 'unit', nullif(c.unit, ''), 'statistic', c.statistic, 'window', c.time_window,
    'value', c.value, 'typical_low', c.low, 'typical_median', c.median, 'typical_high', c.high,
    'direction', c.direction, 'contribution', pg_catalog.round(c.contribution::numeric, 4)))
    order by c.contribution desc, c.feature), '[]')
  from detect.contributions(tenant, model, vector, 5) c
$$;
ALTER FUNCTION detect.explanation(tenant integer, model integer, vector double precision[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.explanation(tenant integer, model integer, vector double precision[]) IS 'The five strongest contributions to a vector''s score as a JSON array.';
CREATE FUNCTION detect.find_stream(tenant integer, device text, profile text, OUT stream_id integer, OUT metric_names text[]) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_streams int;
begin
  select pg_catalog.count(*) over (), st.stream_id, p.metric_names
  into v_streams, find_stream.stream_id, find_stream.metric_names
  from fleet.stream st
  join fleet.device d using (tenant_id, device_id)
  join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  where st.tenant_id = find_stream.tenant and d.external_id = find_stream.device
    and (find_stream.profile is null or p.name = find_stream.profile)
  order by st.stream_id
  limit 1;
  if v_streams is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('device "%s" does not exist or does not speak the profile', pg_catalog.left(find_stream.device, 200)),
      hint = 'GET /streams lists devices and their profiles.';
  end if;
  if v_streams > 1 then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('device "%s" speaks several profiles', pg_catalog.left(find_stream.device, 200)),
      hint = 'Name one with "profile".';
  end if;
end
$$;
ALTER FUNCTION detect.find_stream(tenant integer, device text, profile text, OUT stream_id integer, OUT metric_names text[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.find_stream(tenant integer, device text, profile text, OUT stream_id integer, OUT metric_names text[]) IS 'The stream of a device, and its metric names; the profile may be null where the device speaks only one. 42704 when there is none, 22023 when there are several.';
CREATE FUNCTION detect.refresh_anomaly(tenant integer, anomaly bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_anomaly detect.anomaly;
  v_peak record;
  v_points bigint;
  v_severity text;
  v_state text;
  v_explanation jsonb;
begin
  select a.* into strict v_anomaly
  from detect.anomaly a
  where a.tenant_id = tenant and a.anomaly_id = anomaly
  for update;
  select pg_catalog.count(*) into v_points
  from detect.score s
  join detect.model m on m.tenant_id = s.tenant_id and m.model_id = s.model_id
  where s.tenant_id = tenant and s.stream_id = v_anomaly.stream_id
    and s.ts between v_anomaly.started_at and v_anomaly.ended_at and s.score >= m.thresholds[1];
  select s.ts, s.score, s.model_id, m.thresholds, m.feature_set_id, coalesce(p.opens_at, 'high') as opens_at, coalesce(p.min_points, 2) as min_points
  into v_peak
  from detect.score s
  join detect.model m on m.tenant_id = s.tenant_id and m.model_id = s.model_id
  left join detect.policy p on p.tenant_id = m.tenant_id and p.profile_id = m.profile_id
  where s.tenant_id = tenant and s.stream_id = v_anomaly.stream_id
    and s.ts between v_anomaly.started_at and v_anomaly.ended_at and s.score >= m.thresholds[1]
  order by s.score desc, s.ts
  limit 1;
  v_severity := detect.severity(v_peak.score, v_peak.thresholds);
  v_state := case
    when v_anomaly.state <> 'candidate' then 'open'
    when v_points >= v_peak.min_points and detect.severity_rank(v_severity) >= detect.severity_rank(v_peak.opens_at) then 'open'
    else 'candidate'
  end;
  v_explanation := v_anomaly.explanation;
  if v_state = 'open' and (v_explanation is null or (v_anomaly.peak_at, v_anomaly.peak_score) is distinct from (v_peak.ts, v_peak.score)) then
    select detect.explanation(tenant, v_peak.model_id, f.values) into v_explanation
    from detect.device_feature f
    where f.tenant_id = tenant and f.stream_id = v_anomaly.stream_id
      and f.feature_set_id = v_peak.feature_set_id and f.ts = v_peak.ts;
  end if;
  update detect.anomaly a
  set model_id = v_peak.model_id, state = v_state, severity = v_severity, points = v_points,
    peak_score = v_peak.score, peak_at = v_peak.ts, explanation = v_explanation, updated_at = pg_catalog.now(),
    alert_pending = a.alert_pending or (v_state = 'open'
      and (v_anomaly.state = 'candidate' or detect.severity_rank(v_severity) > detect.severity_rank(v_anomaly.severity)))
  where a.tenant_id = tenant and a.anomaly_id = anomaly
    and (a.model_id, a.state, a.severity, a.points, a.peak_score, a.peak_at, a.explanation)
      is distinct from (v_peak.model_id, v_state, v_severity, v_points::int, v_peak.score, v_peak.ts, v_explanation);
  return found;
end
$$;
ALTER FUNCTION detect.refresh_anomaly(tenant integer, anomaly bigint) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.refresh_anomaly(tenant integer, anomaly bigint) IS 'Brings an anomaly''s points, peak, severity and explanation in line with the scores between its start and end, and reports a candidate that has become serious enough. True when something changed.';
CREATE FUNCTION detect.severity(score double precision, thresholds double precision[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when score >= thresholds[4] then 'critical'
    when score >= thresholds[3] then 'high'
    when score >= thresholds[2] then 'medium'
    when score >= thresholds[1] then 'low'
  end
$$;
ALTER FUNCTION detect.severity(score double precision, thresholds double precision[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.severity(score double precision, thresholds double precision[]) IS 'low, medium, high or critical by the four rising thresholds of a model; null below the first.';
CREATE FUNCTION detect.severity_rank(severity text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select pg_catalog.array_position(array['low', 'medium', 'high', 'critical'], severity)
$$;
ALTER FUNCTION detect.severity_rank(severity text) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.severity_rank(severity text) IS '1 for low to 4 for critical; null for anything else.';
CREATE FUNCTION detect.train(tenant integer, profile integer, scope text, target text, options jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_set detect.feature_set;
  v_stream_id int;
  v_device_model text;
  v_site_id int;
  v_streams int[];
  v_from timestamptz;
  v_to timestamptz;
  v_unknown text;
  v_forest jsonb := coalesce(options, '{}') - array['window', 'from', 'to', 'exclude_anomalies'];
  v_exclude boolean;
  v_seed bigint;
  v_quantiles float8[];
  v_bytes bytea;
  v_info jsonb;
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_model_id int;
begin
  select s.* into v_set
  from detect.feature_set s
  where s.tenant_id = train.tenant and s.profile_id = train.profile and s.current;
  if not found then
    raise exception using
      errcode = '42704',
      message = 'the profile does not exist or has no feature set',
      hint = 'GET /profiles lists the profiles.';
  end if;
  if coalesce(pg_catalog.jsonb_typeof(options), 'object') <> 'object' then
    raise exception using
      errcode = '22023',
      message = 'options must be a JSON object',
      hint = 'Give {"window": "14 days", "n_trees": 100, "sample_size": 256, "seed": 1}.';
  end if;
  select o.key into v_unknown
  from pg_catalog.jsonb_each(options) o
  where o.key in ('window') and not coalesce(pg_catalog.pg_input_is_valid(o.value #>> '{}', 'interval'), false)
    or o.key in ('from', 'to') and not coalesce(pg_catalog.pg_input_is_valid(o.value #>> '{}', 'timestamptz'), false)
    or o.key = 'exclude_anomalies' and pg_catalog.jsonb_typeof(o.value) <> 'boolean'
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('option "%s" is not valid', v_unknown),
      hint = 'window is an interval such as "14 days", from and to are timestamps, exclude_anomalies is true or false.';
  end if;
  if not coalesce(
    case when pg_catalog.pg_input_is_valid(options ->> 'seed', 'bigint') then (options ->> 'seed')::bigint >= 0 else options ->> 'seed' is null end, true) then
    raise exception using
      errcode = '22023',
      message = 'option "seed" must be an integer from 0 to 9223372036854775807',
      hint = 'Correct "seed" or leave it out to use its default.';
  end if;
  v_exclude := coalesce((options ->> 'exclude_anomalies')::boolean, true);
  case scope
    when 'profile' then
      v_streams := array(
        select st.stream_id from fleet.stream st
        where st.tenant_id = train.tenant and st.profile_id = train.profile
        order by st.stream_id);
    when 'stream' then
      v_streams := array(
        select st.stream_id from fleet.stream st
        join fleet.device d using (tenant_id, device_id)
        where st.tenant_id = train.tenant and st.profile_id = train.profile and d.external_id = target);
      v_stream_id := v_streams[1];
    when 'device_model' then
      v_streams := array(
        select st.stream_id from fleet.stream st
        join fleet.device d using (tenant_id, device_id)
        where st.tenant_id = train.tenant and st.profile_id = train.profile and d.model = target
        order by st.stream_id);
      v_device_model := target;
    when 'site' then
      select s.site_id into v_site_id
      from fleet.site s
      where s.tenant_id = train.tenant and s.path::text = target;
      v_streams := array(
        select st.stream_id from fleet.stream st
        join fleet.device d using (tenant_id, device_id)
        join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
        join fleet.site top on top.tenant_id = s.tenant_id and top.site_id = v_site_id
        where st.tenant_id = train.tenant and st.profile_id = train.profile and s.path operator(public.<@) top.path
        order by st.stream_id);
    else
      raise exception using
        errcode = '22023',
        message = pg_catalog.format('unknown scope "%s"', scope),
        hint = 'Use profile, site, device_model or stream.';
  end case;
  if v_streams = '{}' then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('no stream of the profile matches %s "%s"', scope, coalesce(target, '')),
      hint = 'GET /streams and GET /devices list devices, models and sites.';
  end if;
  -- Readings that the features job has not reached yet count as well.
  perform detect.compute_features(tenant);
  -- The scores job passes over streams without a model; so whether it ran before must make no difference.
  delete from detect.feature_change c
  where c.tenant_id = train.tenant and c.stream_id = any (v_streams)
    and detect.active_model(train.tenant, c.stream_id) is null;
  v_to := coalesce((options ->> 'to')::timestamptz, (
    select pg_catalog.max(l.ts) from fleet.latest l
    where l.tenant_id = train.tenant and l.stream_id = any (v_streams)));
  v_from := coalesce((options ->> 'from')::timestamptz,
    v_to - coalesce((options ->> 'window')::interval, interval '14 days'));
  v_seed := coalesce((v_forest ->> 'seed')::bigint, v_set.feature_set_id);
  v_forest := v_forest || pg_catalog.jsonb_build_object('seed', v_seed);
  select vigil.forest_agg(f.values, v_forest) into v_bytes
  from (
    select d.values
    from detect.device_feature d
    where d.tenant_id = train.tenant and d.stream_id = any (v_streams) and d.feature_set_id = v_set.feature_set_id
      and d.ts >= v_from and d.ts <= v_to
      and not (v_exclude and exists (
        select from detect.anomaly a
        where a.tenant_id = train.tenant and a.stream_id = d.stream_id and a.state <> 'candidate'
          and d.ts between a.started_at and a.ended_at))
    order by d.stream_id, d.ts
  ) f;
  v_info := vigil.forest_info(v_bytes);
  select coalesce(pg_catalog.max(p.threshold_quantiles), '{0.99,0.995,0.999,1}') into v_quantiles
  from detect.policy p
  where p.tenant_id = train.tenant and p.profile_id = train.profile;
  update detect.model m
  set status = 'superseded'
  where m.tenant_id = train.tenant and m.profile_id = train.profile and m.status = 'active' and m.scope = train.scope
    and m.stream_id is not distinct from v_stream_id
    and m.device_model is not distinct from v_device_model
    and m.site_id is not distinct from v_site_id;
  insert into detect.model (
    tenant_id, profile_id, feature_set_id, feature_set_sha256, scope, stream_id, device_model, site_id,
    bytes, seed, options, trained_from, trained_to, row_count, score_quantiles, thresholds,
    feature_low, feature_median, feature_high, trained_by, training_time)
  select train.tenant, train.profile, v_set.feature_set_id, v_set.spec_sha256, train.scope, v_stream_id, v_device_model, v_site_id,
    v_bytes, v_seed, coalesce(options, '{}'), v_from, v_to, (v_info ->> 'rows')::bigint, v_info -> 'score_quantiles',
    array(select (v_info -> 'score_quantiles' ->> q.quantile::text)::float8 from pg_catalog.unnest(v_quantiles) with ordinality as q (quantile, n) order by q.n),
    r.low, r.median, r.high, auth.subject(), pg_catalog.clock_timestamp() - v_started
  from (
    select pg_catalog.array_agg(t.low order by t.feature) as low,
      pg_catalog.array_agg(t.median order by t.feature) as median,
      pg_catalog.array_agg(t.high order by t.feature) as high
    from vigil.typical_range(v_bytes) t
  ) r
  returning model_id into v_model_id;
  -- What was measured after the training window and is covered by this model is scored by it.
  insert into detect.feature_change (tenant_id, stream_id, from_ts, to_ts)
  select l.tenant_id, l.stream_id, v_to + interval '1 microsecond', l.ts
  from fleet.latest l
  where l.tenant_id = train.tenant and l.stream_id = any (v_streams) and l.ts > v_to
    and detect.active_model(train.tenant, l.stream_id) = v_model_id;
  return v_model_id;
end
$$;
ALTER FUNCTION detect.train(tenant integer, profile integer, scope text, target text, options jsonb) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.train(tenant integer, profile integer, scope text, target text, options jsonb) IS 'Trains a forest on the features of a scope''s streams in a time window, makes it the active model of that scope and returns model_id. scope: profile, site (target: path), device_model (target: model) or stream (target: device). options: window (14 days, back from the newest reading), from, to, exclude_anomalies (true), and those of vigil.forest_agg. 22023 for bad options or too few rows, 42704 for an unknown target.';
CREATE FUNCTION detect.train_due(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_scope record;
  v_trained bigint := 0;
  v_code text;
  v_message text;
  v_hint text;
begin
  for v_scope in
    select m.profile_id, m.scope,
      case m.scope when 'stream' then d.external_id when 'device_model' then m.device_model when 'site' then s.path::text end as target,
      m.options - array['from', 'to'] as options
    from detect.model m
    left join fleet.stream st on st.tenant_id = m.tenant_id and st.stream_id = m.stream_id
    left join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
    left join fleet.site s on s.tenant_id = m.tenant_id and s.site_id = m.site_id
    where m.tenant_id = tenant and m.status = 'active'
    union all
    select p.profile_id, 'profile', null, '{}'
    from fleet.profile p
    where p.tenant_id = tenant
      and not exists (
        select from detect.model m
        where m.tenant_id = p.tenant_id and m.profile_id = p.profile_id and m.status = 'active')
      and exists (
        select from fleet.stream st
        join fleet.latest l on l.tenant_id = st.tenant_id and l.stream_id = st.stream_id
        where st.tenant_id = p.tenant_id and st.profile_id = p.profile_id)
    order by 1, 2, 3
  loop
    begin
      perform detect.train(tenant, v_scope.profile_id, v_scope.scope, v_scope.target, v_scope.options);
      v_trained := v_trained + 1;
    exception when others then
      -- One scope that cannot be trained (too few rows yet) must not keep the others from training.
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, error_code, message, hint)
      values ('train', tenant, pg_catalog.now(), pg_catalog.clock_timestamp(), 'error', v_code,
        pg_catalog.format('profile %s, scope %s %s: %s', v_scope.profile_id, v_scope.scope, coalesce(v_scope.target, ''), v_message), nullif(v_hint, ''));
    end;
  end loop;
  return v_trained;
end
$$;
ALTER FUNCTION detect.train_due(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.train_due(tenant integer) IS 'Trains every active model of the tenant anew on its own scope and options, and a profile-wide model for each profile with readings that has none. A scope that fails is recorded in ops.job_run and keeps its old model. Returns how many were trained.';
CREATE FUNCTION detect.vector_at(tenant integer, stream integer, feature_set integer, at timestamp with time zone, reading double precision[]) RETURNS double precision[]
    LANGUAGE sql STABLE
    AS $$
  select pg_catalog.array_agg(
    case when f.statistic = 'raw' then reading[f.metric_position]
      else (vigil.features(w.state, array[f.statistic], array[f.metric_position], f.time_window / 2))[1] end
    order by f.position)
  from detect.feature f
  left join (
    select g.time_window, (
      select vigil.stats_agg(x.ts, x.values)
      from (
        select r.ts, r.values
        from fleet.reading r
        where r.tenant_id = vector_at.tenant and r.stream_id = vector_at.stream
          and r.ts >= vector_at.at - g.time_window and r.ts < vector_at.at
        union all
        select vector_at.at, vector_at.reading
      ) x
    ) as state
    from (
      select distinct n.time_window
      from detect.feature n
      where n.tenant_id = vector_at.tenant and n.feature_set_id = vector_at.feature_set and n.time_window is not null
    ) g
  ) w on w.time_window = f.time_window
  where f.tenant_id = vector_at.tenant and f.feature_set_id = vector_at.feature_set
$$;
ALTER FUNCTION detect.vector_at(tenant integer, stream integer, feature_set integer, at timestamp with time zone, reading double precision[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.vector_at(tenant integer, stream integer, feature_set integer, at timestamp with time zone, reading double precision[]) IS 'The feature vector a stream would have if the reading arrived at that time: windows are filled from the stored readings before it.';
CREATE FUNCTION detect.write_features(tenant integer, feature_set integer, windows interval[], streams integer[], froms timestamp with time zone[], tos timestamp with time zone[], earliest timestamp with time zone, latest timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_raw int[];
  v_order int[];
  v_statistics1 text[]; v_elements1 int[];
  v_statistics2 text[]; v_elements2 int[];
  v_statistics3 text[]; v_elements3 int[];
  v_statistics4 text[]; v_elements4 int[];
  v_rows bigint;
begin
  -- The vector is put together window by window and then brought into the order of the feature set. What changes or
  -- spreads is left open until half the window is covered: the first two readings of a stream, or after a gap, would
  -- pass for a slope over hours.
  select
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window is null), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[1]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[1]), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[2]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[2]), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[3]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[3]), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[4]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[4]), '{}')
  into v_raw, v_statistics1, v_elements1, v_statistics2, v_elements2, v_statistics3, v_elements3, v_statistics4, v_elements4
  from detect.feature f
  where f.tenant_id = tenant and f.feature_set_id = feature_set;
  select pg_catalog.array_agg(g.place order by g.position) into v_order
  from (
    select f.position,
      pg_catalog.row_number() over (order by coalesce(pg_catalog.array_position(windows, f.time_window), 0), f.position)::int as place
    from detect.feature f
    where f.tenant_id = tenant and f.feature_set_id = feature_set
  ) g;
  with span as (
    select s.stream_id, s.from_ts, s.to_ts
    from unnest(streams, froms, tos) as s (stream_id, from_ts, to_ts)
  ),
  windowed as (
    -- A window the set does not have is one reading wide and yields nothing.
    select s.stream_id, s.from_ts, s.to_ts, r.ts, r.values,
      vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[1], interval '0') preceding and current row) as state1,
      case when windows[2] is not null then vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[2], interval '0') preceding and current row) end as state2,
      case when windows[3] is not null then vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[3], interval '0') preceding and current row) end as state3,
      case when windows[4] is not null then vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[4], interval '0') preceding and current row) end as state4
    from span s
    cross join lateral (
      -- Along the primary key, whatever the planner knows of chunks that were just filled.
      select g.ts, g.values
      from fleet.reading g
      where g.tenant_id = tenant and g.stream_id = s.stream_id
        and g.ts >= s.from_ts - coalesce(windows[pg_catalog.cardinality(windows)], interval '0') and g.ts <= s.to_ts
        and g.ts >= earliest and g.ts <= latest
      order by g.ts
      offset 0
    ) r
    window w as (partition by s.stream_id, s.from_ts order by r.ts)
  ),
  written as (
    insert into detect.device_feature as d (tenant_id, stream_id, feature_set_id, ts, values)
    select tenant, x.stream_id, feature_set, x.ts,
      vigil.gather(
        vigil.gather(x.values, v_raw)
          || case when v_elements1 <> '{}' then vigil.features(x.state1, v_statistics1, v_elements1, windows[1] / 2) else '{}' end
          || case when v_elements2 <> '{}' then vigil.features(x.state2, v_statistics2, v_elements2, windows[2] / 2) else '{}' end
          || case when v_elements3 <> '{}' then vigil.features(x.state3, v_statistics3, v_elements3, windows[3] / 2) else '{}' end
          || case when v_elements4 <> '{}' then vigil.features(x.state4, v_statistics4, v_elements4, windows[4] / 2) else '{}' end,
        v_order)
    from windowed x
    where x.ts >= x.from_ts
    order by x.stream_id, x.ts
    on conflict (tenant_id, stream_id, feature_set_id, ts) do update
    set values = excluded.values
    where d.values is distinct from excluded.values
    returning d.stream_id, d.ts
  ),
  noted as (
    insert into detect.feature_change (tenant_id, stream_id, from_ts, to_ts)
    select tenant, w.stream_id, pg_catalog.min(w.ts), pg_catalog.max(w.ts)
    from written w
    group by w.stream_id, pg_catalog.date_bin('1 hour', w.ts, '2000-01-01')
  )
  select pg_catalog.count(*) into v_rows from written;
  return v_rows;
end
$$;
ALTER FUNCTION detect.write_features(tenant integer, feature_set integer, windows interval[], streams integer[], froms timestamp with time zone[], tos timestamp with time zone[], earliest timestamp with time zone, latest timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION detect.write_features(tenant integer, feature_set integer, windows interval[], streams integer[], froms timestamp with time zone[], tos timestamp with time zone[], earliest timestamp with time zone, latest timestamp with time zone) IS 'Computes one feature set for the readings of the given streams and spans (three arrays side by side) and logs what changed. windows are the set''s different windows in ascending order, at most four; earliest and latest bound what is read, so that chunks outside are skipped.';
CREATE FUNCTION fleet.accepted_times(tenant integer, OUT earliest timestamp with time zone, OUT latest timestamp with time zone) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  select greatest('2000-01-01 00:00:00+00', pg_catalog.now() - t.past_tolerance), pg_catalog.now() + t.future_tolerance
  from fleet.tenant t
  where t.tenant_id = tenant
$$;
ALTER FUNCTION fleet.accepted_times(tenant integer, OUT earliest timestamp with time zone, OUT latest timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.accepted_times(tenant integer, OUT earliest timestamp with time zone, OUT latest timestamp with time zone) IS 'Between which times a reading that arrives now must lie: by the tenant''s tolerances, and not before the year 2000. Nulls for a tenant that does not exist.';
CREATE FUNCTION fleet.append_unknown_metrics(tenant integer, bodies jsonb[]) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_unknown record;
begin
  if not exists (select from fleet.tenant t where t.tenant_id = tenant and t.unknown_metric = 'append') then
    return;
  end if;
  for v_unknown in
    with reading as materialized (
      select e.position, e.body ->> 'device' as device, e.body ->> 'profile' as profile,
        case
          when pg_catalog.jsonb_typeof(e.body -> 'metrics') = 'object' then e.body -> 'metrics'
          when e.body -> 'metrics' <> 'null' then null
          when pg_catalog.jsonb_typeof(e.body -> 'metric') = 'string' and e.body ? 'value'
            then pg_catalog.jsonb_build_object(e.body ->> 'metric', e.body -> 'value')
        end as metrics
      from pg_catalog.unnest(bodies) with ordinality as e (body, position)
      where pg_catalog.jsonb_typeof(e.body) = 'object' and pg_catalog.jsonb_typeof(e.body -> 'device') = 'string'
    ),
    measured as materialized (
      select r.device, r.profile, m.key as metric, min(r.position) as first_seen
      from reading r
      cross join lateral pg_catalog.jsonb_each(r.metrics) as m
      where pg_catalog.jsonb_typeof(m.value) in ('number', 'null') and m.key ~ '^[A-Za-z_][A-Za-z0-9_.%/-]{0,62}$'
      group by r.device, r.profile, m.key
    ),
    -- Whose metrics they are: of the profile that the reading names, or of the only one that the device speaks.
    sender as materialized (
      select n.device, n.profile, coalesce(p.profile_id, s.profile_id) as profile_id
      from (select distinct m.device, m.profile from measured m) n
      join fleet.tenant t on t.tenant_id = tenant
      left join fleet.device d on d.tenant_id = tenant and d.external_id = n.device
      left join fleet.profile p on p.tenant_id = tenant and p.name = n.profile
      left join lateral (
        select min(st.profile_id) as profile_id
        from fleet.stream st
        where st.tenant_id = tenant and st.device_id = d.device_id and n.profile is null
        having pg_catalog.count(*) = 1
      ) s on true
      where d.device_id is not null or t.unknown_device = 'register'
    )
    select x.profile_id, pg_catalog.array_agg(x.metric order by x.first_seen, x.metric) as metrics
    from (
      select p.profile_id, m.metric, min(m.first_seen) as first_seen
      from measured m
      join sender s on s.device = m.device and s.profile is not distinct from m.profile
      join fleet.profile p on p.tenant_id = tenant and p.profile_id = s.profile_id
      where m.metric <> all (p.metric_names)
      group by p.profile_id, m.metric
    ) x
    group by x.profile_id
    order by x.profile_id
  loop
    -- Whoever waits here finds below what the other request has appended.
    perform from fleet.profile p where p.tenant_id = tenant and p.profile_id = v_unknown.profile_id for no key update;
    insert into fleet.metric (tenant_id, profile_id, position, name)
    select p.tenant_id, p.profile_id, null, u.metric
    from fleet.profile p
    cross join lateral (
      select n.metric, n.position
      from pg_catalog.unnest(v_unknown.metrics) with ordinality as n (metric, position)
      where n.metric <> all (p.metric_names)
      order by n.position
      limit 4096 - pg_catalog.cardinality(p.metric_names)
    ) u
    where p.tenant_id = tenant and p.profile_id = v_unknown.profile_id
    order by u.position;
  end loop;
end
$_$;
ALTER FUNCTION fleet.append_unknown_metrics(tenant integer, bodies jsonb[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.append_unknown_metrics(tenant integer, bodies jsonb[]) IS 'Appends the metrics that readings bring and their profile lacks, where the tenant wants it: in the order in which they come, as gauges without a unit, up to the 4096 that a profile may have. Call it before streams are opened: then every request locks profiles first.';
CREATE FUNCTION fleet.buckets_of_readings(tenant integer, stream integer, metric integer, within tstzmultirange, bucket interval) RETURNS TABLE(ts timestamp with time zone, n bigint, average double precision, minimum double precision, maximum double precision)
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
  -- More ranges than this are read in one sweep over all of them.
  c_most constant int := 8;
  v_from timestamptz;
  v_to timestamptz;
begin
  for v_from, v_to in
    select lower(s.sweep), upper(s.sweep)
    from (
      select w.sweep, count(*) over () as sweeps
      from unnest(within) as w (sweep)
    ) s
    where s.sweeps <= c_most
    union all
    select lower(within), upper(within)
    where (select count(*) from unnest(within)) > c_most
  loop
    return query
    select pg_catalog.date_bin(buckets_of_readings.bucket, r.ts, '2000-01-01 00:00:00+00'), count(*), avg(r.values[metric]),
      min(r.values[metric]), max(r.values[metric])
    from (
      select h.ts, h.values
      from fleet.reading h
      where h.tenant_id = tenant and h.stream_id = stream and h.ts >= v_from and h.ts < v_to
      union all
      select x.ts, x.values
      from fleet.restored_reading x
      where x.tenant_id = tenant and x.stream_id = stream and x.ts >= v_from and x.ts < v_to
    ) r
    where r.ts <@ within and r.values[metric] is not null
    group by 1;
  end loop;
end
$$;
ALTER FUNCTION fleet.buckets_of_readings(tenant integer, stream integer, metric integer, within tstzmultirange, bucket interval) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.buckets_of_readings(tenant integer, stream integer, metric integer, within tstzmultirange, bucket interval) IS 'Count, average, minimum and maximum of a metric, given by its position, in a stream''s readings within ranges of time, per bucket; those brought back from archives included. A bucket that several ranges have a part of comes in as many rows.';
CREATE FUNCTION fleet.create_profile(tenant integer, profile text, metrics jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_profile_id int;
  v_metric jsonb;
begin
  if pg_catalog.jsonb_typeof(metrics) is distinct from 'array' or pg_catalog.jsonb_array_length(metrics) = 0 then
    raise exception using
      errcode = '22023',
      message = 'metrics must be a non-empty array',
      hint = 'Give names, ["battery", "storage"], or objects, [{"name": "battery", "unit": "%", "kind": "gauge"}].';
  end if;
  insert into fleet.profile (tenant_id, name) values (tenant, profile) returning profile_id into v_profile_id;
  for v_metric in select e.value from pg_catalog.jsonb_array_elements(metrics) with ordinality as e order by e.ordinality loop
    if pg_catalog.jsonb_typeof(v_metric) = 'string' then
      v_metric := pg_catalog.jsonb_build_object('name', v_metric);
    end if;
    insert into fleet.metric (tenant_id, profile_id, position, name, unit, kind, description)
    values (tenant, v_profile_id, null, v_metric ->> 'name', coalesce(v_metric ->> 'unit', ''),
      coalesce(v_metric ->> 'kind', 'gauge'), v_metric ->> 'description');
  end loop;
  perform detect.define_features(tenant, v_profile_id, null);
  return v_profile_id;
end
$$;
ALTER FUNCTION fleet.create_profile(tenant integer, profile text, metrics jsonb) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.create_profile(tenant integer, profile text, metrics jsonb) IS 'Makes a profile from an array of metric names or objects (name, unit, kind, description), with the default feature set. Returns profile_id. 23505 when the name is taken, 22023 or 23514 for malformed metrics.';
CREATE FUNCTION fleet.csv_fields(line text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select pg_catalog.string_to_array(
    pg_catalog.replace(pg_catalog.regexp_replace(line, ',(?=(?:[^"]*"[^"]*")*[^"]*$)', pg_catalog.chr(31), 'g'), '"', ''),
    pg_catalog.chr(31), '')
$_$;
ALTER FUNCTION fleet.csv_fields(line text) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.csv_fields(line text) IS 'The fields of a line of comma-separated values, null for an empty one. Commas between quotes belong to the field; the quotes themselves are dropped. Fields with line breaks are not understood.';
CREATE FUNCTION fleet.csv_readings(lines json) RETURNS json
    LANGUAGE sql STABLE
    AS $_$
  select coalesce(pg_catalog.json_agg(
    case
      -- Left to ingestion, which refuses this reading alone.
      when not e.sound then e.line
      when r.narrow then pg_catalog.json_build_object('device', r.device, 'profile', r.profile, 'ts', r.ts,
        'metric', r.metric, 'value', r.measured -> 'value')
      else pg_catalog.json_build_object('device', r.device, 'profile', r.profile, 'ts', r.ts, 'metrics', r.measured)
    end order by e.position), '[]')
  from (
    select x.line, x.position,
      -- Only a NUL character makes fields that jsonb refuses.
      pg_catalog.strpos(x.line::text, '\u0000') = 0 or pg_catalog.pg_input_is_valid(x.line::text, 'jsonb') as sound
    from pg_catalog.json_array_elements(lines) with ordinality as x (line, position)
  ) e
  cross join lateral (
    select
      max(f.content) filter (where f.name = 'device') as device,
      max(f.content) filter (where f.name = 'profile') as profile,
      max(f.content) filter (where f.name = 'ts') as ts,
      max(f.content) filter (where f.name = 'metric') as metric,
      pg_catalog.count(*) filter (where f.name in ('metric', 'value')) = 2 as narrow,
      coalesce(pg_catalog.jsonb_object_agg(f.name,
        case
          when f.content ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' and pg_catalog.pg_input_is_valid(f.content, 'numeric')
            then pg_catalog.to_jsonb(f.content::numeric)
          else pg_catalog.to_jsonb(f.content)
        end) filter (where f.content is not null and f.name not in ('device', 'profile', 'ts')), '{}') as measured
    from (
      -- A byte order mark and blanks around names are common in exported files. The offset keeps each trimming to once.
      select pg_catalog.btrim(k.key, E' \t' || pg_catalog.chr(65279)) as name, nullif(pg_catalog.btrim(k.value), '') as content
      from pg_catalog.json_each_text(case when e.sound then e.line else '{}' end) as k
      offset 0
    ) f
  ) r
$_$;
ALTER FUNCTION fleet.csv_readings(lines json) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.csv_readings(lines json) IS 'Readings for fleet.ingest out of what PostgREST makes of comma-separated values: an array of objects whose values are text, null for the word NULL. The columns device, ts and, where wanted, profile are a reading''s own. With columns metric and value each line is a narrow reading, otherwise a wide one with a metric for every other column. Empty fields are not reported; what is no number stays text and is refused by ingestion.';
CREATE FUNCTION fleet.decide_rollups(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
  -- Enough for ten readings of whoever reports often enough for a day's summary to be smaller.
  c_newest constant interval := interval '2 days';
  v_first timestamptz;
  v_last timestamptz;
  v_due bigint;
begin
  select pg_catalog.min(c.from_ts) - c_newest, pg_catalog.max(c.to_ts) into v_first, v_last
  from fleet.rollup_change c
  where c.tenant_id = tenant;
  -- Streams that just wrote and whose last decision is older than an hour, or was never made.
  with asked as (
    select st.stream_id, ro.bucket
    from (select distinct c.stream_id from fleet.rollup_change c where c.tenant_id = tenant) w
    join fleet.stream st on st.tenant_id = tenant and st.stream_id = w.stream_id
    join fleet.rollups_of(tenant) ro on ro.profile_id = st.profile_id and ro.enabled
    left join fleet.stream_rollup sr
      on sr.tenant_id = tenant and sr.stream_id = st.stream_id and sr.bucket = ro.bucket
    where sr.stream_id is null
      or (not sr.made and sr.decided_at < pg_catalog.now() - interval '1 hour')
  ),
  rate as materialized (
    -- The newest readings tell how often the stream reports and how large its readings and their summaries are.
    -- With the widths asked for: the planner expects few streams, and would compare each with each to join them again.
    select s.stream_id, s.buckets, n.readings, n.seconds, n.reading_bytes, n.summary_bytes
    from (select a.stream_id, pg_catalog.array_agg(a.bucket) as buckets from asked a group by a.stream_id) s
    cross join lateral (
      select count(*) as readings,
        extract(epoch from max(r.ts) - min(r.ts)) as seconds,
        -- 40 bytes of row and page headers, and the entry in the index.
        avg(pg_catalog.pg_column_size(r.values)) + 40 + 24 as reading_bytes,
        -- The state, the figures beside it, row headers, those of the pieces that the state is stored in, index entries.
        pg_catalog.pg_column_size(vigil.stats_agg(r.ts, r.values)) + 28 * max(cardinality(r.values)) + 4 * 24 + 240 as summary_bytes
      from (
        select l.ts, l.values
        from fleet.reading l
        where l.tenant_id = tenant and l.stream_id = s.stream_id and l.ts >= v_first and l.ts <= v_last
        order by l.ts desc
        limit 100
      ) r
    ) n
  ),
  decided as (
    insert into fleet.stream_rollup as d (tenant_id, stream_id, bucket, made)
    select tenant, r.stream_id, a.bucket,
      -- Smaller than what it stands for.
      coalesce(extract(epoch from a.bucket) * (r.readings - 1) / nullif(r.seconds, 0) * r.reading_bytes > r.summary_bytes, false)
    from rate r
    cross join lateral pg_catalog.unnest(r.buckets) as a (bucket)
    -- Fewer readings say nothing about a rate; the stream is asked again when it writes.
    where r.readings >= 10
    on conflict (tenant_id, stream_id, bucket) do update
    set made = excluded.made, decided_at = excluded.decided_at
    returning d.stream_id, d.bucket, d.made
  )
  -- What a stream reported before it got its summaries.
  insert into fleet.rollup_due (tenant_id, stream_id, bucket, ts)
  select distinct tenant, d.stream_id, d.bucket, pg_catalog.date_bin(d.bucket, r.ts, '2000-01-01 00:00:00+00')
  from decided d
  join fleet.reading r on r.tenant_id = tenant and r.stream_id = d.stream_id
  where d.made
  on conflict (tenant_id, stream_id, bucket, ts) do nothing;
  get diagnostics v_due = row_count;
  return v_due;
end
$$;
ALTER FUNCTION fleet.decide_rollups(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.decide_rollups(tenant integer) IS 'Decides for streams of a tenant that wrote, at most once an hour each, which bucket widths make their readings smaller; such a decision stands. Marks all their buckets of new widths as due and returns how many.';
CREATE FUNCTION fleet.expire_rollups() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_removed bigint;
begin
  delete from fleet.reading_rollup k
  using fleet.tenant t
  cross join lateral fleet.rollups_of(t.tenant_id) ro
  join fleet.stream st on st.tenant_id = t.tenant_id and st.profile_id = ro.profile_id
  left join ops.retention_scope('readings') s on s.tenant_id = t.tenant_id and s.profile_id = ro.profile_id
  where k.tenant_id = st.tenant_id and k.stream_id = st.stream_id and k.bucket = ro.bucket
    and k.ts + k.bucket < coalesce(pg_catalog.now() - ro.retention, s.summaries_before);
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
ALTER FUNCTION fleet.expire_rollups() OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.expire_rollups() IS 'Removes the buckets of all tenants that ended longer ago than their rollup is kept, or than the policy over readings keeps summaries. Returns how many.';
CREATE FUNCTION fleet.export(tenant integer, profile text, since text, max_readings integer, OUT content text, OUT watermark text, OUT more boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  c_time_limit constant interval := interval '5 seconds';
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_profile fleet.profile;
  v_part text[];
  v_kind text;
  v_xid xid8;
  v_as_of bigint;
  v_change_id bigint;
  v_stream int;
  v_ts timestamptz;
  -- Whatever began before this transaction has ended, and is seen as a whole.
  v_end xid8 := pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot());
  v_left int := max_readings;
  v_entry record;
  v_lines record;
  v_parts text[];
begin
  select p.* into v_profile from fleet.profile p where p.tenant_id = export.tenant and p.name = export.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', pg_catalog.left(profile, 200)),
      hint = 'GET /profiles lists the profiles.';
  end if;
  if v_profile.metric_names && '{device,profile,ts}' or v_profile.metric_names @> '{metric,value}' then
    raise exception using
      errcode = '0A000',
      message = 'a metric of the profile has the name of a column: device, profile, ts, or metric and value',
      hint = 'Read GET /telemetry with Accept: text/csv instead, which has a line for each value.';
  end if;
  if coalesce(max_readings not between 1 and 50000, true) then
    raise exception using
      errcode = '22023',
      message = 'max_readings must be from 1 to 50000',
      hint = 'Leave it out for 10000, and go on from the X-Next-Watermark of the answer.';
  end if;
  if since is null then
    -- All there is first, then what changed since that began.
    v_kind := 'a';
    v_xid := v_end;
    v_as_of := extract(epoch from pg_catalog.now());
    v_change_id := 0;
    v_stream := 0;
    v_ts := '-infinity';
  else
    v_part := pg_catalog.regexp_match(since, '^([ac])\.(\d{1,19})\.(\d{1,11})\.(\d{1,18})\.(\d{1,9})\.(-?\d{1,17}|-infinity)$');
    if v_part is null then
      raise exception using
        errcode = '22023',
        message = 'the watermark is not valid',
        hint = 'Send the X-Next-Watermark of the last answer as it is, or none to begin with all readings.';
    end if;
    v_kind := v_part[1];
    v_xid := v_part[2]::xid8;
    v_as_of := v_part[3]::bigint;
    v_change_id := v_part[4]::bigint;
    v_stream := v_part[5]::int;
    v_ts := case v_part[6] when '-infinity' then '-infinity' else timestamptz '2000-01-01 00:00:00+00' + v_part[6]::bigint * interval '1 microsecond' end;
    if v_as_of < extract(epoch from pg_catalog.now() - interval '7 days') or v_xid > pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) then
      raise sqlstate 'PT410' using
        message = case when v_xid > v_end then 'the watermark is of another database' else 'the watermark is older than 7 days' end,
        hint = 'What changed since is no longer known: export everything again, without a watermark.';
    end if;
  end if;
  v_parts := array['device,profile,ts,' || pg_catalog.array_to_string(v_profile.metric_names, ',') || E'\n'];
  more := false;
  if v_kind = 'a' then
    for v_entry in
      select st.stream_id
      from fleet.stream st
      where st.tenant_id = export.tenant and st.profile_id = v_profile.profile_id and st.stream_id >= v_stream
      order by st.stream_id
    loop
      -- First, for the stream before may have more.
      more := v_left = 0 or pg_catalog.clock_timestamp() > v_started + c_time_limit;
      exit when more;
      if v_entry.stream_id > v_stream then
        v_stream := v_entry.stream_id;
        v_ts := '-infinity';
      end if;
      v_lines := fleet.export_lines(tenant, v_profile.profile_id, null, pg_catalog.int4multirange(pg_catalog.int4range(v_stream, v_stream, '[]')),
        '-infinity', 'infinity', v_stream, v_ts, v_left);
      v_parts := v_parts || v_lines.lines;
      v_left := v_left - v_lines.readings;
      v_ts := coalesce(v_lines.last_ts, v_ts);
    end loop;
    more := more or v_left = 0;
    if not more then
      v_kind := 'c';
      v_change_id := 0;
      v_stream := 0;
      v_ts := '-infinity';
    end if;
  end if;
  if v_kind = 'c' and not more then
    for v_entry in
      select c.xid, c.change_id, c.from_ts, c.to_ts, c.streams, extract(epoch from c.logged_at)::bigint as as_of
      from fleet.export_change c
      where c.tenant_id = export.tenant and (c.xid, c.change_id) >= (v_xid, v_change_id) and c.xid < v_end
      order by c.xid, c.change_id
    loop
      more := v_left = 0 or pg_catalog.clock_timestamp() > v_started + c_time_limit;
      exit when more;
      if (v_entry.xid, v_entry.change_id) <> (v_xid, v_change_id) then
        v_xid := v_entry.xid;
        v_change_id := v_entry.change_id;
        v_stream := 0;
        v_ts := '-infinity';
      end if;
      v_as_of := v_entry.as_of;
      v_lines := fleet.export_lines(tenant, v_profile.profile_id, v_entry.xid, v_entry.streams, v_entry.from_ts, v_entry.to_ts, v_stream, v_ts, v_left);
      v_parts := v_parts || v_lines.lines;
      v_left := v_left - v_lines.readings;
      v_stream := coalesce(v_lines.last_stream, v_stream);
      v_ts := coalesce(v_lines.last_ts, v_ts);
    end loop;
    more := more or v_left = 0;
    if not more then
      v_xid := greatest(v_xid, v_end);
      v_as_of := extract(epoch from pg_catalog.now());
      v_change_id := 0;
      v_stream := 0;
      v_ts := '-infinity';
    end if;
  end if;
  content := pg_catalog.array_to_string(v_parts, '');
  watermark := pg_catalog.format('%s.%s.%s.%s.%s.%s', v_kind, v_xid, v_as_of, v_change_id, v_stream,
    case when pg_catalog.isfinite(v_ts) then (extract(epoch from v_ts - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint::text else '-infinity' end);
end
$_$;
ALTER FUNCTION fleet.export(tenant integer, profile text, since text, max_readings integer, OUT content text, OUT watermark text, OUT more boolean) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.export(tenant integer, profile text, since text, max_readings integer, OUT content text, OUT watermark text, OUT more boolean) IS 'Readings of a profile written since a watermark as comma-separated values, and the watermark to go on from: without one all readings, then what changed since that began. A page is max_readings, or what five seconds bring; more says whether there is anything left. Readings may come more than once, each time as they are then. 42704 for an unknown profile, 22023 for a watermark or number that cannot be, PT410 for a watermark that is too old, 0A000 where metrics have names of columns.';
CREATE FUNCTION fleet.export_lines(tenant integer, profile integer, xid xid8, streams int4multirange, from_ts timestamp with time zone, to_ts timestamp with time zone, after_stream integer, after_ts timestamp with time zone, max_readings integer, OUT lines text, OUT readings integer, OUT last_stream integer, OUT last_ts timestamp with time zone) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  select coalesce(pg_catalog.string_agg(x.line, '' order by x.stream_id, x.ts), ''), pg_catalog.count(*)::int, max(x.stream_id),
    (pg_catalog.array_agg(x.ts order by x.stream_id desc, x.ts desc))[1]
  from (
    select st.stream_id, r.ts,
      case when d.external_id ~ '[",\n\r]' then '"' || pg_catalog.replace(d.external_id, '"', '""') || '"' else d.external_id end
        || ',' || p.name || ',' || pg_catalog.to_char(r.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z",')
        || pg_catalog.array_to_string(r.values, ',', '')
        || pg_catalog.repeat(',', cardinality(p.metric_names) - cardinality(r.values)) || E'\n' as line
    from fleet.profile p
    -- A reading that another transaction in the log wrote comes with that one. xmin is the lower half of its number.
    cross join (select x.xid, x.xid % 4294967296 as number from (select export_lines.xid::text::bigint as xid) x) own
    join fleet.stream st on st.tenant_id = p.tenant_id and st.profile_id = p.profile_id
    join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
    -- The limit keeps this from becoming a join that reads the whole hour of every tenant.
    cross join lateral (
      select r.ts, r.values
      from fleet.reading r
      where r.tenant_id = export_lines.tenant and r.stream_id = st.stream_id
        and r.ts >= from_ts and r.ts <= to_ts
        and r.ts > case when st.stream_id = after_stream then after_ts else '-infinity' end
        and (export_lines.xid is null or own.number = r.xmin::text::bigint or not exists (
          select from fleet.export_change c
          where c.tenant_id = export_lines.tenant and c.xid = (own.xid
            + (r.xmin::text::bigint - own.number + 6442450944) % 4294967296 - 2147483648)::text::xid8))
      order by r.ts
      limit max_readings
    ) r
    where p.tenant_id = export_lines.tenant and p.profile_id = export_lines.profile
      and st.stream_id <@ streams and st.stream_id >= after_stream
    order by st.stream_id, r.ts
    limit max_readings
  ) x
$$;
ALTER FUNCTION fleet.export_lines(tenant integer, profile integer, xid xid8, streams int4multirange, from_ts timestamp with time zone, to_ts timestamp with time zone, after_stream integer, after_ts timestamp with time zone, max_readings integer, OUT lines text, OUT readings integer, OUT last_stream integer, OUT last_ts timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.export_lines(tenant integer, profile integer, xid xid8, streams int4multirange, from_ts timestamp with time zone, to_ts timestamp with time zone, after_stream integer, after_ts timestamp with time zone, max_readings integer, OUT lines text, OUT readings integer, OUT last_stream integer, OUT last_ts timestamp with time zone) IS 'Readings of some streams of a profile in a range of time as lines of comma-separated values: device, profile, ts and the metrics in the order of the profile. With xid only what that transaction wrote last, or one that is not in fleet.export_change, such as a part of it that could fail. In order of stream and time, what comes after after_stream and after_ts, at most max_readings; last_stream and last_ts are the last one''s, null when there is none.';
CREATE FUNCTION fleet.import_lines(tenant text, profile text, device text, header text, time_column text DEFAULT NULL::text, start timestamp with time zone DEFAULT NULL::timestamp with time zone, step interval DEFAULT NULL::interval, skip text[] DEFAULT '{}'::text[], OUT accepted bigint, OUT duplicates bigint, OUT rejected bigint, OUT points bigint) RETURNS record
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant_id int;
  v_stream_id int;
  v_columns text[];
  v_column text;
  v_time int;
  v_metric_columns text[];
  v_names text[];
  v_positions int[];
  v_in_order boolean;
  v_last_step numeric;
  v_accepted record;
begin
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'Create it with: select ops.create_tenant(''name'', ''Display name'').';
  end if;
  -- A byte order mark, quotes and blanks around names are common in exported files.
  select pg_catalog.array_agg(pg_catalog.btrim(coalesce(c.name, ''), E' "\r\t' || pg_catalog.chr(65279)) order by c.position)
  into v_columns
  from pg_catalog.unnest(fleet.csv_fields(header)) with ordinality as c (name, position);
  if time_column is null then
    select c.name into time_column
    from pg_catalog.unnest(v_columns) with ordinality as c (name, position)
    where pg_catalog.lower(c.name) in ('ts', 'time', 'timestamp')
    order by c.position
    limit 1;
  end if;
  v_time := pg_catalog.array_position(v_columns, time_column);
  if v_time is null then
    raise exception using
      errcode = '42703',
      message = case when time_column is null then 'the header has no time column'
        else pg_catalog.format('the header has no column "%s"', time_column) end,
      hint = 'Name the column that holds the time with --time-column.';
  end if;
  if (start is null) <> (step is null) then
    raise exception using
      errcode = '22023',
      message = 'start and step go together',
      hint = 'Give both when the time column counts steps, neither when it holds timestamps.';
  end if;
  if step <= interval '0' then
    raise exception using
      errcode = '22023',
      message = 'step must be longer than nothing',
      hint = 'Give an interval such as "10 seconds".';
  end if;
  select a.earliest, a.latest into v_accepted from fleet.accepted_times(v_tenant_id) a;
  -- Steps beyond this lead past the future that is accepted, and may overflow.
  v_last_step := extract(epoch from v_accepted.latest - start) / extract(epoch from step) + 1;
  v_metric_columns := array(
    select c.name
    from pg_catalog.unnest(v_columns) with ordinality as c (name, position)
    where c.position <> v_time and c.name <> all (skip)
    order by c.position
  );
  if v_metric_columns = '{}' then
    raise exception using
      errcode = '42703',
      message = 'the header has no column but the time',
      hint = 'A file has a column for each metric, separated by commas.';
  end if;
  if '' = any (v_metric_columns) then
    raise exception using
      errcode = '42703',
      message = pg_catalog.format('column %s of the header has no name', pg_catalog.array_position(v_columns, '')),
      hint = 'Name every column in the first line of the file.';
  end if;
  select c.name into v_column
  from pg_catalog.unnest(v_metric_columns) as c (name)
  group by c.name
  having pg_catalog.count(*) > 1
  limit 1;
  if found then
    raise exception using
      errcode = '42701',
      message = pg_catalog.format('the header has column "%s" twice', v_column),
      hint = 'Rename one of them, or leave both out with --skip.';
  end if;
  if not exists (select from fleet.profile p where p.tenant_id = v_tenant_id and p.name = profile) then
    begin
      perform fleet.create_profile(v_tenant_id, profile, pg_catalog.to_jsonb(v_metric_columns));
    exception when check_violation then
      raise exception using
        errcode = '22023',
        message = 'the profile or a column has a name that cannot be used',
        hint = 'Names start with a letter and hold up to 63 letters, digits and _ . % / -; rename the column, or leave it out with --skip.';
    end;
  end if;
  select p.metric_names into v_names from fleet.profile p where p.tenant_id = v_tenant_id and p.name = profile;
  foreach v_column in array v_metric_columns loop
    if v_column <> all (v_names) then
      raise exception using
        errcode = '42703',
        message = pg_catalog.format('column "%s" is not a metric of profile "%s"', v_column, profile),
        hint = 'Leave the column out with --skip, or append the metric to the profile.';
    end if;
  end loop;
  v_positions := array(
    select pg_catalog.array_position(v_columns, n.name)
    from pg_catalog.unnest(v_names) with ordinality as n (name, position)
    order by n.position
  );
  -- A file written for the profile has its metrics side by side and in its order: a slice of the fields will do.
  v_in_order := v_positions = array(
    select pg_catalog.generate_series(v_positions[1], v_positions[1] + pg_catalog.cardinality(v_positions) - 1));
  v_stream_id := fleet.open_stream(v_tenant_id, device, profile);
  create temp table if not exists import_rejected (line_no bigint, code text, message text);
  truncate pg_temp.import_rejected;
  create temp table if not exists import_sound (line_no bigint, ts timestamptz, values float8[]);
  truncate pg_temp.import_sound;
  with field as materialized (
    select x.line_no,
      -- Quotes matter only where they hold commas, which shows in the number of fields.
      case when pg_catalog.cardinality(x.f) = pg_catalog.cardinality(v_columns) then x.f else fleet.csv_fields(x.line) end as f
    from (
      -- The offset keeps the planner from splitting each line twice.
      select t.line_no, t.line, pg_catalog.string_to_array(pg_catalog.replace(t.line, '"', ''), ',', '') as f
      from (select l.line_no, pg_catalog.rtrim(l.line, E' \t\r') as line from pg_temp.import_line l) t
      where t.line <> ''
      offset 0
    ) x
  ),
  text_row as materialized (
    select x.line_no, pg_catalog.cardinality(x.f) as fields, pg_catalog.btrim(x.f[v_time]) as t,
      case
        when v_in_order then x.f[v_positions[1]:v_positions[pg_catalog.cardinality(v_positions)]]
        else array(select x.f[p.column_no] from pg_catalog.unnest(v_positions) with ordinality as p (column_no, position) order by p.position)
      end::text as v
    from field x
  ),
  typed as materialized (
    select r.line_no, r.fields,
      case
        when start is not null and r.t ~ '^\d{1,9}$' then
          case when r.t::int <= v_last_step then start + step * r.t::int else 'infinity' end
        when start is null and r.t ~ '^\d{4}-\d\d-\d\d' and pg_catalog.pg_input_is_valid(r.t, 'timestamptz') then r.t::timestamptz
      end as ts,
      case when pg_catalog.pg_input_is_valid(r.v, 'float8[]') then r.v::float8[] end as values
    from text_row r
  ),
  judged as materialized (
    select t.line_no, t.ts, t.values,
      case
        when t.fields <> pg_catalog.cardinality(v_columns) then '22P04'
        when t.ts is null then '22007'
        when t.ts < v_accepted.earliest or t.ts > v_accepted.latest then '22008'
        when t.values is null then '22P02'
        when not vigil.valid_vector(t.values) then '22003'
        when pg_catalog.cardinality(pg_catalog.array_remove(t.values, null)) = 0 then '22023'
      end as code,
      t.fields
    from typed t
  ),
  sound as (
    insert into pg_temp.import_sound (line_no, ts, values)
    select j.line_no, j.ts, j.values from judged j where j.code is null
  )
  insert into pg_temp.import_rejected (line_no, code, message)
  select j.line_no, j.code,
    case j.code
      when '22P04' then pg_catalog.format('expected %s fields, got %s', pg_catalog.cardinality(v_columns), j.fields)
      when '22007' then 'the time is not valid'
      when '22008' then 'the time lies further in the past or in the future than the tenant accepts'
      when '22P02' then 'a value is not a number'
      when '22003' then 'a value is NaN, infinite or above 1e100; leave the field empty for not reported'
      else 'every value is empty'
    end
  from judged j
  where j.code is not null;
  get diagnostics rejected = row_count;
  with instant as (
    select s.ts, fleet.merged(s.values order by s.line_no) as values, pg_catalog.count(*) as lines
    from pg_temp.import_sound s
    group by s.ts
  ),
  stored as (
    insert into fleet.reading as r (tenant_id, stream_id, ts, values)
    select v_tenant_id, v_stream_id, i.ts, i.values
    from instant i
    order by i.ts
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(r.values, excluded.values)
    where r.values is distinct from vigil.merge_values(r.values, excluded.values)
    returning r.ts, r.values
  )
  select pg_catalog.count(*),
    (select coalesce(pg_catalog.sum(i.lines), 0) from instant i) - pg_catalog.count(*),
    coalesce(pg_catalog.sum(pg_catalog.cardinality(pg_catalog.array_remove(s.values, null))), 0)
  into accepted, duplicates, points
  from stored s;
end
$_$;
ALTER FUNCTION fleet.import_lines(tenant text, profile text, device text, header text, time_column text, start timestamp with time zone, step interval, skip text[], OUT accepted bigint, OUT duplicates bigint, OUT rejected bigint, OUT points bigint) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.import_lines(tenant text, profile text, device text, header text, time_column text, start timestamp with time zone, step interval, skip text[], OUT accepted bigint, OUT duplicates bigint, OUT rejected bigint, OUT points bigint) IS 'Loads the lines of a CSV file from the temporary table import_line (line_no, line) into a device''s stream; makes profile, device and stream where missing. time_column holds ISO 8601 timestamps, or step numbers when start and step are given. Columns in skip are left out. Lines that are refused are in the temporary table import_rejected (line_no, code, message). Repeating an import stores nothing twice.';
CREATE FUNCTION fleet.ingest(tenant integer, items json) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  v_bodies jsonb[];
  v_accepted record;
  v_answer jsonb;
begin
  if pg_catalog.json_typeof(items) is distinct from 'array' then
    raise exception using
      errcode = '22023',
      message = 'the body must be a JSON array of readings',
      hint = 'Send [{"device": "…", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 81.5}}].';
  end if;
  if pg_catalog.json_array_length(items) > 10000 then
    raise sqlstate 'PT413' using
      message = pg_catalog.format('%s readings in one request, at most 10000 are taken', pg_catalog.json_array_length(items)),
      hint = 'Send them in several requests, or load a file with the bulk import.';
  end if;
  begin
    v_bodies := array(
      select e.value from pg_catalog.jsonb_array_elements(items::text::jsonb) with ordinality as e (value, position) order by e.position);
  exception when data_exception or program_limit_exceeded then
    -- Text that jsonb refuses (NUL, lone surrogates) costs only its own reading.
    v_bodies := array(
      select case when pg_catalog.pg_input_is_valid(e.value::text, 'jsonb') then e.value::text::jsonb end
      from pg_catalog.json_array_elements(items) with ordinality as e (value, position)
      order by e.position);
  end;
  perform fleet.append_unknown_metrics(tenant, v_bodies);
  perform fleet.open_named_streams(tenant, v_bodies);
  -- What is older than readings are kept would only go again.
  select greatest(a.earliest, ops.kept_since(tenant)) as earliest, a.latest into v_accepted from fleet.accepted_times(tenant) a;
  with reading as materialized (
    select e.position - 1 as index, e.body,
      case when pg_catalog.jsonb_typeof(e.body -> 'device') = 'string' then e.body ->> 'device' end as device,
      case when e.body ->> 'ts' ~ '^\d{4}-\d\d-\d\d[T ]\d' and pg_catalog.pg_input_is_valid(e.body ->> 'ts', 'timestamptz')
        then (e.body ->> 'ts')::timestamptz end as ts,
      case
        when pg_catalog.jsonb_typeof(e.body -> 'metrics') = 'object' then e.body -> 'metrics'
        -- A null key counts as absent: PostgREST wants the objects of an array to have the same keys.
        when e.body -> 'metrics' <> 'null' then null
        when pg_catalog.jsonb_typeof(e.body -> 'metric') = 'string' and e.body ? 'value'
          then pg_catalog.jsonb_build_object(e.body ->> 'metric', e.body -> 'value')
      end as metrics
    from pg_catalog.unnest(v_bodies) with ordinality as e (body, position)
  ),
  spoken as materialized (
    select d.external_id as device, d.device_id, st.stream_id, p.name as profile, p.metric_names,
      pg_catalog.count(*) over (partition by d.device_id) as streams
    from (select distinct r.device from reading r) n
    join fleet.device d on d.tenant_id = tenant and d.external_id = n.device
    left join fleet.stream st on st.tenant_id = d.tenant_id and st.device_id = d.device_id
    left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  ),
  routed as materialized (
    -- Without a named profile: the device's stream whose profile has the reading's first metric.
    select distinct on (r.index) r.index, r.body, r.device, r.ts, r.metrics, s.device_id,
      case when m.matches then s.stream_id end as stream_id,
      case when m.matches then s.metric_names end as metric_names
    from reading r
    left join spoken s on s.device = r.device
    left join lateral (
      select case
        when r.body ->> 'profile' is not null then s.profile = r.body ->> 'profile'
        when s.streams = 1 then true
        else s.metric_names @> array[(select k.key from pg_catalog.jsonb_object_keys(r.metrics) as k (key) limit 1)]
      end as matches
    ) m on true
    order by r.index, m.matches desc nulls last, s.stream_id
  ),
  vector as materialized (
    select r.index, r.body, r.device, r.ts, r.metrics, r.device_id, r.stream_id, r.metric_names,
      vigil.metric_values(r.metrics, r.metric_names) as values
    from routed r
  ),
  judged as materialized (
    select v.index, v.ts, v.stream_id, v.values,
      case
        -- Most readings are sound, and that is cheap to see.
        when v.ts >= v_accepted.earliest and v.ts <= v_accepted.latest
          and pg_catalog.cardinality(pg_catalog.array_remove(v.values, null)) > 0 then null
        else fleet.reading_problem(v.body, v.device, v.ts, v.metrics, v.device_id is not null, v.metric_names, v.values,
          v_accepted.earliest, v_accepted.latest)
      end as problem
    from vector v
  ),
  good as (
    select j.stream_id, j.ts, fleet.merged(j.values order by j.index) as values, pg_catalog.count(distinct j.values) as items
    from judged j
    where j.problem is null
    group by j.stream_id, j.ts
  ),
  held as materialized (
    -- Requests that bring readings of the same streams wait for one another here, before either has written any. The
    -- triggers on fleet.reading write fleet.latest in two passes, so later they would deadlock.
    select s.stream_id
    from fleet.stream s
    where s.tenant_id = tenant and s.stream_id = any (array(select distinct g.stream_id from good g))
    order by s.stream_id
    for no key update
  ),
  stored as (
    insert into fleet.reading as r (tenant_id, stream_id, ts, values)
    select tenant, g.stream_id, g.ts, g.values
    from good g
    -- Counted before the first reading is written: then all of them are held.
    where (select pg_catalog.count(*) from held h) >= 0
    order by g.stream_id, g.ts
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(r.values, excluded.values)
    where r.values is distinct from vigil.merge_values(r.values, excluded.values)
    returning r.stream_id, r.ts
  ),
  counted as (
    -- Not a join: the planner expects few readings and would compare each with each.
    select coalesce(pg_catalog.sum(u.items) filter (where u.stored), 0) as accepted
    from (
      select w.stream_id, w.ts, pg_catalog.sum(w.items) as items, pg_catalog.bool_or(w.stored) as stored
      from (
        select g.stream_id, g.ts, g.items, false as stored from good g
        union all
        select s.stream_id, s.ts, 0, true from stored s
      ) w
      group by w.stream_id, w.ts
    ) u
  )
  select pg_catalog.jsonb_build_object(
    'accepted', c.accepted,
    'duplicates', (select pg_catalog.count(*) from judged j where j.problem is null) - c.accepted,
    'rejected', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('index', j.index) || j.problem order by j.index)
      from judged j
      where j.problem is not null
    ), '[]'))
  into v_answer
  from counted c;
  insert into fleet.ingest_batch (tenant_id, sent_by, correlation_id, idempotency_key, accepted, duplicates, rejected)
  values (tenant, auth.subject(), auth.correlation_id(), auth.request_header('idempotency-key'), (v_answer ->> 'accepted')::int,
    (v_answer ->> 'duplicates')::int, pg_catalog.jsonb_array_length(v_answer -> 'rejected'));
  return v_answer;
end
$$;
ALTER FUNCTION fleet.ingest(tenant integer, items json) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.ingest(tenant integer, items json) IS 'Stores an array of wide or narrow readings and returns {accepted, duplicates, rejected: [{index, code, message, hint}]}; the three add up to the length of the array. A rejected reading costs no other. Partial readings of one instant merge element by element. Notes the request in fleet.ingest_batch.';
CREATE FUNCTION fleet.keep_contract() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  v_count int;
begin
  if tg_op = 'DELETE' then
    -- Deleting the whole profile or tenant takes its metrics along.
    if exists (
      select from fleet.profile p where p.tenant_id = old.tenant_id and p.profile_id = old.profile_id
    ) then
      raise exception using
        errcode = '55000',
        message = pg_catalog.format('metric "%s" is part of a profile and cannot be removed', old.name),
        hint = 'Stop sending the metric; stored vectors depend on its position.';
    end if;
    return old;
  end if;
  if tg_op = 'UPDATE' then
    if (new.tenant_id, new.profile_id, new.position, new.name, new.unit, new.kind)
      is distinct from (old.tenant_id, old.profile_id, old.position, old.name, old.unit, old.kind) then
      raise exception using
        errcode = '55000',
        message = pg_catalog.format('metric "%s" is part of a profile and cannot be changed', old.name),
        hint = 'Append a new metric; stored vectors depend on this one.';
    end if;
    return new;
  end if;
  -- The row lock keeps two appends from taking the same position, and lets streams be opened meanwhile.
  select cardinality(p.metric_names) into v_count
  from fleet.profile p
  where p.tenant_id = new.tenant_id and p.profile_id = new.profile_id
  for no key update;
  if new.position is null then
    new.position := v_count + 1;
  elsif new.position <> v_count + 1 then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('the next metric of this profile has position %s, not %s', v_count + 1, new.position),
      hint = 'Leave the position out to append.';
  end if;
  update fleet.profile p
  set metric_names = p.metric_names || new.name,
      contract_sha256 = pg_catalog.sha256(p.contract_sha256 || pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(new.position, new.name, new.unit, new.kind)::text, 'UTF8'))
  where p.tenant_id = new.tenant_id and p.profile_id = new.profile_id;
  return new;
end
$$;
ALTER FUNCTION fleet.keep_contract() OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.keep_contract() IS 'Keeps a profile append-only and its list of names and SHA-256 current. The hash is a chain: each metric is hashed together with the hash before it.';
CREATE FUNCTION fleet.make_rollups(tenant integer) RETURNS bigint
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
  -- Buckets made in one run: bounds its memory and how long it holds what it locks.
  c_most constant int := 20000;
  c_day constant interval := interval '1 day';
  v_left bigint := c_most;
  v_day timestamptz;
  v_archived int[];
  v_taken bigint;
  v_rows bigint;
  v_made bigint := 0;
begin
  perform fleet.note_rollups(tenant);
  -- Buckets divide a day, so each lies within one. The oldest first; those that are still filling wait.
  loop
    select pg_catalog.date_bin(c_day, pg_catalog.min(o.ts), '2000-01-01 00:00:00+00') into v_day
    from fleet.rollup_due o
    where o.tenant_id = tenant and o.ts + o.bucket <= pg_catalog.now();
    exit when v_day is null or v_left <= 0;
    -- What came late to a day that is in files is not all there was of it: its summaries stay as they are.
    v_archived := array(
      select n.stream_id
      from ops.archive_manifest m
      cross join lateral pg_catalog.unnest(m.stream_ids) n (stream_id)
      where m.tenant_id = tenant and m.state in ('dropped', 'restored', 'removed') and m.dropped_at is not null
        and m.range_start < v_day + c_day and m.range_end > v_day);
    with taken as (
      delete from fleet.rollup_due d
      where d.tenant_id = tenant
        and (d.stream_id, d.bucket, d.ts) in (
          select o.stream_id, o.bucket, o.ts
          from fleet.rollup_due o
          where o.tenant_id = tenant and o.ts >= v_day and o.ts < v_day + c_day and o.ts + o.bucket <= pg_catalog.now()
          order by o.stream_id, o.bucket, o.ts
          limit v_left)
      returning d.stream_id, d.bucket, d.ts
    ),
    made as (
      insert into fleet.reading_rollup as k (tenant_id, stream_id, bucket, ts, readings, state, counts, means, minima, maxima)
      select tenant, t.stream_id, t.bucket, t.ts, s.readings, s.state,
        vigil.num_vals(s.state)::int[], vigil.average(s.state), vigil.min_val(s.state), vigil.max_val(s.state)
      from taken t
      cross join lateral (
        select pg_catalog.count(*) as readings, vigil.stats_agg(r.ts, r.values) as state
        from fleet.reading r
        where r.tenant_id = tenant and r.stream_id = t.stream_id and r.ts >= t.ts and r.ts < t.ts + t.bucket
          and r.ts >= v_day and r.ts < v_day + c_day
      ) s
      where s.readings > 0 and t.stream_id <> all (v_archived)
      on conflict (tenant_id, stream_id, bucket, ts) do update
      set readings = excluded.readings, state = excluded.state,
        counts = excluded.counts, means = excluded.means, minima = excluded.minima, maxima = excluded.maxima
      -- Readings that were removed since do not take their summary with them.
      where excluded.readings >= k.readings
      returning 1
    )
    select (select pg_catalog.count(*) from taken), (select pg_catalog.count(*) from made) into v_taken, v_rows;
    v_left := v_left - v_taken;
    v_made := v_made + v_rows;
  end loop;
  return v_made;
end
$$;
ALTER FUNCTION fleet.make_rollups(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.make_rollups(tenant integer) IS 'Makes the buckets of a tenant that ended and are due, at most 20000 in a run. Returns how many were made. Running it again changes nothing.';
CREATE FUNCTION fleet.note_readings() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- One row per stream and hour keeps a single late reading from dirtying everything between it and now.
  with change as materialized (
    select w.tenant_id, w.stream_id, min(w.ts) as from_ts, max(w.ts) as to_ts
    from written w
    group by w.tenant_id, w.stream_id, pg_catalog.date_bin('1 hour', w.ts, '2000-01-01')
  ),
  for_rollups as (
    insert into fleet.rollup_change (tenant_id, stream_id, from_ts, to_ts)
    select c.tenant_id, c.stream_id, c.from_ts, c.to_ts from change c
  ),
  for_export as (
    insert into fleet.export_change (tenant_id, from_ts, to_ts, streams)
    select c.tenant_id, min(c.from_ts), max(c.to_ts), pg_catalog.range_agg(pg_catalog.int4range(c.stream_id, c.stream_id, '[]'))
    from change c
    group by c.tenant_id, pg_catalog.date_bin('1 hour', c.from_ts, '2000-01-01')
  )
  insert into fleet.reading_change (tenant_id, stream_id, from_ts, to_ts)
  select c.tenant_id, c.stream_id, c.from_ts, c.to_ts from change c;
  -- Rows are locked in key order, so two writers of the same streams queue instead of deadlocking.
  insert into fleet.latest as l (tenant_id, stream_id, ts, values, seen)
  with newest as materialized (
    select w.tenant_id, w.stream_id, w.ts, w.values, k.width,
      cardinality(w.values) = k.width and pg_catalog.array_position(w.values, null) is null as complete
    from (
      select t.tenant_id, t.stream_id, max(t.ts) as ts, max(cardinality(t.values)) as width
      from written t
      group by t.tenant_id, t.stream_id
    ) k
    join written w using (tenant_id, stream_id, ts)
  ),
  earlier as materialized (
    -- What the newest reading of a stream leaves out may stand in an earlier one.
    select distinct on (w.tenant_id, w.stream_id, u.position) w.tenant_id, w.stream_id, u.position, w.ts, u.value
    from newest n
    join written w on w.tenant_id = n.tenant_id and w.stream_id = n.stream_id and w.ts < n.ts
    cross join lateral pg_catalog.unnest(w.values) with ordinality as u (value, position)
    where not n.complete and u.value is not null and n.values[u.position] is null
    order by w.tenant_id, w.stream_id, u.position, w.ts desc
  ),
  filled as materialized (
    select n.tenant_id, n.stream_id,
      pg_catalog.array_agg(coalesce(n.values[p.position], e.value) order by p.position) as values,
      pg_catalog.array_agg(case when n.values[p.position] is null then e.ts else n.ts end order by p.position) as seen
    from newest n
    cross join lateral pg_catalog.generate_series(1, n.width) as p (position)
    left join earlier e on e.tenant_id = n.tenant_id and e.stream_id = n.stream_id and e.position = p.position
    where not n.complete
    group by n.tenant_id, n.stream_id
  )
  select n.tenant_id, n.stream_id, n.ts,
    coalesce(f.values, n.values),
    coalesce(f.seen, pg_catalog.array_fill(n.ts, array[cardinality(n.values)]))
  from newest n
  left join filled f using (tenant_id, stream_id)
  order by n.tenant_id, n.stream_id
  -- Everything newer than all there was replaces it at once; otherwise each element is compared. A null in seen, for
  -- an element that was not reported, makes the first test null.
  on conflict (tenant_id, stream_id) do update
  set ts = greatest(l.ts, excluded.ts),
    values = case when l.ts <= all (excluded.seen) and cardinality(excluded.values) >= cardinality(l.values)
      then excluded.values
      else (
        select pg_catalog.array_agg(
          case when o.seen is null or b.seen >= o.seen then b.value else o.value end order by position)
        from unnest(l.values, l.seen) with ordinality as o (value, seen, position)
        full join unnest(excluded.values, excluded.seen) with ordinality as b (value, seen, position)
          using (position)
      ) end,
    seen = case when l.ts <= all (excluded.seen) and cardinality(excluded.values) >= cardinality(l.values)
      then excluded.seen
      else (
        select pg_catalog.array_agg(greatest(o.seen, b.seen) order by position)
        from unnest(l.values, l.seen) with ordinality as o (value, seen, position)
        full join unnest(excluded.values, excluded.seen) with ordinality as b (value, seen, position)
          using (position)
      ) end;
  return null;
end
$$;
ALTER FUNCTION fleet.note_readings() OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.note_readings() IS 'After each statement that writes readings: logs what changed for the features and rollups jobs and the export, and keeps fleet.latest, element by element, whatever order readings arrive in.';
CREATE FUNCTION fleet.note_rollups(tenant integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  -- Whose rollup is switched off is decided anew when it is switched on again: what is written meanwhile is not noted.
  delete from fleet.stream_rollup sr
  using fleet.stream st
  where sr.tenant_id = tenant and st.tenant_id = tenant and st.stream_id = sr.stream_id
    and not exists (
      select from fleet.rollups_of(tenant) ro
      where ro.profile_id = st.profile_id and ro.bucket = sr.bucket and ro.enabled);
  delete from fleet.rollup_due o
  where o.tenant_id = tenant
    and not exists (
      select from fleet.stream_rollup sr
      where sr.tenant_id = tenant and sr.stream_id = o.stream_id and sr.bucket = o.bucket);
  perform fleet.decide_rollups(tenant);
  with taken as (
    delete from fleet.rollup_change c where c.tenant_id = tenant
    returning c.stream_id, c.from_ts, c.to_ts
  )
  insert into fleet.rollup_due (tenant_id, stream_id, bucket, ts)
  select distinct tenant, t.stream_id, sr.bucket, b.ts
  from taken t
  join fleet.stream_rollup sr on sr.tenant_id = tenant and sr.stream_id = t.stream_id and sr.made
  cross join lateral pg_catalog.generate_series(
    pg_catalog.date_bin(sr.bucket, t.from_ts, '2000-01-01 00:00:00+00'), t.to_ts, sr.bucket) as b (ts)
  on conflict (tenant_id, stream_id, bucket, ts) do nothing;
end
$$;
ALTER FUNCTION fleet.note_rollups(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.note_rollups(tenant integer) IS 'The part of the rollups job that both engines share: forgets streams whose rollup was switched off, decides for those that began to write, and notes in fleet.rollup_due which buckets were written to.';
CREATE FUNCTION fleet.open_named_streams(tenant integer, bodies jsonb[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform fleet.open_stream(tenant, named.device, named.profile)
  from (
    select distinct e.body ->> 'device' as device, e.body ->> 'profile' as profile
    from pg_catalog.unnest(bodies) as e (body)
    where e.body ? 'profile' and pg_catalog.jsonb_typeof(e.body) = 'object'
      and pg_catalog.jsonb_typeof(e.body -> 'profile') = 'string' and pg_catalog.jsonb_typeof(e.body -> 'device') = 'string'
  ) named
  join fleet.tenant t on t.tenant_id = tenant
  join fleet.profile p on p.tenant_id = tenant and p.name = named.profile
  left join fleet.device d on d.tenant_id = tenant and d.external_id = named.device
  left join fleet.stream s on s.tenant_id = tenant and s.device_id = d.device_id and s.profile_id = p.profile_id
  where s.stream_id is null
    and pg_catalog.length(named.device) between 1 and 200
    and (d.device_id is not null or t.unknown_device = 'register')
  -- Two requests that bring the same new devices wait for one another instead of deadlocking.
  order by named.device, named.profile;
end
$$;
ALTER FUNCTION fleet.open_named_streams(tenant integer, bodies jsonb[]) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.open_named_streams(tenant integer, bodies jsonb[]) IS 'Opens the streams that readings name by device and profile: for known devices always, for new ones where the tenant registers unknown devices.';
CREATE FUNCTION fleet.open_stream(tenant integer, device text, profile text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_stream_id int;
begin
  insert into fleet.device (tenant_id, external_id, name)
  values (tenant, device, device)
  on conflict (tenant_id, external_id) do nothing;
  insert into fleet.stream (tenant_id, device_id, profile_id)
  select d.tenant_id, d.device_id, p.profile_id
  from fleet.device d
  join fleet.profile p on p.tenant_id = d.tenant_id and p.name = profile
  where d.tenant_id = tenant and d.external_id = device
  on conflict (tenant_id, device_id, profile_id) do nothing;
  select s.stream_id into v_stream_id
  from fleet.stream s
  join fleet.device d using (tenant_id, device_id)
  join fleet.profile p using (tenant_id, profile_id)
  where s.tenant_id = tenant and d.external_id = device and p.name = profile;
  if v_stream_id is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', profile),
      hint = 'Create it first; api.profiles lists the profiles there are.';
  end if;
  return v_stream_id;
end
$$;
ALTER FUNCTION fleet.open_stream(tenant integer, device text, profile text) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.open_stream(tenant integer, device text, profile text) IS 'The stream of a device (by external_id) and a profile (by name), made with the device where missing. 42704 when there is no such profile.';
CREATE FUNCTION fleet.pull_batch(tenant integer, source integer, backfill boolean, OUT more boolean, OUT accepted bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_source fleet.source;
  v_until timestamptz;
  v_from timestamptz;
  v_device text;
  v_ts timestamptz[];
  v_devices text[];
  v_items json[];
  v_count int;
  v_newest timestamptz;
  v_answer jsonb;
  v_rejected bigint := 0;
  v_new bigint;
begin
  select s.* into strict v_source from fleet.source s where s.tenant_id = tenant and s.source_id = source for update;
  -- What lies further ahead is pulled when its time has come.
  select a.latest + interval '1 microsecond' into v_until from fleet.accepted_times(tenant) a;
  if backfill then
    v_from := v_source.backfill_ts;
    v_device := v_source.backfill_device;
    v_until := least(v_until, v_source.backfill_to);
  else
    v_from := coalesce(v_source.next_ts, greatest(v_source.watermark - v_source.overlap, v_source.start_at));
    v_device := v_source.next_device;
  end if;
  -- One row more than is taken tells whether there are more.
  if v_device is null then
    select pg_catalog.array_agg(r.ts order by r.ts), pg_catalog.array_agg(r.device order by r.ts), pg_catalog.array_agg(r.item order by r.ts)
    into v_ts, v_devices, v_items
    from fleet.source_rows(v_source, v_from, v_until, null, false, v_source.batch_size + 1) r;
    v_count := coalesce(pg_catalog.cardinality(v_ts), 0);
    more := v_count > v_source.batch_size;
    if more then
      v_from := v_ts[v_count];
      if v_ts[1] < v_from then
        -- The last instant may have more rows than were read: it begins the next batch.
        v_count := pg_catalog.array_position(v_ts, v_from) - 1;
      else
        v_device := '';
      end if;
    end if;
  end if;
  -- An instant with more rows than a batch takes: one device after the other.
  if v_device is not null then
    select pg_catalog.array_agg(r.ts order by r.ordinality), pg_catalog.array_agg(r.device order by r.ordinality), pg_catalog.array_agg(r.item order by r.ordinality)
    into v_ts, v_devices, v_items
    from fleet.source_rows(v_source, v_from, v_until, v_device, false, v_source.batch_size + 1) with ordinality r;
    v_count := coalesce(pg_catalog.cardinality(v_ts), 0);
    if v_count <= v_source.batch_size then
      v_from := v_from + interval '1 microsecond';
      v_device := null;
    elsif v_devices[v_count] is distinct from v_devices[1] then
      v_device := v_devices[v_count];
      v_count := pg_catalog.array_position(v_devices, v_device) - 1;
    else
      v_device := coalesce(v_devices[1], '');
      select pg_catalog.array_agg(r.ts), pg_catalog.array_agg(r.device), pg_catalog.array_agg(r.item) into v_ts, v_devices, v_items
      from fleet.source_rows(v_source, v_from, v_until, v_device, true, null) r;
      v_count := pg_catalog.cardinality(v_ts);
      -- No text lies between this one and the device's.
      v_device := v_device || pg_catalog.chr(1);
    end if;
    more := true;
  end if;
  accepted := 0;
  perform pg_catalog.set_config('request.correlation_id', 'source/' || v_source.name, true);
  for v_first in 1 .. v_count by 10000 loop
    v_answer := fleet.ingest(tenant, pg_catalog.array_to_json(v_items[v_first : least(v_count, v_first + 9999)]));
    accepted := accepted + (v_answer ->> 'accepted')::bigint;
    with refused as (
      select distinct on (1, 2, 4) v_ts[v_first + j.index] as ts, coalesce(pg_catalog.left(v_devices[v_first + j.index], 200), '') as device,
        j.code, j.message, j.hint
      from pg_catalog.jsonb_to_recordset(v_answer -> 'rejected') as j (index int, code text, message text, hint text)
    ),
    noted as (
      insert into fleet.source_rejection as n (tenant_id, source_id, ts, device, code, message, hint)
      select tenant, source, r.ts, r.device, r.code, r.message, r.hint from refused r
      on conflict (tenant_id, source_id, ts, device, message) do update set last_seen_at = excluded.last_seen_at
      returning n.first_seen_at = n.last_seen_at as is_new
    )
    select pg_catalog.count(*) filter (where n.is_new) into v_new from noted n;
    v_rejected := v_rejected + v_new;
  end loop;
  perform pg_catalog.set_config('request.correlation_id', '', true);
  if v_rejected > 0 then
    delete from fleet.source_rejection n
    using (
      select o.ts, o.device, o.message
      from fleet.source_rejection o
      where o.tenant_id = tenant and o.source_id = source
      order by o.first_seen_at desc, o.ts desc
      offset 1000
    ) old
    where n.tenant_id = tenant and n.source_id = source and n.ts = old.ts and n.device = old.device and n.message = old.message;
  end if;
  if v_count > 0 then
    v_newest := least(v_ts[v_count], pg_catalog.now());
  end if;
  update fleet.source s
  set watermark = case when backfill then s.watermark else greatest(s.watermark, v_newest) end,
    next_ts = case when backfill then s.next_ts when more then v_from end,
    next_device = case when backfill then s.next_device when more then v_device end,
    backfill_to = case when not backfill or more then s.backfill_to end,
    backfill_ts = case when not backfill then s.backfill_ts when more then v_from end,
    backfill_device = case when not backfill then s.backfill_device when more then v_device end,
    caught_up_at = case when backfill or more then s.caught_up_at else pg_catalog.now() end,
    rows_accepted = s.rows_accepted + pull_batch.accepted,
    rows_rejected = s.rows_rejected + v_rejected
  where s.tenant_id = tenant and s.source_id = source;
end
$$;
ALTER FUNCTION fleet.pull_batch(tenant integer, source integer, backfill boolean, OUT more boolean, OUT accepted bigint) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.pull_batch(tenant integer, source integer, backfill boolean, OUT more boolean, OUT accepted bigint) IS 'Takes the next rows of a source, or of its backfill, at most its batch_size, and stores them as ingestion does. more: whether the pass goes on. Rows that are refused are noted in fleet.source_rejection. Whatever fails leaves readings and watermark as they were.';
CREATE PROCEDURE fleet.pull_sources(INOUT accepted bigint, INOUT failure text)
    LANGUAGE plpgsql
    AS $$
declare
  c_time_limit constant interval := interval '20 seconds';
  v_source record;
  v_started timestamptz;
  v_batch record;
  v_backfill boolean;
  v_accepted bigint;
  v_code text;
  v_message text;
begin
  accepted := 0;
  failure := null;
  for v_source in
    select s.tenant_id, s.source_id, s.name, t.name as tenant
    from fleet.source s
    join fleet.tenant t on t.tenant_id = s.tenant_id
    where s.enabled and t.active
    order by s.tenant_id, s.source_id
  loop
    v_started := pg_catalog.clock_timestamp();
    v_accepted := 0;
    v_backfill := false;
    v_code := null;
    -- What a source has beyond its time is the next run's, and the others have their turn.
    while v_code is null and pg_catalog.clock_timestamp() < v_started + c_time_limit loop
      begin
        exit when v_backfill and not exists (
          select from fleet.source s
          where s.tenant_id = v_source.tenant_id and s.source_id = v_source.source_id and s.backfill_to is not null);
        v_batch := fleet.pull_batch(v_source.tenant_id, v_source.source_id, v_backfill);
        v_accepted := v_accepted + v_batch.accepted;
      exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text;
      end;
      commit;
      if v_code is null and not v_batch.more then
        exit when v_backfill;
        v_backfill := true;
      end if;
    end loop;
    accepted := accepted + v_accepted;
    if v_code is null then
      perform alerting.clear_condition(v_source.tenant_id, 'source/' || v_source.name)
      from fleet.source s
      where s.tenant_id = v_source.tenant_id and s.source_id = v_source.source_id and s.last_error is not null;
    else
      failure := pg_catalog.format('%s: source "%s": %s', v_source.tenant, v_source.name, v_message);
      -- Tenants hear that, and not from where: messages of other servers name hosts, tables and logins.
      perform ops.note_failure('sources', v_source.tenant_id, v_started, v_code, pg_catalog.format('source "%s" cannot be read', v_source.name),
        'A DBA finds the reason in fleet.source.');
      perform alerting.raise_condition(v_source.tenant_id, 'source/' || v_source.name, 'high',
        pg_catalog.format('Source "%s" cannot be read (SQLSTATE %s)', v_source.name, v_code));
    end if;
    update fleet.source s
    set last_run_at = pg_catalog.clock_timestamp(), last_error = v_message, last_error_code = v_code,
      last_error_at = case when v_code is null then s.last_error_at else pg_catalog.clock_timestamp() end
    where s.tenant_id = v_source.tenant_id and s.source_id = v_source.source_id;
    v_message := null;
    if v_accepted > 0 then
      insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, row_count)
      values ('sources', v_source.tenant_id, v_started, pg_catalog.clock_timestamp(), 'ok', v_accepted);
    end if;
    commit;
  end loop;
end
$$;
ALTER PROCEDURE fleet.pull_sources(INOUT accepted bigint, INOUT failure text) OWNER TO vigil_owner;
COMMENT ON PROCEDURE fleet.pull_sources(INOUT accepted bigint, INOUT failure text) IS 'What ops.run(''sources'') does: pulls from every enabled source of an active tenant, a batch a transaction, each source for 20 seconds at most; what is new first, then a backfill. A source that fails keeps its place, raises an alert, and stops no other. accepted is how many readings were new or changed, failure the last error. It commits.';
CREATE FUNCTION fleet.reading_problem(body jsonb, device text, ts timestamp with time zone, metrics jsonb, device_known boolean, metric_names text[], vector double precision[], earliest timestamp with time zone, latest timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_first_key text := (select k.key from pg_catalog.jsonb_object_keys(metrics) as k (key) limit 1);
  v_bad record;
  code text;
  message text;
  hint text;
begin
  if body is null then
    code := '22P05';
    message := 'the reading holds text or a number that cannot be stored';
    hint := 'Remove NUL characters, unpaired surrogates and numbers of thousands of digits.';
  elsif pg_catalog.jsonb_typeof(body) <> 'object' then
    code := '22023';
    message := pg_catalog.format('a reading is a JSON object, not %s', pg_catalog.jsonb_typeof(body));
    hint := 'Send {"device": "…", "ts": "…", "metrics": {…}} or {"device": "…", "metric": "…", "ts": "…", "value": 1.5}.';
  elsif device is null then
    code := '22023';
    message := 'the reading names no device';
    hint := 'Add "device" with the device''s external id as text.';
  elsif ts is null then
    code := '22007';
    message := case when body ->> 'ts' is not null then 'the timestamp is not valid' else 'the reading has no timestamp' end;
    hint := 'Give "ts" as an ISO 8601 timestamp such as 2026-01-31T12:00:00Z.';
  elsif ts > latest or ts < earliest then
    code := '22008';
    message := case
      when ts < '2000-01-01' then 'the timestamp lies before the year 2000'
      when ts < earliest then pg_catalog.format('the reading is more than %s days old',
        pg_catalog.trim_scale(pg_catalog.round(extract(epoch from pg_catalog.now() - earliest) / 86400, 3)))
      else pg_catalog.format('the timestamp lies more than %s seconds in the future',
        pg_catalog.trim_scale(extract(epoch from latest - pg_catalog.now())))
    end;
    hint := case when ts >= '2000-01-01' and ts < earliest then 'Readings of that age are no longer kept; leave them out.'
      else 'Check the device''s clock and time zone.' end;
  elsif metrics is null then
    code := '22023';
    message := 'the reading has no metrics';
    hint := 'Add "metrics" as an object of numbers, or "metric" and "value".';
  elsif not device_known then
    code := '42704';
    message := pg_catalog.format('device "%s" is not registered', pg_catalog.left(device, 200));
    hint := 'Register it with POST /rpc/register_device.';
  elsif metrics = '{}' then
    code := '22023';
    message := 'the reading has no metrics';
    hint := 'Leave out readings in which nothing was measured.';
  elsif metric_names is null or body ->> 'profile' is null and v_first_key <> all (metric_names) then
    code := '42704';
    message := case when body ->> 'profile' is not null
      then pg_catalog.format('the device does not speak profile "%s"', pg_catalog.left(body ->> 'profile', 200))
      else pg_catalog.format('no profile of the device has metric "%s"',
        pg_catalog.left(v_first_key, 200)) end;
    hint := 'GET /streams lists a device''s profiles, GET /profiles their metrics.';
  elsif vector is null then
    -- The first metric that keeps the reading from becoming a vector.
    select m.key, m.value, pg_catalog.jsonb_typeof(m.value) as type, m.key = any (metric_names) as known into v_bad
    from pg_catalog.jsonb_each(metrics) as m
    where m.key <> all (metric_names)
      or pg_catalog.jsonb_typeof(m.value) not in ('number', 'null')
      or pg_catalog.jsonb_typeof(m.value) = 'number' and pg_catalog.abs(m.value::numeric) > 1e100
    order by m.key
    limit 1;
    if not v_bad.known then
      code := '42704';
      message := pg_catalog.format('metric "%s" is not in the profile', pg_catalog.left(v_bad.key, 200));
      hint := 'Remove it from the reading, or append it to the profile.';
    elsif v_bad.type = 'number' then
      code := '22003';
      message := pg_catalog.format('metric "%s" is out of range', v_bad.key);
      hint := 'Magnitudes up to 1e100 are taken.';
    else
      code := '22P02';
      message := pg_catalog.format('metric "%s" must be a number or null, not %s', v_bad.key, v_bad.type);
      hint := 'Send numbers without quotes; null means not reported.';
    end if;
  elsif pg_catalog.cardinality(pg_catalog.array_remove(vector, null)) = 0 then
    code := '22023';
    message := 'every metric of the reading is null';
    hint := 'Leave out readings in which nothing was measured.';
  end if;
  return case when code is not null then pg_catalog.jsonb_build_object('code', code, 'message', message, 'hint', hint) end;
end
$$;
ALTER FUNCTION fleet.reading_problem(body jsonb, device text, ts timestamp with time zone, metrics jsonb, device_known boolean, metric_names text[], vector double precision[], earliest timestamp with time zone, latest timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.reading_problem(body jsonb, device text, ts timestamp with time zone, metrics jsonb, device_known boolean, metric_names text[], vector double precision[], earliest timestamp with time zone, latest timestamp with time zone) IS 'Why a reading is refused, as {code, message, hint}, or null when it is sound. metric_names are those of its stream, null when it has none; vector is what vigil.metric_values made of its metrics. earliest and latest are from fleet.accepted_times. The first problem found counts.';
CREATE PROCEDURE fleet.refresh_rollups(INOUT made bigint)
    LANGUAGE plpgsql
    AS $$
begin
  -- fleet.make_rollups has made them, tenant by tenant.
  made := 0;
end
$$;
ALTER PROCEDURE fleet.refresh_rollups(INOUT made bigint) OWNER TO vigil_owner;
COMMENT ON PROCEDURE fleet.refresh_rollups(INOUT made bigint) IS 'Makes what the rollups job makes for all tenants at once. Here: nothing.';
CREATE FUNCTION fleet.replace_restored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- Hardly ever is anything restored, and then the rows need not be looked at.
  if exists (select from fleet.restored_reading) then
    with copy as (
      delete from fleet.restored_reading x
      using written w
      where x.tenant_id = w.tenant_id and x.stream_id = w.stream_id and x.ts = w.ts
      returning x.tenant_id, x.stream_id, x.ts, x.values
    )
    update fleet.reading r
    set values = vigil.merge_values(c.values, r.values)
    from copy c
    where r.tenant_id = c.tenant_id and r.stream_id = c.stream_id and r.ts = c.ts;
  end if;
  return null;
end
$$;
ALTER FUNCTION fleet.replace_restored() OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.replace_restored() IS 'After readings are added: those of instants that were brought back from archives take over what their copies have and they lack, and the copies go, so that no reading is there twice.';
CREATE FUNCTION fleet.rollups_of(tenant integer) RETURNS TABLE(profile_id integer, bucket interval, retention interval, enabled boolean)
    LANGUAGE sql STABLE
    AS $$
  select distinct on (p.profile_id, r.bucket) p.profile_id, r.bucket, r.retention, r.enabled
  from fleet.profile p
  join fleet.rollup r
    on (r.tenant_id = p.tenant_id or r.tenant_id is null) and (r.profile_id = p.profile_id or r.profile_id is null)
  where p.tenant_id = tenant
  order by p.profile_id, r.bucket, r.profile_id nulls last, r.tenant_id nulls last
$$;
ALTER FUNCTION fleet.rollups_of(tenant integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.rollups_of(tenant integer) IS 'The rollup that counts for each of a tenant''s profiles and each bucket width, whether it is enabled or not.';
CREATE TABLE fleet.source (
    tenant_id integer NOT NULL,
    source_id integer NOT NULL,
    profile_id integer NOT NULL,
    name text NOT NULL,
    relation_schema text NOT NULL,
    relation_name text NOT NULL,
    device_column text NOT NULL,
    time_column text NOT NULL,
    metric_columns jsonb,
    metric_column text,
    value_column text,
    start_at timestamp with time zone NOT NULL,
    overlap interval NOT NULL,
    batch_size integer NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    watermark timestamp with time zone NOT NULL,
    next_ts timestamp with time zone,
    next_device text,
    backfill_to timestamp with time zone,
    backfill_ts timestamp with time zone,
    backfill_device text,
    rows_accepted bigint DEFAULT 0 NOT NULL,
    rows_rejected bigint DEFAULT 0 NOT NULL,
    last_run_at timestamp with time zone,
    caught_up_at timestamp with time zone,
    last_error_at timestamp with time zone,
    last_error text,
    last_error_code text,
    CONSTRAINT backfill_goes_somewhere CHECK (((backfill_to IS NULL) = (backfill_ts IS NULL))),
    CONSTRAINT batch_size_taken_at_once CHECK (((batch_size >= 1) AND (batch_size <= 10000))),
    CONSTRAINT metric_columns_is_object CHECK ((jsonb_typeof(metric_columns) = 'object'::text)),
    CONSTRAINT overlap_not_negative CHECK ((overlap >= '00:00:00'::interval)),
    CONSTRAINT source_name_is_word CHECK ((name ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,62}$'::text)),
    CONSTRAINT start_is_finite CHECK (isfinite(start_at)),
    CONSTRAINT wide_or_narrow CHECK ((((metric_columns IS NULL) = (metric_column IS NOT NULL)) AND ((metric_column IS NULL) = (value_column IS NULL))))
)
WITH (fillfactor='50');
ALTER TABLE ONLY fleet.source FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.source OWNER TO vigil_owner;
COMMENT ON TABLE fleet.source IS 'A foreign table, or a view over one, from which the sources job pulls readings.';
COMMENT ON COLUMN fleet.source.relation_schema IS 'By name, so that a foreign table that is made anew is found again.';
COMMENT ON COLUMN fleet.source.time_column IS 'A timestamp without time zone in it is read as UTC.';
COMMENT ON COLUMN fleet.source.metric_columns IS 'Of a wide table: the column of each metric, {"battery": "BatteryLevel"}.';
COMMENT ON COLUMN fleet.source.metric_column IS 'Of a narrow table, with a row for each value: where it has the metric''s name.';
COMMENT ON COLUMN fleet.source.start_at IS 'What is older is not pulled, but by a backfill.';
COMMENT ON COLUMN fleet.source.overlap IS 'How far behind the watermark each pass begins, for rows that came late.';
COMMENT ON COLUMN fleet.source.watermark IS 'Time of the newest reading pulled, at most the time of the pull: a device whose clock is ahead hides nothing.';
COMMENT ON COLUMN fleet.source.next_ts IS 'Where a pass that is under way goes on: everything before it is pulled, and at it the devices before next_device. Null between passes.';
COMMENT ON COLUMN fleet.source.backfill_to IS 'End, exclusive, of the range to pull once more; backfill_ts and backfill_device are where that goes on. Null when there is none.';
CREATE FUNCTION fleet.source_query(source fleet.source, within_instant boolean) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_relation regclass := pg_catalog.to_regclass(pg_catalog.format('%I.%I', source.relation_schema, source.relation_name));
  v_kind "char";
  v_columns jsonb;
  v_column record;
  v_device text;
  v_time text;
  v_bound text;
  v_instant text;
  v_item text;
begin
  select c.relkind into v_kind from pg_catalog.pg_class c where c.oid = v_relation;
  if v_kind is null or v_kind not in ('f', 'v', 'm', 'r', 'p') then
    raise exception using
      errcode = case when v_kind is null then '42P01' else '42809' end,
      message = pg_catalog.format(case when v_kind is null then 'foreign table "%s.%s" does not exist'
        else '"%s.%s" is not a table or view' end, source.relation_schema, source.relation_name),
      hint = 'Make it with create foreign table or import foreign schema, or point the source at another one.';
  end if;
  select pg_catalog.jsonb_object_agg(a.attname, case
      when a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype) then a.atttypid::regtype::text
      when a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'float4'::regtype, 'float8'::regtype,
        'numeric'::regtype) then 'number'
      when a.atttypid = 'bool'::regtype then 'boolean'
      else pg_catalog.format_type(a.atttypid, a.atttypmod) end)
  into v_columns
  from pg_catalog.pg_attribute a
  where a.attrelid = v_relation and a.attnum > 0 and not a.attisdropped;
  for v_column in
    select 1 as position, 'device' as what, source.device_column as name, '{}'::text[] as types
    union all select 2, 'time', source.time_column, '{timestamp with time zone,timestamp without time zone}'
    union all select 3, 'metric', source.metric_column, '{}' where source.metric_column is not null
    union all select 4, 'value', source.value_column, '{number,boolean}' where source.value_column is not null
    union all select 5, pg_catalog.format('metric "%s"', m.key), m.value, '{number,boolean}' from pg_catalog.jsonb_each_text(source.metric_columns) as m
    order by 1, 2
  loop
    if v_column.name is null or not v_columns ? v_column.name then
      raise exception using
        errcode = '42703',
        message = pg_catalog.format('%s has no column "%s" for the %s', v_relation, v_column.name, v_column.what),
        hint = pg_catalog.format('Its columns are: %s.', (select pg_catalog.string_agg(k.key, ', ') from pg_catalog.jsonb_object_keys(v_columns) as k (key)));
    elsif v_column.types <> '{}' and v_columns ->> v_column.name <> all (v_column.types) then
      raise exception using
        errcode = '42804',
        message = pg_catalog.format('column "%s" of %s for the %s is of type %s', v_column.name, v_relation, v_column.what, v_columns ->> v_column.name),
        hint = case v_column.what when 'time' then 'It must be timestamp or timestamptz;' else 'It must be a number or a boolean;' end
          || ' declare it so in the foreign table, or cast it in a view and name that.';
    end if;
  end loop;
  -- Compared as it is stored, so that the other database can use its index.
  v_time := pg_catalog.format('s.%I', source.time_column);
  v_bound := case v_columns ->> source.time_column when 'timestamp with time zone' then '$%s' else '($%s at time zone ''UTC'')' end;
  v_instant := case v_columns ->> source.time_column when 'timestamp with time zone' then v_time else v_time || ' at time zone ''UTC''' end;
  v_device := pg_catalog.format('s.%I::text', source.device_column);
  if source.metric_columns is null then
    v_item := pg_catalog.format('s.%I::text, ''{}''::text[], s.%I%s::text', source.metric_column, source.value_column,
      case v_columns ->> source.value_column when 'boolean' then '::int' else '' end);
  else
    v_item := (
      select pg_catalog.format('null::text, array[%s]::text[], null::text', pg_catalog.string_agg(pg_catalog.format('s.%I%s::text', m.value,
        case v_columns ->> m.value when 'boolean' then '::int' else '' end), ', ' order by m.key))
      from pg_catalog.jsonb_each_text(source.metric_columns) as m);
  end if;
  return pg_catalog.format('select %s, %s, %s from %s s where ', v_instant, v_device, v_item, v_relation)
    || case when within_instant
      then pg_catalog.format($q$%1$s = %2$s and $2::timestamptz is not null
        and coalesce(%3$s, '') collate "C" >= $4 and (coalesce(%3$s, '') = $4 or not $5)
        order by coalesce(%3$s, '') collate "C" limit $3$q$, v_time, pg_catalog.format(v_bound, 1), v_device)
      else pg_catalog.format($q$%1$s >= %2$s and %1$s < %3$s and $4::text is null and not $5 order by %1$s limit $3$q$,
        v_time, pg_catalog.format(v_bound, 1), pg_catalog.format(v_bound, 2))
    end;
end
$_$;
ALTER FUNCTION fleet.source_query(source fleet.source, within_instant boolean) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.source_query(source fleet.source, within_instant boolean) IS 'The query that reads a source: ts, device, metric, values (of the metrics in the order of their names), value. Either from $1 to $2, exclusive, in order of time, or at the instant $1 in order of device from $4 on ($5: that device only); $3 is the limit. Made of names in the catalog alone. 42P01, 42703 and 42804 where the table or a column is missing or of a type that cannot be used.';
CREATE FUNCTION fleet.source_rows(source fleet.source, from_ts timestamp with time zone, until timestamp with time zone, from_device text, one_device boolean, row_limit integer) RETURNS TABLE(ts timestamp with time zone, device text, item json)
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_profile text := (select p.name from fleet.profile p where p.tenant_id = source.tenant_id and p.profile_id = source.profile_id);
  v_metrics text[] := array(select k.key from pg_catalog.jsonb_object_keys(source.metric_columns) as k (key) order by k.key);
begin
  for ts, device, item in execute pg_catalog.format($q$
    select r.ts, r.device,
      case when %L then pg_catalog.json_build_object('device', r.device, 'profile', $6, 'ts', r.ts, 'metric', r.metric,
          'value', case when r.value ~ '^-?[0-9]' then r.value::json else pg_catalog.to_json(r.value) end)
        else pg_catalog.json_build_object('device', r.device, 'profile', $6, 'ts', r.ts, 'metrics', (
          select pg_catalog.json_object_agg(n.name, case when n.value ~ '^-?[0-9]' then n.value::json else pg_catalog.to_json(n.value) end)
          from unnest($7, r.values) as n (name, value)))
      end
    from (%s) as r (ts, device, metric, values, value)
    $q$, source.metric_columns is null, fleet.source_query(source, from_device is not null))
  using from_ts, until, row_limit, from_device, one_device, v_profile, v_metrics
  loop
    return next;
  end loop;
end
$_$;
ALTER FUNCTION fleet.source_rows(source fleet.source, from_ts timestamp with time zone, until timestamp with time zone, from_device text, one_device boolean, row_limit integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION fleet.source_rows(source fleet.source, from_ts timestamp with time zone, until timestamp with time zone, from_device text, one_device boolean, row_limit integer) IS 'Rows of a source as readings that fleet.ingest takes: from an instant to another, exclusive, in order of time; or, with from_device, those of the instant from_ts from that device on, in order of device. Values that are no JSON number (NaN, infinities) stay text, which ingestion refuses one reading at a time.';
CREATE FUNCTION ops.add_source(tenant text, name text, profile text, relation regclass, device_column text, time_column text, metrics jsonb DEFAULT NULL::jsonb, metric_column text DEFAULT NULL::text, value_column text DEFAULT NULL::text, start timestamp with time zone DEFAULT NULL::timestamp with time zone, overlap interval DEFAULT '01:00:00'::interval, batch_size integer DEFAULT 5000, enabled boolean DEFAULT true) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant fleet.tenant;
  v_profile fleet.profile;
  v_source fleet.source;
  v_metric text;
  v_role text := pg_catalog.current_setting('role');
begin
  select t.* into v_tenant from fleet.tenant t where t.name = add_source.tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  select p.* into v_profile from fleet.profile p where p.tenant_id = v_tenant.tenant_id and p.name = add_source.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', profile),
      hint = 'Create it with POST /rpc/create_profile or fleet.create_profile.';
  end if;
  if (metrics is null) = (metric_column is null and value_column is null) or (metric_column is null) <> (value_column is null) then
    raise exception using
      errcode = '22023',
      message = 'metrics, or metric_column and value_column, say where the values are',
      hint = 'A wide table has a column for each metric: metrics => ''{"battery": "BatteryLevel"}''; a narrow one has a row for each value.';
  end if;
  if pg_catalog.jsonb_typeof(metrics) <> 'object' or metrics = '{}'
    or exists (select from pg_catalog.jsonb_each(case pg_catalog.jsonb_typeof(metrics) when 'object' then metrics end) as m where pg_catalog.jsonb_typeof(m.value) <> 'string') then
    raise exception using
      errcode = '22023',
      message = 'metrics must be a JSON object with a column for each metric',
      hint = 'Give metrics => ''{"battery": "BatteryLevel", "signal": "SignalStrength"}''.';
  end if;
  select m.key into v_metric
  from pg_catalog.jsonb_object_keys(metrics) as m (key)
  where m.key <> all (v_profile.metric_names)
  order by m.key
  limit 1;
  if found and v_tenant.unknown_metric = 'refuse' then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('metric "%s" is not in profile "%s"', v_metric, profile),
      hint = 'Leave it out, append it to the profile, or let the tenant append: update fleet.tenant set unknown_metric = ''append''.';
  end if;
  if exists (select from fleet.source s where s.tenant_id = v_tenant.tenant_id and s.name = add_source.name) then
    raise exception using
      errcode = '42710',
      message = pg_catalog.format('source "%s" exists', name),
      hint = 'Choose another name, or delete the one in fleet.source.';
  end if;
  if start is null then
    -- What is no longer kept need not be pulled.
    select greatest(a.earliest, ops.kept_since(v_tenant.tenant_id)) into start from fleet.accepted_times(v_tenant.tenant_id) a;
  end if;
  insert into fleet.source as s (
    tenant_id, profile_id, name, relation_schema, relation_name, device_column, time_column, metric_columns, metric_column,
    value_column, start_at, overlap, batch_size, enabled, watermark)
  select v_tenant.tenant_id, v_profile.profile_id, add_source.name, n.nspname, c.relname, add_source.device_column,
    add_source.time_column, metrics, add_source.metric_column, add_source.value_column, start, add_source.overlap,
    add_source.batch_size, add_source.enabled, start
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = relation
  returning s.* into v_source;
  if not found then
    raise exception using
      errcode = '42P01',
      message = 'the foreign table does not exist',
      hint = 'Give relation => ''schema.table''.';
  end if;
  perform fleet.source_query(v_source, false);
  if enabled then
    -- Read as the job will: what is missing of grants, a user mapping or the network shows here.
    perform pg_catalog.set_config('role', 'vigil_jobs', true);
    perform from fleet.source_rows(v_source, start, 'infinity', null, false, 1) r;
    perform pg_catalog.set_config('role', v_role, true);
  end if;
  return v_source.source_id;
end
$$;
ALTER FUNCTION ops.add_source(tenant text, name text, profile text, relation regclass, device_column text, time_column text, metrics jsonb, metric_column text, value_column text, start timestamp with time zone, overlap interval, batch_size integer, enabled boolean) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.add_source(tenant text, name text, profile text, relation regclass, device_column text, time_column text, metrics jsonb, metric_column text, value_column text, start timestamp with time zone, overlap interval, batch_size integer, enabled boolean) IS 'Lets the sources job pull readings from a foreign table, or a view, into a profile of a tenant. metrics is the column of each metric; of a narrow table metric_column and value_column say where a row has its metric''s name and its value. start: what is older is left out, null: all that is kept. Reads a row as vigil_jobs, unless enabled is false. Returns source_id. For DBAs. 42704, 42703, 42804 and 42P01 for what does not exist or fit, 42710 for a name that is taken, 22023 and 23514 for settings out of range.';
CREATE FUNCTION ops.add_webhook(tenant text, channel text, url text, secret_ref text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant_id int;
  v_channel_id int;
begin
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  insert into alerting.channel (tenant_id, name, kind, url, secret_ref)
  values (v_tenant_id, channel, 'webhook', add_webhook.url, add_webhook.secret_ref)
  returning channel_id into v_channel_id;
  insert into alerting.rule_channel (tenant_id, rule_id, channel_id)
  select r.tenant_id, r.rule_id, v_channel_id
  from alerting.rule r
  where r.tenant_id = v_tenant_id;
  return v_channel_id;
end
$$;
ALTER FUNCTION ops.add_webhook(tenant text, channel text, url text, secret_ref text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.add_webhook(tenant text, channel text, url text, secret_ref text) IS 'Adds a webhook channel to a tenant and lets all its rules notify it. secret_ref names a file in the worker''s secrets directory. Returns channel_id. For DBAs.';
CREATE PROCEDURE ops.apply_archive(INOUT moved bigint, INOUT failure text)
    LANGUAGE plpgsql
    AS $$
declare
  c_time_limit constant interval := interval '30 minutes';
  c_tries constant int := 5;
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_configured boolean;
  v_step text;
  v_file record;
  v_range timestamptz;
  v_ranges timestamptz[];
  v_try int;
  v_rows bigint;
  v_verified boolean;
  v_well int[] := array[]::int[];
  v_failed int[] := array[]::int[];
  v_code text;
  v_message text;
  v_hint text;
begin
  moved := 0;
  failure := null;
  select s.configured into v_configured from vigil_platform.archive_status() s;
  if not v_configured then
    return;
  end if;
  -- Each in a transaction of its own, so that one's failure does not undo another's work.
  foreach v_step in array '{summaries,expire restores,expire archives,sweep,withdraw,plan}'::text[] loop
    v_code := null;
    begin
      case v_step
        -- Summaries cannot be made of what is in files. While their own job runs it is at just that.
        when 'summaries' then
          if pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('vigil.job.rollups', 0)) then
            perform fleet.make_rollups(t.tenant_id) from fleet.tenant t;
          end if;
        when 'expire restores' then perform ops.expire_restores();
        when 'expire archives' then perform ops.expire_archives(v_started);
        when 'sweep' then perform ops.sweep_archives();
        when 'withdraw' then perform ops.withdraw_archives();
        when 'plan' then perform ops.plan_archives();
      end case;
    exception when others then
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      v_message := pg_catalog.format('%s: %s', v_step, v_message);
      failure := coalesce(failure, v_message);
      perform ops.note_failure('archive', null, v_started, v_code, v_message, v_hint);
    end;
    commit;
  end loop;
  v_ranges := array(
    select distinct m.range_start from ops.archive_manifest m where m.state in ('planned', 'written', 'verified') order by 1);
  foreach v_range in array v_ranges loop
    -- What is not reached is the next run's.
    exit when pg_catalog.clock_timestamp() > v_started + c_time_limit;
    v_try := 1;
    loop
      v_code := null;
      for v_file in
        select m.tenant_id, m.archive_id, m.path
        from ops.archive_manifest m
        where m.range_start = v_range and m.state in ('planned', 'written')
        order by m.tenant_id, m.archive_id
      loop
        begin
          perform ops.write_archive(v_file.tenant_id, v_file.archive_id);
        exception when others then
          get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
        end;
        commit;
        if v_code is null then
          begin
            v_verified := ops.verify_archive(v_file.tenant_id, v_file.archive_id);
          exception when others then
            get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
          end;
          commit;
        end if;
        if v_code is null and not v_verified then
          v_code := '58030';
          v_message := 'the file was not what had been written when it was read back';
          v_hint := 'The readings are still in the database. Check the disk of the archive directory.';
        end if;
        if v_code is not null then
          v_message := pg_catalog.format('%s: %s', v_file.path, v_message);
          failure := coalesce(failure, v_message);
          perform ops.note_failure('archive', v_file.tenant_id, v_started, v_code, v_message, v_hint);
          perform alerting.raise_condition(v_file.tenant_id, 'archive/write', 'high', 'Readings cannot be archived and stay in the database: ' || v_message);
          v_failed := v_failed || v_file.tenant_id;
        else
          v_well := v_well || v_file.tenant_id;
        end if;
        commit;
        v_code := null;
      end loop;
      begin
        v_rows := ops.drop_archived(v_range, v_started);
        moved := moved + coalesce(v_rows, 0);
      exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      end;
      commit;
      if v_code is null and v_rows is null then
        for v_file in
          select m.tenant_id, m.archive_id
          from ops.archive_manifest m
          where m.range_start = v_range and m.state = 'verified'
          order by m.tenant_id, m.archive_id
        loop
          begin
            moved := moved + coalesce(ops.delete_archived(v_file.tenant_id, v_file.archive_id, v_started), 0);
          exception when others then
            get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
          end;
          commit;
          exit when v_code is not null;
        end loop;
      end if;
      exit when v_try = c_tries;
      if v_code = '55P03' then
        perform pg_catalog.pg_sleep(1);
      else
        -- A late reading came between a file and the drop: once more with what there is now.
        exit when v_code is not null or not exists (
          select from ops.archive_manifest m
          where m.range_start = v_range and (m.state = 'verified' or m.state = 'planned' and m.written_at is not null and m.damage is null));
      end if;
      v_try := v_try + 1;
    end loop;
    if v_code is not null then
      v_message := pg_catalog.format('chunk of %s: %s', v_range, v_message);
      failure := coalesce(failure, v_message);
      perform ops.note_failure('archive', null, v_started, v_code, v_message, v_hint);
      commit;
    end if;
  end loop;
  perform alerting.clear_condition(w.tenant_id, 'archive/write')
  from (select distinct x.tenant_id from pg_catalog.unnest(v_well) x (tenant_id)) w
  where w.tenant_id <> all (v_failed);
  perform audit.record_retention(v_started);
  commit;
end
$$;
ALTER PROCEDURE ops.apply_archive(INOUT moved bigint, INOUT failure text) OWNER TO postgres;
COMMENT ON PROCEDURE ops.apply_archive(INOUT moved bigint, INOUT failure text) IS 'What ops.run(''archive'') does: makes what summaries are due, expires copies and files, then moves readings that are past the hot tier into files, oldest first, for half an hour at most: plan, write, verify, drop, each committed, so that a run that was killed goes on where it was. Nothing is dropped that is not in a verified file. Without a directory it does nothing. moved is how many rows left the database, failure the first error; every error is in ops.job_run, and a file that cannot be written is an alert of its tenant. It commits.';
CREATE PROCEDURE ops.apply_retention(INOUT removed bigint, INOUT failure text)
    LANGUAGE plpgsql
    AS $$
declare
  c_time_limit constant interval := interval '10 minutes';
  c_blocks constant int := 256;
  c_tries constant int := 5;
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_parts jsonb;
  v_part record;
  v_block bigint;
  v_blocks bigint;
  v_try int;
  v_rows bigint;
  v_code text;
  v_message text;
  v_hint text;
begin
  removed := 0;
  failure := null;
  begin
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(x) order by x.position, x.from_ts, x.relation), '[]') into v_parts
    from (
      select p.object, p.relation, p.action, o.position, pg_catalog.min(p.from_ts) as from_ts,
        pg_catalog.sum(p.bytes) / greatest(pg_catalog.sum(p.row_count), 1) as row_bytes
      from ops.retention_plan() p
      join ops.retention_object o on o.object = p.object
      where p.row_count > 0 or p.action = 'drop chunk'
      group by p.object, p.relation, p.action, o.position
    ) x;
  exception when others then
    get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
    failure := v_message;
    v_parts := '[]';
    perform ops.note_failure('retention', null, v_started, v_code, v_message, v_hint);
  end;
  commit;
  for v_part in
    select p.object, p.relation, p.action, p.row_bytes
    from pg_catalog.jsonb_to_recordset(v_parts) as p (object text, relation text, action text, row_bytes numeric)
  loop
    v_block := 0;
    v_blocks := case v_part.action when 'delete' then
      pg_catalog.pg_relation_size(v_part.relation::regclass) / pg_catalog.current_setting('block_size')::int end;
    v_try := 1;
    -- A chunk at once, rows some megabytes at a time, each in a transaction of its own.
    loop
      -- What is not reached is the next run's.
      exit when pg_catalog.clock_timestamp() > v_started + c_time_limit;
      v_code := null;
      begin
        if v_part.action = 'drop chunk' then
          v_rows := ops.remove_chunk(v_part.object, v_part.relation, v_started);
        else
          v_rows := ops.remove_rows(v_part.object, v_part.relation, v_block, v_block + c_blocks, v_part.row_bytes, v_started);
        end if;
        removed := removed + coalesce(v_rows, 0);
      exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      end;
      commit;
      if v_code is null then
        v_block := v_block + c_blocks;
        exit when v_part.action = 'drop chunk' or v_block >= v_blocks;
      elsif v_code = '55P03' and v_try < c_tries then
        v_try := v_try + 1;
        perform pg_catalog.pg_sleep(1);
      else
        v_message := pg_catalog.format('%s: %s', v_part.relation, v_message);
        failure := coalesce(failure, v_message);
        perform ops.note_failure('retention', null, v_started, v_code, v_message, v_hint);
        commit;
        exit;
      end if;
    end loop;
  end loop;
  perform audit.record_retention(v_started);
  commit;
end
$$;
ALTER PROCEDURE ops.apply_retention(INOUT removed bigint, INOUT failure text) OWNER TO vigil_owner;
COMMENT ON PROCEDURE ops.apply_retention(INOUT removed bigint, INOUT failure text) IS 'What ops.run(''retention'') does: removes what ops.retention_plan lists, oldest first, for ten minutes at most. A chunk whose locks are not to be had is tried five times, then left to the next run. removed is how many rows went, failure the first error; every error is in ops.job_run. It commits.';
CREATE FUNCTION ops.archive_damage(path text, sha256 text) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  v_found text;
begin
  select h.sha256 into v_found from vigil_platform.archive_hash(archive_damage.path) h;
  return case when v_found <> archive_damage.sha256 then 'its content is not what was written' end;
exception when others then
  return sqlerrm;
end
$$;
ALTER FUNCTION ops.archive_damage(path text, sha256 text) OWNER TO postgres;
COMMENT ON FUNCTION ops.archive_damage(path text, sha256 text) IS 'Reads an archive file whole and says what is wrong with it: that it does not have the SHA-256, or why it cannot be read. Null when it is sound.';
CREATE FUNCTION ops.archive_plan(of_tenant integer DEFAULT NULL::integer, of_range_start timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS SETOF ops.archive_item
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  -- Values in a file: some hundred megabytes before they are compressed.
  c_most constant int := 40000000;
  v_chunk record;
begin
  for v_chunk in
    select pg_catalog.format('%I.%I', k.chunk_schema, k.chunk_name)::regclass as name, k.range_start, k.range_end
    from timescaledb_information.chunks k
    where k.hypertable_schema = 'fleet' and k.hypertable_name = 'reading'
      and k.range_end <= (select pg_catalog.max(s.archive_before) from ops.retention_scope('readings') s)
      and (of_range_start is null or k.range_start = of_range_start)
    order by k.range_start
  loop
    -- By stream, so that the index is all that is read.
    return query execute pg_catalog.format($query$
      with stream as (
        select x.tenant_id, x.stream_id, pg_catalog.count(*) as n from %s x group by x.tenant_id, x.stream_id
      ),
      due as (
        select x.tenant_id, x.stream_id, s.profile_id, s.policy_id, x.n,
          coalesce(s.held && pg_catalog.tstzrange($1, $2), false) as held,
          pg_catalog.cardinality(p.metric_names) as width
        from stream x
        join ops.retention_stream('readings') s on s.tenant_id = x.tenant_id and s.stream_id = x.stream_id
        join fleet.profile p on p.tenant_id = s.tenant_id and p.profile_id = s.profile_id
        where s.archive_before >= $2 and ($3::int is null or x.tenant_id = $3)
          and not exists (
            select from ops.archive_manifest m
            where m.range_start = $1 and m.tenant_id = x.tenant_id and m.state in ('planned', 'written', 'verified')
              and x.stream_id = any (m.stream_ids))
          -- What came late to a range that is back in the views stays in them as long as that.
          and not exists (
            select from ops.archive_restore b
            join ops.archive_manifest m on m.tenant_id = b.tenant_id and m.range_start = $1 and m.state = 'restored'
              and x.stream_id = any (m.stream_ids)
            where b.tenant_id = x.tenant_id and b.from_ts < $2 and b.to_ts > $1)
      ),
      part as (
        select d.*, case when not d.held then
          pg_catalog.sum(d.n * d.width) over (partition by d.tenant_id, d.profile_id, d.held order by d.stream_id)::bigint / $4 end as part
        from due d
      )
      select p.tenant_id, p.profile_id, p.policy_id, $5::text, $1, $2,
        coalesce(pg_catalog.array_agg(p.stream_id order by p.stream_id) filter (where not p.held), '{}'),
        coalesce(pg_catalog.sum(p.n) filter (where not p.held), 0)::bigint,
        coalesce(pg_catalog.sum(p.n) filter (where p.held), 0)::bigint,
        (pg_catalog.pg_total_relation_size($6) * coalesce(pg_catalog.sum(p.n) filter (where not p.held), 0)
          / (select pg_catalog.sum(s.n) from stream s))::bigint
      from part p
      group by p.tenant_id, p.profile_id, p.policy_id, p.part
      order by p.tenant_id, p.profile_id, p.part
      $query$, v_chunk.name)
    using v_chunk.range_start, v_chunk.range_end, of_tenant, c_most, v_chunk.name::text, v_chunk.name;
  end loop;
end
$_$;
ALTER FUNCTION ops.archive_plan(of_tenant integer, of_range_start timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.archive_plan(of_tenant integer, of_range_start timestamp with time zone) IS 'The dry run of the job archive: what is past the hot tier, has a cold one and is in no file yet, one row for each file to be; all, or of one tenant or the chunk that starts at an instant. held_rows stay in the database while a legal hold covers their stream in that chunk, in rows of their own without streams. bytes is the rows'' share of the chunk on disk. Whether there is a directory for files is not asked.';
CREATE FUNCTION ops.backfill_source(tenant text, name text, from_ts timestamp with time zone, to_ts timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_under_way boolean;
begin
  if not coalesce(pg_catalog.isfinite(from_ts) and pg_catalog.isfinite(to_ts) and from_ts < to_ts, false) then
    raise exception using
      errcode = '22023',
      message = 'from_ts must be before to_ts, and both finite',
      hint = 'Give the range to pull, such as ''2026-01-01'', ''2026-02-01''.';
  end if;
  select s.backfill_to is not null into v_under_way
  from fleet.source s
  join fleet.tenant t on t.tenant_id = s.tenant_id
  where t.name = tenant and s.name = backfill_source.name
  for update of s;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('source "%s" of tenant "%s" does not exist', name, tenant),
      hint = 'Add it with ops.add_source; select name from fleet.source lists the sources.';
  end if;
  if v_under_way then
    raise exception using
      errcode = '55006',
      message = pg_catalog.format('a backfill of source "%s" is under way', name),
      hint = 'Wait until fleet.source.backfill_to is null again, or end it by setting backfill_to, backfill_ts and backfill_device to null.';
  end if;
  update fleet.source s
  set backfill_to = to_ts, backfill_ts = from_ts, backfill_device = null
  from fleet.tenant t
  where t.tenant_id = s.tenant_id and t.name = tenant and s.name = backfill_source.name;
end
$$;
ALTER FUNCTION ops.backfill_source(tenant text, name text, from_ts timestamp with time zone, to_ts timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.backfill_source(tenant text, name text, from_ts timestamp with time zone, to_ts timestamp with time zone) IS 'Has the sources job pull a range of a source once more, from inclusive, to exclusive, after what is new; the watermark stays where it is. What is there already changes nothing. For DBAs. 42704 for an unknown source, 55006 while another backfill of it is under way, 22023 for a range that is empty or infinite.';
CREATE PROCEDURE ops.check_archives(INOUT checked bigint, INOUT failure text)
    LANGUAGE plpgsql
    AS $$
declare
  c_time_limit constant interval := interval '30 minutes';
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_file record;
  v_damage text;
begin
  checked := 0;
  failure := null;
  for v_file in
    select m.tenant_id, m.archive_id, m.path, m.sha256
    from ops.archive_manifest m
    where m.state in ('verified', 'dropped', 'restored')
    order by m.checked_at, m.archive_id
  loop
    exit when pg_catalog.clock_timestamp() > v_started + c_time_limit;
    v_damage := ops.archive_damage(v_file.path, v_file.sha256);
    update ops.archive_manifest m
    set checked_at = pg_catalog.clock_timestamp(), damage = v_damage,
      -- While the rows are still there the file is written again.
      state = case when m.state = 'verified' and v_damage is not null then 'planned' else m.state end
    where m.tenant_id = v_file.tenant_id and m.archive_id = v_file.archive_id and m.state in ('verified', 'dropped', 'restored');
    if found and v_damage is not null then
      perform alerting.raise_condition(v_file.tenant_id, 'archive/' || v_file.archive_id, 'critical',
        pg_catalog.format('Archive %s (%s) is damaged: %s. Put the file back from a backup.', v_file.archive_id, v_file.path, v_damage));
      perform ops.note_failure('verify', v_file.tenant_id, v_started, 'XX001', pg_catalog.format('%s: %s', v_file.path, v_damage),
        'Put the file back from a backup; the next check clears the alert.');
      failure := coalesce(failure, pg_catalog.format('%s: %s', v_file.path, v_damage));
    else
      perform alerting.clear_condition(v_file.tenant_id, 'archive/' || v_file.archive_id);
    end if;
    checked := checked + 1;
    commit;
  end loop;
end
$$;
ALTER PROCEDURE ops.check_archives(INOUT checked bigint, INOUT failure text) OWNER TO postgres;
COMMENT ON PROCEDURE ops.check_archives(INOUT checked bigint, INOUT failure text) IS 'What ops.run(''verify'') does: reads every archive file whole and compares its SHA-256 with the manifest, those first that were not looked at for longest, for half an hour at most. A file that is damaged or missing is an alert of its tenant until a check finds it sound. checked is how many files, failure the first that is damaged. It commits.';
CREATE FUNCTION ops.create_tenant(name text, display_name text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant_id int;
begin
  insert into fleet.tenant (name, display_name)
  values (create_tenant.name, create_tenant.display_name)
  returning tenant_id into v_tenant_id;
  insert into alerting.rule (tenant_id, name, min_severity)
  values (v_tenant_id, 'serious anomalies', 'high');
  return v_tenant_id;
end
$$;
ALTER FUNCTION ops.create_tenant(name text, display_name text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.create_tenant(name text, display_name text) IS 'Makes a tenant with one alert rule, anomalies of severity high and above. Returns tenant_id. For DBAs. 23505 when the name is taken.';
CREATE FUNCTION ops.delete_archived(tenant integer, archive bigint, started_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_range_start timestamptz;
  v_file ops.archive_manifest;
  v_rows bigint;
  v_hash numeric;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  lock table ops.legal_hold, ops.retention_policy, ops.archive_restore in share mode;
  select m.range_start into v_range_start
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive;
  perform ops.withdraw_archives(v_range_start);
  perform ops.replan_damaged(v_range_start, archive);
  select m.* into v_file
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state = 'verified'
  for update;
  if not found then
    return null;
  end if;
  begin
    -- What is deleted is what is compared. A late row that this does not see stays; its time comes with another file.
    with gone as (
      delete from fleet.reading r
      where r.tenant_id = tenant and r.stream_id = any (v_file.stream_ids)
        and r.ts >= v_file.range_start and r.ts < v_file.range_end
      returning r.stream_id, r.ts, r.values
    )
    select pg_catalog.count(*), pg_catalog.sum(ops.reading_hash(g.stream_id, g.ts, g.values))
    into v_rows, v_hash
    from gone g;
    if (v_rows, v_hash) is distinct from (v_file.row_count, v_file.row_hash) then
      raise exception using errcode = '40001', message = 'the rows have changed since their file was written';
    end if;
  exception when serialization_failure then
    update ops.archive_manifest m set state = 'planned' where m.tenant_id = tenant and m.archive_id = archive;
    return 0;
  end;
  update ops.archive_manifest m
  set state = 'dropped', dropped_at = pg_catalog.clock_timestamp()
  where m.tenant_id = tenant and m.archive_id = archive;
  insert into ops.retention_run (
    started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
  select delete_archived.started_at, pg_catalog.clock_timestamp(), 'readings', v_file.policy_id, tenant, v_file.path, 'archive', v_rows,
    (pg_catalog.pg_total_relation_size(c.name) * v_rows / greatest(c.reltuples, v_rows))::bigint, v_file.from_ts, v_file.to_ts
  from (
    select k.oid::regclass as name, k.reltuples
    from timescaledb_information.chunks c
    join pg_catalog.pg_class k on k.oid = pg_catalog.format('%I.%I', c.chunk_schema, c.chunk_name)::regclass
    where c.hypertable_schema = 'fleet' and c.hypertable_name = 'reading' and c.range_start = v_file.range_start
  ) c;
  return v_rows;
end
$$;
ALTER FUNCTION ops.delete_archived(tenant integer, archive bigint, started_at timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.delete_archived(tenant integer, archive bigint, started_at timestamp with time zone) IS 'Deletes the readings that a verified file holds from a chunk that others still need, if they are exactly those, and writes that to ops.retention_run. Returns how many; 0 when they have changed and the file is to be written again, null when it is not verified (any more).';
CREATE FUNCTION ops.drop_archived(range_start timestamp with time zone, started_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_chunk text;
  v_others boolean;
  v_changed bigint[];
  v_rows bigint;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold or a longer policy that is placed meanwhile waits, and finds the chunk gone; one that is there counts. A restore
  -- must not miss what goes while it reads.
  lock table ops.legal_hold, ops.retention_policy, ops.archive_restore in share mode;
  perform ops.withdraw_archives(drop_archived.range_start);
  select pg_catalog.format('%I.%I', c.chunk_schema, c.chunk_name) into v_chunk
  from timescaledb_information.chunks c
  where c.hypertable_schema = 'fleet' and c.hypertable_name = 'reading' and c.range_start = drop_archived.range_start;
  if v_chunk is null then
    -- Somebody has dropped it by hand. What is verified is all there is.
    update ops.archive_manifest m
    set state = 'dropped', dropped_at = pg_catalog.clock_timestamp()
    where m.range_start = drop_archived.range_start and m.state = 'verified';
    return 0;
  end if;
  if ops.replan_damaged(drop_archived.range_start) > 0 then
    return 0;
  end if;
  -- Writers need not wait for what will not be.
  execute pg_catalog.format($query$
    select exists (
      select from (select distinct r.tenant_id, r.stream_id from %s r) s
      where not exists (
        select from ops.archive_manifest m
        where m.range_start = $1 and m.state = 'verified' and m.tenant_id = s.tenant_id and s.stream_id = any (m.stream_ids)))
    $query$, v_chunk::regclass)
  into v_others
  using drop_archived.range_start;
  if v_others then
    return null;
  end if;
  perform ops.lock_chunk('fleet.reading', v_chunk::regclass);
  -- Counted again, now that nothing can be added: the rows must be those of the files, each once.
  execute pg_catalog.format($query$
    with file as (
      select m.tenant_id, m.archive_id, s.stream_id
      from ops.archive_manifest m
      cross join lateral pg_catalog.unnest(m.stream_ids) s (stream_id)
      where m.range_start = $1 and m.state = 'verified'
    ),
    stream as materialized (
      select r.tenant_id, r.stream_id, pg_catalog.count(*) as row_count,
        pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values)) as row_hash
      from %s r
      group by r.tenant_id, r.stream_id
    ),
    found as (
      select f.tenant_id, f.archive_id, pg_catalog.sum(s.row_count) as row_count, pg_catalog.sum(s.row_hash) as row_hash
      from stream s
      left join file f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id
      group by f.tenant_id, f.archive_id
    )
    select
      coalesce(pg_catalog.bool_or(f.archive_id is null), false) as others,
      pg_catalog.array_agg(m.archive_id) filter (
        where m.archive_id is not null and (f.row_count, f.row_hash) is distinct from (m.row_count, m.row_hash)) as changed
    from found f
    full join (
      select m.tenant_id, m.archive_id, m.row_count, m.row_hash from ops.archive_manifest m where m.range_start = $1 and m.state = 'verified'
    ) m on m.tenant_id = f.tenant_id and m.archive_id = f.archive_id
    $query$, v_chunk::regclass)
  into v_others, v_changed
  using drop_archived.range_start;
  if v_changed is not null then
    update ops.archive_manifest m
    set state = 'planned'
    where m.range_start = drop_archived.range_start and m.state = 'verified' and m.archive_id = any (v_changed);
    return 0;
  end if;
  if v_others then
    return null;
  end if;
  with noted as (
    insert into ops.retention_run (
      started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
    select drop_archived.started_at, pg_catalog.clock_timestamp(), 'readings', m.policy_id, m.tenant_id, m.path, 'archive', m.row_count,
      (pg_catalog.pg_total_relation_size(v_chunk::regclass) * m.row_count / pg_catalog.sum(m.row_count) over ())::bigint,
      m.from_ts, m.to_ts
    from ops.archive_manifest m
    where m.range_start = drop_archived.range_start and m.state = 'verified'
    returning row_count
  )
  select pg_catalog.sum(n.row_count) into v_rows from noted n;
  update ops.archive_manifest m
  set state = 'dropped', dropped_at = pg_catalog.clock_timestamp()
  where m.range_start = drop_archived.range_start and m.state = 'verified';
  perform ops.drop_chunk(v_chunk);
  return v_rows;
end
$_$;
ALTER FUNCTION ops.drop_archived(range_start timestamp with time zone, started_at timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.drop_archived(range_start timestamp with time zone, started_at timestamp with time zone) IS 'Drops the chunk of readings that starts at an instant if verified files hold exactly what is in it, compared under lock, and writes that to ops.retention_run. Files whose rows have changed since are to be written again. Returns how many rows it held; 0 when files start over, null when other rows keep the chunk: ops.delete_archived takes the files'' rows from it. Writers of readings wait meanwhile. 55P03 when the locks are not to be had within 0.9 s each.';
CREATE FUNCTION ops.drop_chunk(relation text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_chunk record;
  v_dropped text[];
begin
  select format('%I.%I', c.hypertable_schema, c.hypertable_name)::regclass as hypertable, c.range_start, c.range_end into v_chunk
  from timescaledb_information.chunks c
  where format('%I.%I', c.chunk_schema, c.chunk_name) = drop_chunk.relation;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('chunk "%s" does not exist', drop_chunk.relation),
      hint = 'select chunk_schema, chunk_name from timescaledb_information.chunks lists the chunks.';
  end if;
  v_dropped := array(
    select d from public.drop_chunks(v_chunk.hypertable, older_than => v_chunk.range_end, newer_than => v_chunk.range_start) d);
  if v_dropped is distinct from array[drop_chunk.relation] then
    raise exception using
      errcode = 'XX000',
      message = format('dropping chunk %s would have dropped %s', drop_chunk.relation, v_dropped),
      hint = 'Nothing was dropped. Report it with the chunks'' ranges in timescaledb_information.chunks.';
  end if;
end
$$;
ALTER FUNCTION ops.drop_chunk(relation text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.drop_chunk(relation text) IS 'Drops one chunk, given by its quoted name, and no other. Only the owner of a hypertable may, so it runs as the owner; what may go is decided by ops.remove_chunk. 42704 for an unknown chunk.';
CREATE FUNCTION ops.earlier_answer(procedure text, body text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
declare
  v_key text := auth.request_header('idempotency-key');
  v_tenant_id int;
  v_body_sha256 bytea;
  v_earlier record;
begin
  if v_key is null then
    return null;
  end if;
  if v_key !~ '^[ -~]{1,255}$' then
    raise sqlstate 'PT400' using
      message = 'the Idempotency-Key is not valid',
      hint = 'Send 1 to 255 printable ASCII characters, such as a UUID made once for each request and its repeats.';
  end if;
  v_tenant_id := auth.tenant_id();
  v_body_sha256 := pg_catalog.sha256(pg_catalog.convert_to(body, 'UTF8'));
  -- Waits here while a request with the same key is under way; it then sees what that one left.
  insert into ops.idempotency_key as k (tenant_id, procedure_name, key, body_sha256)
  values (v_tenant_id, procedure, v_key, v_body_sha256)
  on conflict (tenant_id, procedure_name, key) do update
  set body_sha256 = excluded.body_sha256, answer = null, created_at = excluded.created_at
  where k.created_at <= pg_catalog.now() - interval '24 hours';
  if found then
    return null;
  end if;
  select k.body_sha256, k.answer into v_earlier
  from ops.idempotency_key k
  where k.tenant_id = v_tenant_id and k.procedure_name = procedure and k.key = v_key;
  if v_earlier.body_sha256 <> v_body_sha256 then
    raise sqlstate 'PT422' using
      message = 'the Idempotency-Key was used for another request',
      hint = 'Use a new key for a new request; repeat a request with the same body.';
  end if;
  perform auth.add_answer_header('Idempotency-Replayed', 'true');
  return v_earlier.answer;
end
$_$;
ALTER FUNCTION ops.earlier_answer(procedure text, body text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.earlier_answer(procedure text, body text) IS 'What a procedure of api answered the tenant to the current request''s Idempotency-Key within the last 24 hours; the answer then says Idempotency-Replayed: true. Null when there is no such key, or it is new: the procedure does its work and hands its answer to ops.keep_answer. body is whatever tells one request from another. PT400 for a malformed key, PT422 for one that came with another body.';
CREATE FUNCTION ops.expire_archives(started_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_removed bigint;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold that is placed meanwhile waits, and finds the file gone; one that is there counts.
  lock table ops.legal_hold, ops.retention_policy in share mode;
  with past as (
    update ops.archive_manifest m
    set state = 'removed', removed_at = pg_catalog.clock_timestamp()
    from ops.retention_scope('readings') s
    where m.state in ('dropped', 'restored')
      and s.tenant_id = m.tenant_id and s.profile_id = m.profile_id and s.cutoff >= m.range_end
      and not exists (
        select from ops.retention_stream('readings') r
        where r.tenant_id = m.tenant_id and r.stream_id = any (m.stream_ids)
          and r.held && pg_catalog.tstzrange(m.range_start, m.range_end))
    returning m.tenant_id, s.policy_id, m.path, m.row_count, m.bytes, m.from_ts, m.to_ts
  )
  insert into ops.retention_run (
    started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
  select expire_archives.started_at, pg_catalog.clock_timestamp(), 'readings', p.policy_id, p.tenant_id, p.path, 'remove file', p.row_count,
    p.bytes, p.from_ts, p.to_ts
  from past p;
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
ALTER FUNCTION ops.expire_archives(started_at timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.expire_archives(started_at timestamp with time zone) IS 'Gives up the files that are past the cold tier of their policy and not held, and writes that to ops.retention_run; ops.sweep_archives unlinks them once that is committed. Returns how many.';
CREATE FUNCTION ops.expire_restores() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_removed bigint;
begin
  -- A restore that is under way would lose what it brings back for the second time.
  lock table ops.archive_restore in share row exclusive mode;
  delete from ops.archive_restore x where x.expires_at <= pg_catalog.clock_timestamp();
  if not found then
    return 0;
  end if;
  delete from fleet.restored_reading r
  using fleet.stream st
  where st.tenant_id = r.tenant_id and st.stream_id = r.stream_id
    and not exists (
      select from ops.archive_restore x
      where x.tenant_id = r.tenant_id and (x.device_id is null or x.device_id = st.device_id)
        and r.ts >= x.from_ts and r.ts < x.to_ts);
  get diagnostics v_removed = row_count;
  update ops.archive_manifest m
  set state = 'dropped'
  where m.state = 'restored' and not exists (
    select from ops.archive_restore x
    where x.tenant_id = m.tenant_id and x.from_ts <= m.to_ts and x.to_ts > m.from_ts);
  return v_removed;
end
$$;
ALTER FUNCTION ops.expire_restores() OWNER TO postgres;
COMMENT ON FUNCTION ops.expire_restores() IS 'Removes the copies of archived readings whose time is over; the files stay. Returns how many rows.';
CREATE FUNCTION ops.expired_query(relation regclass) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_object text;
  v_range_end timestamptz;
  v_from text;
  v_ts text;
  v_policy text;
  v_expired text;
  v_held text;
begin
  select o.object, c.range_end into strict v_object, v_range_end
  from pg_catalog.pg_class k
  join pg_catalog.pg_namespace n on n.oid = k.relnamespace
  left join timescaledb_information.chunks c on c.chunk_schema = n.nspname and c.chunk_name = k.relname
  join ops.retention_object o on o.relation = coalesce(c.hypertable_schema, n.nspname) || '.' || coalesce(c.hypertable_name, k.relname)
  where k.oid = expired_query.relation;
  case
    when v_range_end is not null then
      -- A whole chunk is past the limit or not. Rows whose stream is gone follow their tenant's policy, or the one for all.
      v_ts := 'r.ts';
      v_from := pg_catalog.format($from$
        left join ops.retention_stream(%1$L) s on s.tenant_id = r.tenant_id and s.stream_id = r.stream_id
        left join ops.retention_scope(%1$L) t on t.tenant_id = r.tenant_id and t.profile_id is null
        left join ops.retention_scope(%1$L) p on p.tenant_id is null$from$, v_object);
      v_policy := 'coalesce(s.policy_id, t.policy_id, p.policy_id)';
      v_expired := pg_catalog.format('coalesce(s.cutoff, t.cutoff, p.cutoff) >= %L::timestamptz', v_range_end);
      v_held := 'coalesce(r.ts <@ case when s.stream_id is null then t.held else s.held end, false)';
    when v_object = 'anomalies' then
      v_ts := 'r.ended_at';
      v_from := 'join ops.retention_stream(''anomalies'') s on s.tenant_id = r.tenant_id and s.stream_id = r.stream_id';
      v_policy := 's.policy_id';
      v_expired := 'r.ended_at < s.cutoff and r.state = ''closed'' and not r.alert_pending';
      v_held := 'coalesce(pg_catalog.tstzrange(r.started_at, r.ended_at, ''[]'') && s.held, false)';
    when v_object = 'training' then
      -- Scores name the model that made them, so it lives as long as they.
      v_ts := 'n.replaced_at';
      v_from := $from$
        join (
          select m.tenant_id, m.model_id, pg_catalog.lead(m.trained_at) over (
            partition by m.tenant_id, m.profile_id, m.scope, m.stream_id, m.device_model, m.site_id
            order by m.trained_at, m.model_id) as replaced_at
          from detect.model m
        ) n on n.tenant_id = r.tenant_id and n.model_id = r.model_id
        join ops.retention_scope('training') t on t.tenant_id = r.tenant_id and t.profile_id = r.profile_id
        left join ops.retention_scope('scores') c on c.tenant_id = r.tenant_id and c.profile_id = r.profile_id
        left join ops.retention_stream('training') s on s.tenant_id = r.tenant_id and s.stream_id = r.stream_id$from$;
      v_policy := 't.policy_id';
      v_expired := $expired$
        r.status = 'superseded' and n.replaced_at < least(t.cutoff, coalesce(c.cutoff, '-infinity'))
        and not exists (select from detect.anomaly a where a.tenant_id = r.tenant_id and a.model_id = r.model_id)$expired$;
      v_held := $held$
        coalesce(pg_catalog.tstzrange(r.trained_at, n.replaced_at, '[]')
          && case when s.stream_id is null then t.held else s.held end, false)$held$;
    when v_object in ('job_runs', 'retention_runs', 'storage_samples', 'audit') then
      v_ts := case v_object when 'storage_samples' then 'r.measured_at' when 'audit' then 'r.at' else 'r.started_at' end;
      v_from := pg_catalog.format($from$
        left join ops.retention_scope(%1$L) t on t.tenant_id = r.tenant_id and t.profile_id is null
        left join ops.retention_scope(%1$L) p on p.tenant_id is null$from$, v_object);
      v_policy := 'coalesce(t.policy_id, p.policy_id)';
      v_expired := v_ts || ' < coalesce(t.cutoff, p.cutoff)';
      v_held := pg_catalog.format('coalesce(%s <@ t.held, false)', v_ts);
    when v_object in ('scheduler_log', 'heartbeats') then
      v_ts := case v_object when 'heartbeats' then 'r.last_seen_at' else 'r.start_time' end;
      v_from := pg_catalog.format('join ops.retention_scope(%L) p on p.tenant_id is null', v_object);
      v_policy := 'p.policy_id';
      v_expired := v_ts || ' < p.cutoff';
      v_held := 'false';
  end case;
  return pg_catalog.format($query$
    select r.ctid as tid, %s as tenant_id, %s as policy_id, %s as ts, coalesce(%s, false) as expired, %s as held
    from %s r %s
    where ($1::int is null or %s = $1) and ($2::tid is null or r.ctid >= $2 and r.ctid < $3::tid)$query$,
    case when v_object in ('scheduler_log', 'heartbeats') then 'null::int' else 'r.tenant_id' end,
    v_policy, v_ts, v_expired, v_held, relation, v_from,
    case when v_object in ('scheduler_log', 'heartbeats') then 'null::int' else 'r.tenant_id' end);
end
$_$;
ALTER FUNCTION ops.expired_query(relation regclass) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.expired_query(relation regclass) IS 'The one text that says what is past its limit: the dry run counts its rows, the run deletes them. It lists every row of a table or a chunk as (tid, tenant_id, policy_id, ts, expired, held); what is expired and not held goes. $1 confines it to a tenant, $2 and $3 to a range of tids; null for all. P0002 for a table that does not age.';
CREATE FUNCTION ops.heartbeat(component text, instance text, version text, detail jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  insert into ops.heartbeat as h (component, instance, version, detail)
  values (heartbeat.component, heartbeat.instance, heartbeat.version, coalesce(heartbeat.detail, '{}'))
  on conflict (component, instance) do update
  set version = excluded.version, detail = excluded.detail, last_seen_at = now()
$$;
ALTER FUNCTION ops.heartbeat(component text, instance text, version text, detail jsonb) OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.heartbeat(component text, instance text, version text, detail jsonb) IS 'A part outside the database reports that it is alive. instance tells several of the same component apart.';
CREATE FUNCTION ops.keep_answer(procedure text, answer jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  v_key text := auth.request_header('idempotency-key');
begin
  perform audit.record(auth.tenant_id(), procedure, answer);
  if v_key is not null then
    update ops.idempotency_key k
    set answer = keep_answer.answer
    where k.tenant_id = (select auth.tenant_id()) and k.procedure_name = procedure and k.key = v_key;
  end if;
  return answer;
end
$$;
ALTER FUNCTION ops.keep_answer(procedure text, answer jsonb) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.keep_answer(procedure text, answer jsonb) IS 'Keeps a procedure''s answer under the current request''s Idempotency-Key, which ops.earlier_answer has noted, writes it to the audit trail, and returns it. In the same transaction as the work, so that there is either both or neither.';
CREATE FUNCTION ops.keep_held() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_old jsonb := to_jsonb(old);
  v_hold ops.legal_hold;
begin
  select h.* into v_hold
  from ops.legal_hold h
  where h.released_at is null
    and (tg_op = 'TRUNCATE' or h.tenant_id = (v_old ->> 'tenant_id')::int)
    and case tg_table_name
      when 'legal_hold' then h.hold_id = (v_old ->> 'hold_id')::int
      when 'stream' then (h.device_id is null or h.device_id = (v_old ->> 'device_id')::int)
        and (h.stream_id is null or h.stream_id = (v_old ->> 'stream_id')::int)
      else true
    end
  order by h.tenant_id, h.hold_id
  limit 1;
  if found then
    perform ops.refuse_removal(v_hold);
  end if;
  return old;
end
$$;
ALTER FUNCTION ops.keep_held() OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.keep_held() IS 'Refuses, with 55006, to delete a stream (so also its device, profile, tenant) that a legal hold covers or a hold that is not released, and to empty a table while there is any hold. Owned by vigil_jobs: it must see every hold, whoever deletes.';
CREATE FUNCTION ops.keep_held_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_hold ops.legal_hold;
begin
  -- Most of the time there is none, and then the rows need not be looked at.
  if not exists (select from ops.legal_hold h where h.released_at is null) then
    return null;
  end if;
  select h.* into v_hold
  from ops.legal_hold h
  join removed r on r.tenant_id = h.tenant_id and r.ts <@ tstzrange(h.from_ts, h.to_ts, '[]')
  left join fleet.stream st on st.tenant_id = r.tenant_id and st.stream_id = r.stream_id
  where h.released_at is null
    and (h.device_id is null or h.device_id = st.device_id) and (h.stream_id is null or h.stream_id = r.stream_id)
  order by h.tenant_id, h.hold_id
  limit 1;
  if found then
    perform ops.refuse_removal(v_hold);
  end if;
  return null;
end
$$;
ALTER FUNCTION ops.keep_held_rows() OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.keep_held_rows() IS 'Refuses, with 55006, to delete readings, features or scores that a legal hold covers. Owned by vigil_jobs: it must see every hold, whoever deletes.';
CREATE FUNCTION ops.kept_since(tenant integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with decides as (
    -- A policy of the tenant takes the place of the one for all; those of profiles go beside it.
    select distinct on (p.profile_id) p.profile_id, case when p.enabled then now() - p.hot - coalesce(p.cold, '0') else '-infinity' end as cutoff
    from ops.retention_policy p
    where p.object = 'readings' and (p.tenant_id = kept_since.tenant or p.tenant_id is null)
    order by p.profile_id, p.tenant_id nulls last
  )
  select least(min(d.cutoff), (
    select min(coalesce(h.from_ts, '-infinity')) from ops.legal_hold h
    where h.tenant_id = kept_since.tenant and h.released_at is null))
  from decides d
  having bool_or(d.profile_id is null)
$$;
ALTER FUNCTION ops.kept_since(tenant integer) OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.kept_since(tenant integer) IS 'Before which time readings of a tenant surely go again: the earliest of the cutoffs of its retention policies for readings, hot and cold together, and of what its legal holds cover. -infinity where a policy is off, null where there is none. Owned by vigil_jobs: a policy for all is no tenant''s.';
CREATE FUNCTION ops.lock_chunk(hypertable regclass, chunk regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  -- A vacuum of the chunk gives way to whoever has waited for deadlock_timeout, and to nobody who waits less. This
  -- waits for nothing but that, and nobody who reads or writes waits for this.
  perform pg_catalog.set_config('lock_timeout', '5s', true);
  execute pg_catalog.format('lock table %s in share update exclusive mode', chunk);
  -- Less than deadlock_timeout: whoever holds what this waits for is left alone, and waits no longer for this.
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- Writers wait here, before they look for a chunk, and make a new one afterwards. Not the chunk first: they would find it gone.
  execute pg_catalog.format('lock table only %s in share row exclusive mode', hypertable);
  execute pg_catalog.format('lock table %s in share row exclusive mode', chunk);
end
$$;
ALTER FUNCTION ops.lock_chunk(hypertable regclass, chunk regclass) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.lock_chunk(hypertable regclass, chunk regclass) IS 'Makes writers of a hypertable wait until the end of the transaction, so that nothing is added to the chunk. A vacuum of the chunk is ended. 55P03 when other locks are not to be had within 0.9 s each.';
CREATE FUNCTION ops.measure_storage() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_rows bigint;
begin
  insert into ops.storage_sample as s (tenant_id, object, measured_at, row_count, bytes, point_count)
  select m.tenant_id, m.object, pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC'),
    pg_catalog.sum(m.row_count), pg_catalog.sum(m.bytes * m.row_count / m.total)::bigint, pg_catalog.sum(m.point_count)
  from (
    select o.object, r.tenant_id, r.row_count, r.point_count, pg_catalog.pg_total_relation_size(part.name) as bytes,
      pg_catalog.sum(r.row_count) over (partition by part.name) as total
    from ops.retention_object o
    cross join lateral (
      select pg_catalog.format('%I.%I', c.chunk_schema, c.chunk_name)::regclass as name
      from timescaledb_information.chunks c
      where c.hypertable_schema || '.' || c.hypertable_name = o.relation
      union all
      select o.relation::regclass
      where not exists (
        select from timescaledb_information.hypertables h where h.hypertable_schema || '.' || h.hypertable_name = o.relation)
    ) part
    cross join lateral ops.rows_by_tenant(part.name, o.object) r
    where o.minimum is not null
  ) m
  -- Not what deleted tenants have left behind.
  join fleet.tenant t on t.tenant_id = m.tenant_id
  group by m.tenant_id, m.object
  on conflict (tenant_id, object, measured_at) do update
  set row_count = excluded.row_count, bytes = excluded.bytes, point_count = excluded.point_count;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;
ALTER FUNCTION ops.measure_storage() OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.measure_storage() IS 'Counts what each tenant has of each object that it can set limits for, chunk by chunk, into ops.storage_sample; the day''s sample is replaced. Returns how many samples.';
CREATE FUNCTION ops.note_failure(job text, tenant integer, started timestamp with time zone, code text, message text, hint text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  -- A job that fails every few seconds fills one row an hour, not a thousand.
  update ops.job_run r
  set finished_at = pg_catalog.clock_timestamp(), repeats = r.repeats + 1
  where r.job_run_id = (
      select n.job_run_id from ops.job_run n
      where n.job_name = job and n.tenant_id is not distinct from tenant and n.started_at > started - interval '1 hour'
      order by n.started_at desc, n.job_run_id desc
      limit 1)
    and r.status = 'error' and r.error_code = code and r.message = note_failure.message;
  if not found then
    insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, error_code, message, hint)
    values (job, tenant, started, pg_catalog.clock_timestamp(), 'error', code, note_failure.message, nullif(note_failure.hint, ''));
  end if;
end
$$;
ALTER FUNCTION ops.note_failure(job text, tenant integer, started timestamp with time zone, code text, message text, hint text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.note_failure(job text, tenant integer, started timestamp with time zone, code text, message text, hint text) IS 'Records that a job failed for a tenant (null: for all) in ops.job_run. The same failure again within the hour counts in repeats.';
CREATE FUNCTION ops.place_hold(tenant text, reason text, device text DEFAULT NULL::text, profile text DEFAULT NULL::text, from_ts timestamp with time zone DEFAULT NULL::timestamp with time zone, to_ts timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant_id int;
  v_device_id int;
  v_stream_id int;
  v_hold_id int;
begin
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = place_hold.tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', place_hold.tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  if device is not null then
    select d.device_id into v_device_id
    from fleet.device d
    where d.tenant_id = v_tenant_id and d.external_id = place_hold.device;
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('device "%s" does not exist', place_hold.device),
        hint = 'select external_id from fleet.device lists the devices.';
    end if;
  end if;
  if profile is not null then
    select st.stream_id into v_stream_id
    from fleet.stream st
    join fleet.profile p using (tenant_id, profile_id)
    where st.tenant_id = v_tenant_id and st.device_id = v_device_id and p.name = place_hold.profile;
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('no device is named, or it does not speak profile "%s"', place_hold.profile),
        hint = 'Name the device, and a profile that it speaks; without a profile the hold is over all its streams.';
    end if;
    v_device_id := null;
  end if;
  insert into ops.legal_hold (tenant_id, device_id, stream_id, from_ts, to_ts, reason)
  values (v_tenant_id, v_device_id, v_stream_id, place_hold.from_ts, place_hold.to_ts, place_hold.reason)
  returning hold_id into v_hold_id;
  perform audit.record(v_tenant_id, 'place_hold', pg_catalog.jsonb_build_object(
    'hold_id', v_hold_id, 'device', device, 'profile', profile, 'from_ts', place_hold.from_ts, 'to_ts', place_hold.to_ts));
  return v_hold_id;
end
$$;
ALTER FUNCTION ops.place_hold(tenant text, reason text, device text, profile text, from_ts timestamp with time zone, to_ts timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.place_hold(tenant text, reason text, device text, profile text, from_ts timestamp with time zone, to_ts timestamp with time zone) IS 'Places a legal hold on a tenant, one of its devices, or a device''s stream of one profile, from an instant to an instant, both included (null: without end). Returns hold_id. Once it is committed nothing it covers goes. For DBAs. 42704 for unknown names, 23514 for an empty reason or a range that ends before it begins.';
CREATE FUNCTION ops.plan_archives() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_planned bigint;
begin
  insert into ops.archive_manifest (tenant_id, profile_id, policy_id, range_start, range_end, part, stream_ids, path)
  select p.tenant_id, p.profile_id, p.policy_id, p.range_start, p.range_end, p.part, p.stream_ids,
    pg_catalog.format('readings/tenant=%s/profile=%s/%s/part-%s.parquet', p.tenant_id, p.profile_id,
      pg_catalog.to_char(p.range_start at time zone 'UTC', 'YYYY-MM-DD"t"HH24MISS"z"'), p.part)
  from (
    select a.*, coalesce((
      select pg_catalog.max(m.part) from ops.archive_manifest m
      where m.tenant_id = a.tenant_id and m.profile_id = a.profile_id and m.range_start = a.range_start), 0)
      + pg_catalog.row_number() over (partition by a.tenant_id, a.profile_id, a.range_start order by a.stream_ids)::int as part
    from ops.archive_plan() a
    where a.row_count > 0
  ) p;
  get diagnostics v_planned = row_count;
  return v_planned;
end
$$;
ALTER FUNCTION ops.plan_archives() OWNER TO postgres;
COMMENT ON FUNCTION ops.plan_archives() IS 'Enters what ops.archive_plan lists into ops.archive_manifest, one row for each file to be. Returns how many. 23505 when another session does so at the same time.';
CREATE FUNCTION ops.prune() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_removed bigint := fleet.expire_rollups();
  v_rows bigint;
begin
  delete from ops.idempotency_key k where k.created_at <= pg_catalog.now() - interval '24 hours';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from fleet.ingest_batch b
  using fleet.tenant t
  where b.tenant_id = t.tenant_id and b.received_at < pg_catalog.now() - interval '7 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  -- A day longer than watermarks are good for, so that transactions of hours lose nothing.
  delete from fleet.export_change c
  using fleet.tenant t
  where c.tenant_id = t.tenant_id and c.logged_at < pg_catalog.now() - interval '8 days';
  get diagnostics v_rows = row_count;
  return v_removed + v_rows;
end
$$;
ALTER FUNCTION ops.prune() OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.prune() IS 'Removes what ages by rules of its own, not by ops.retention_policy: summaries of readings past the retention of their rollup, requests that brought readings after 7 days, what the export goes by after 8, and idempotency keys after 24 hours. Returns how many rows.';
CREATE FUNCTION ops.reading_hash(stream_id integer, ts timestamp with time zone, "values" double precision[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select pg_catalog.hash_record_extended(row(stream_id, ts, "values"), 0)
$$;
ALTER FUNCTION ops.reading_hash(stream_id integer, ts timestamp with time zone, "values" double precision[]) OWNER TO postgres;
COMMENT ON FUNCTION ops.reading_hash(stream_id integer, ts timestamp with time zone, "values" double precision[]) IS 'Hash of a reading. Summed up it says whether rows and an archive file are the same, in whatever order.';
CREATE FUNCTION ops.refuse_policy(object text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using
    errcode = '42501',
    message = pg_catalog.format('how long %s are kept was set by the platform', object),
    hint = 'Ask a DBA; the reason is at GET /retention_policies.';
end
$$;
ALTER FUNCTION ops.refuse_policy(object text) OWNER TO postgres;
COMMENT ON FUNCTION ops.refuse_policy(object text) IS 'Raises 42501: a tenant does not change what a DBA set for it.';
CREATE TABLE ops.legal_hold (
    tenant_id integer NOT NULL,
    hold_id integer NOT NULL,
    device_id integer,
    stream_id integer,
    from_ts timestamp with time zone,
    to_ts timestamp with time zone,
    reason text NOT NULL,
    placed_by text DEFAULT SESSION_USER NOT NULL,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    released_by text,
    released_at timestamp with time zone,
    CONSTRAINT device_or_stream CHECK (((device_id IS NULL) OR (stream_id IS NULL))),
    CONSTRAINT hold_range_in_order CHECK ((from_ts <= to_ts)),
    CONSTRAINT reason_is_given CHECK (((reason ~ '[^[:space:]]'::text) AND (length(reason) <= 1000))),
    CONSTRAINT released_by_someone CHECK (((released_at IS NULL) = (released_by IS NULL)))
);
ALTER TABLE ONLY ops.legal_hold FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.legal_hold OWNER TO vigil_owner;
COMMENT ON TABLE ops.legal_hold IS 'What nothing may remove until it is released: everything of a tenant, or what belongs to one device or stream, in a range of time.';
COMMENT ON COLUMN ops.legal_hold.from_ts IS 'First instant covered; null: from the beginning.';
COMMENT ON COLUMN ops.legal_hold.to_ts IS 'Last instant covered; null: without end.';
CREATE FUNCTION ops.refuse_removal(hold ops.legal_hold) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using
    errcode = '55006',
    message = pg_catalog.format('legal hold %s of tenant %s covers what would be removed', hold.hold_id, hold.tenant_id),
    hint = pg_catalog.format('It is held because: %s. ops.release_hold(%s, %s) ends the hold.', hold.reason, hold.tenant_id, hold.hold_id);
end
$$;
ALTER FUNCTION ops.refuse_removal(hold ops.legal_hold) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.refuse_removal(hold ops.legal_hold) IS 'Raises 55006, naming the hold and why it was placed.';
CREATE FUNCTION ops.release_hold(tenant integer, hold integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update ops.legal_hold h
  set released_at = pg_catalog.now(), released_by = session_user
  where h.tenant_id = tenant and h.hold_id = hold and h.released_at is null;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant %s has no hold %s that is not released', tenant, hold),
      hint = 'select tenant_id, hold_id from ops.legal_hold where released_at is null lists the holds.';
  end if;
  perform audit.record(tenant, 'release_hold', pg_catalog.jsonb_build_object('hold_id', hold));
end
$$;
ALTER FUNCTION ops.release_hold(tenant integer, hold integer) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.release_hold(tenant integer, hold integer) IS 'Ends a legal hold; what it covered goes as its policy says. The hold stays on record. For DBAs. 42704 when there is no such hold, or it was released before.';
CREATE FUNCTION ops.remove_chunk(object text, relation text, started_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_rows bigint;
begin
  -- Less than deadlock_timeout: whoever holds what this waits for is left alone, and waits no longer for this.
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold or a longer policy that is placed meanwhile waits, and finds the chunk gone; one that is there is seen below.
  lock table ops.legal_hold, ops.retention_policy in share mode;
  perform ops.lock_chunk(
    (select o.relation::regclass from ops.retention_object o where o.object = remove_chunk.object), remove_chunk.relation::regclass);
  -- Counted again, now that nothing can be added: a late row may have a longer policy.
  with noted as (
    insert into ops.retention_run (
      started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
    select remove_chunk.started_at, pg_catalog.clock_timestamp(), p.object, p.policy_id, p.tenant_id, p.relation, p.action,
      p.row_count, p.bytes, p.from_ts, p.to_ts
    from ops.retention_plan(remove_chunk.object, of_relation => remove_chunk.relation) p
    where p.action = 'drop chunk'
    returning row_count
  )
  select pg_catalog.sum(n.row_count) into v_rows from noted n;
  if v_rows is null then
    return null;
  end if;
  perform ops.drop_chunk(remove_chunk.relation);
  return v_rows;
end
$$;
ALTER FUNCTION ops.remove_chunk(object text, relation text, started_at timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.remove_chunk(object text, relation text, started_at timestamp with time zone) IS 'Drops a chunk of which, counted under lock, everything is past its limit and nothing is held, and writes that to ops.retention_run. Returns how many rows it held; null when it may not go (any more). Writers of the hypertable wait meanwhile. 55P03 when the locks are not to be had within 0.9 s each.';
CREATE FUNCTION ops.remove_rows(object text, relation text, first_block bigint, last_block bigint, row_bytes numeric, started_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $_$
declare
  v_rows bigint;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold or a longer policy that is placed meanwhile waits until these rows are gone; one that is there is seen below.
  lock table ops.legal_hold, ops.retention_policy in share mode;
  execute pg_catalog.format($query$
    with gone as (
      delete from %s r
      using (%s) x
      where r.ctid >= $2 and r.ctid < $3 and r.ctid = x.tid and x.expired and not x.held
      returning x.tenant_id, x.policy_id, x.ts
    ),
    noted as (
      insert into ops.retention_run as n (
        started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
      select $4, pg_catalog.clock_timestamp(), $5, g.policy_id, g.tenant_id, $6, 'delete', pg_catalog.count(*),
        (pg_catalog.count(*) * $7)::bigint, pg_catalog.min(g.ts), pg_catalog.max(g.ts)
      from gone g
      group by g.policy_id, g.tenant_id
      on conflict (tenant_id, policy_id, relation, started_at) do update
      set finished_at = excluded.finished_at, row_count = n.row_count + excluded.row_count, bytes = n.bytes + excluded.bytes,
        from_ts = least(n.from_ts, excluded.from_ts), to_ts = greatest(n.to_ts, excluded.to_ts), audited = false
    )
    select pg_catalog.count(*) from gone
    $query$,
    relation::regclass, ops.expired_query(relation::regclass))
  into v_rows
  using null::int, pg_catalog.format('(%s,0)', first_block)::tid, pg_catalog.format('(%s,0)', last_block)::tid,
    started_at, object, relation, row_bytes;
  return v_rows;
end
$_$;
ALTER FUNCTION ops.remove_rows(object text, relation text, first_block bigint, last_block bigint, row_bytes numeric, started_at timestamp with time zone) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.remove_rows(object text, relation text, first_block bigint, last_block bigint, row_bytes numeric, started_at timestamp with time zone) IS 'Deletes the rows that are past their limit and not held from some blocks of a table or chunk, last_block excluded, and adds them to ops.retention_run at row_bytes each. Returns how many. 55P03 when somebody who places a hold keeps it waiting for more than 0.9 s.';
CREATE FUNCTION ops.replan_damaged(of_range_start timestamp with time zone, of_archive bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_damaged bigint;
begin
  update ops.archive_manifest m
  set state = 'planned', damage = d.damage
  from (
    select v.tenant_id, v.archive_id, ops.archive_damage(v.path, v.sha256) as damage
    from ops.archive_manifest v
    where v.range_start = of_range_start and v.state = 'verified' and (of_archive is null or v.archive_id = of_archive)
  ) d
  where d.damage is not null and m.tenant_id = d.tenant_id and m.archive_id = d.archive_id;
  get diagnostics v_damaged = row_count;
  return v_damaged;
end
$$;
ALTER FUNCTION ops.replan_damaged(of_range_start timestamp with time zone, of_archive bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.replan_damaged(of_range_start timestamp with time zone, of_archive bigint) IS 'Looks once more at the verified files, all or one, of the chunk that starts at an instant, before they are all there is of its rows. Those that are damaged since are to be written again. Returns how many.';
CREATE FUNCTION ops.reset_retention(object text, profile text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_profile_id int := ops.retention_profile(object, profile);
begin
  delete from ops.retention_policy p
  where p.tenant_id = v_tenant_id and p.profile_id is not distinct from v_profile_id and p.object = reset_retention.object and p.by_tenant;
  if not found and exists (
    select from ops.retention_policy p
    where p.tenant_id = v_tenant_id and p.profile_id is not distinct from v_profile_id and p.object = reset_retention.object
  ) then
    perform ops.refuse_policy(reset_retention.object);
  end if;
end
$$;
ALTER FUNCTION ops.reset_retention(object text, profile text) OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.reset_retention(object text, profile text) IS 'Takes back what ops.set_retention set, so that the wider policy decides again; nothing happens where nothing was set. Owned by vigil_jobs; the tenant is the session''s and no other. 42704 for unknown names, 42501 for a policy that a DBA set.';
CREATE FUNCTION ops.restore_archive(tenant integer, from_ts timestamp with time zone, to_ts timestamp with time zone, device text DEFAULT NULL::text, keep interval DEFAULT '7 days'::interval, restored_by text DEFAULT SESSION_USER) RETURNS ops.archive_restore
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  -- What one transaction brings back in a minute or two.
  c_most constant bigint := 10000000;
  v_device_id int;
  v_streams int[];
  v_file record;
  v_content bytea;
  v_files int := 0;
  v_rows bigint;
  v_all bigint := 0;
  v_restore ops.archive_restore;
begin
  if not coalesce(pg_catalog.isfinite(restore_archive.from_ts) and pg_catalog.isfinite(restore_archive.to_ts)
    and restore_archive.from_ts < restore_archive.to_ts, false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, and both finite',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
  if coalesce(keep not between interval '1 hour' and interval '90 days', true) then
    raise exception using
      errcode = '22023',
      message = 'restored readings are kept for 1 hour to 90 days',
      hint = 'Choose an interval between these, such as "7 days", and restore them again when it is over.';
  end if;
  if device is not null then
    select d.device_id into v_device_id
    from fleet.device d
    where d.tenant_id = tenant and d.external_id = restore_archive.device;
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('device "%s" does not exist', pg_catalog.left(restore_archive.device, 200)),
        hint = 'GET /devices lists the devices.';
    end if;
  end if;
  select pg_catalog.sum(m.row_count) into v_rows
  from ops.archive_manifest m
  where m.tenant_id = restore_archive.tenant and m.state in ('dropped', 'restored')
    and m.from_ts < restore_archive.to_ts and m.to_ts >= restore_archive.from_ts;
  if v_rows > c_most then
    raise exception using
      errcode = '54000',
      message = pg_catalog.format('the archives of that time hold %s readings', v_rows),
      hint = pg_catalog.format('Restore a shorter range: the archives of at most %s readings at once.', c_most);
  end if;
  v_streams := array(
    select st.stream_id from fleet.stream st
    where st.tenant_id = tenant and (v_device_id is null or st.device_id = v_device_id));
  -- One at a time, and none while copies expire.
  lock table ops.archive_restore in share row exclusive mode;
  -- Later files last: a late reading adds to what was archived of its instant before.
  for v_file in
    select m.archive_id, m.path, m.sha256
    from ops.archive_manifest m
    where m.tenant_id = restore_archive.tenant and m.state in ('dropped', 'restored')
      and m.from_ts < restore_archive.to_ts and m.to_ts >= restore_archive.from_ts and m.stream_ids && v_streams
    order by m.range_start, m.archive_id
    for update
  loop
    v_content := vigil_platform.archive_read(v_file.path);
    if pg_catalog.encode(pg_catalog.sha256(v_content), 'hex') <> v_file.sha256 then
      raise exception using
        errcode = 'XX001',
        message = pg_catalog.format('archive %s is damaged', v_file.archive_id),
        hint = 'Nothing was restored. Put back the file from a backup; GET /archives says which.';
    end if;
    insert into fleet.restored_reading as x (tenant_id, stream_id, ts, values)
    select restore_archive.tenant, r.stream_id, r.ts, r.values
    from vigil.parquet_rows(v_content) r
    where r.ts >= restore_archive.from_ts and r.ts < restore_archive.to_ts and r.stream_id = any (v_streams)
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(x.values, excluded.values);
    get diagnostics v_rows = row_count;
    update ops.archive_manifest m set state = 'restored' where m.tenant_id = tenant and m.archive_id = v_file.archive_id;
    v_files := v_files + 1;
    v_all := v_all + v_rows;
  end loop;
  if v_files = 0 then
    raise exception using
      errcode = '42704',
      message = 'no archive has readings of that time',
      hint = 'GET /archives lists the archives. What is newer is still in the database.';
  end if;
  -- A reading that came late, and may be coming now, is in the hypertable: it gets what was archived of its instant.
  lock table only fleet.reading in share row exclusive mode;
  with copy as (
    delete from fleet.restored_reading x
    using fleet.reading h
    where x.tenant_id = restore_archive.tenant and x.ts >= restore_archive.from_ts and x.ts < restore_archive.to_ts
      and h.tenant_id = x.tenant_id and h.stream_id = x.stream_id and h.ts = x.ts
      and h.ts >= restore_archive.from_ts and h.ts < restore_archive.to_ts
    returning x.stream_id, x.ts, x.values
  )
  update fleet.reading h
  set values = vigil.merge_values(c.values, h.values)
  from copy c
  where h.tenant_id = restore_archive.tenant and h.stream_id = c.stream_id and h.ts = c.ts
    and h.ts >= restore_archive.from_ts and h.ts < restore_archive.to_ts;
  insert into ops.archive_restore as x (tenant_id, device_id, from_ts, to_ts, row_count, restored_by, expires_at)
  values (tenant, v_device_id, restore_archive.from_ts, restore_archive.to_ts, v_all, restore_archive.restored_by,
    pg_catalog.now() + keep)
  returning x.* into v_restore;
  return v_restore;
end
$$;
ALTER FUNCTION ops.restore_archive(tenant integer, from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval, restored_by text) OWNER TO postgres;
COMMENT ON FUNCTION ops.restore_archive(tenant integer, from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval, restored_by text) IS 'Brings archived readings of a tenant back, from inclusive, to exclusive, of one device or all, for as long as keep; the views of readings then have them. Doing it again changes nothing but how long. Returns what was brought back. 22023 for a range or time that is not usable, 42704 for an unknown device or where no archive has such readings, 54000 for too much at once, XX001 and nothing restored when a file is damaged, 58P01 when it is missing.';
CREATE FUNCTION ops.restore_own_archive(from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval) RETURNS ops.archive_restore
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select ops.restore_archive(auth.tenant_id(), from_ts, to_ts, device, keep, auth.subject())
$$;
ALTER FUNCTION ops.restore_own_archive(from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval) OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.restore_own_archive(from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval) IS 'ops.restore_archive for the session''s tenant and no other. Owned by vigil_jobs, which may read the files.';
CREATE FUNCTION ops.retention_plan(of_object text DEFAULT NULL::text, of_tenant integer DEFAULT NULL::integer, of_relation text DEFAULT NULL::text) RETURNS SETOF ops.retention_item
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_part record;
begin
  if of_object is not null
    and not exists (select from ops.retention_object o where o.object = of_object) then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('object "%s" does not exist', of_object),
      hint = 'select object from ops.retention_object lists the objects.';
  end if;
  for v_part in
    select o.object, c.name, c.name::regclass as part, c.range_end
    from ops.retention_object o
    cross join lateral (select pg_catalog.max(s.cutoff) as latest from ops.retention_scope(o.object) s) cut
    cross join lateral (
      select pg_catalog.format('%I.%I', k.chunk_schema, k.chunk_name) as name, k.range_end
      from timescaledb_information.chunks k
      where k.hypertable_schema || '.' || k.hypertable_name = o.relation and k.range_end <= cut.latest
      union all
      select o.relation, null
      where not exists (
        select from timescaledb_information.hypertables h where h.hypertable_schema || '.' || h.hypertable_name = o.relation)
    ) c
    where (of_object is null or o.object = of_object)
      and (of_relation is null or c.name = of_relation)
    order by o.position, c.range_end, c.name
  loop
    return query execute pg_catalog.format($query$
      with part as (
        select x.tenant_id, x.policy_id, pg_catalog.count(*) as total,
          pg_catalog.count(*) filter (where x.expired and not x.held) as going,
          pg_catalog.count(*) filter (where x.expired and x.held) as held,
          pg_catalog.min(x.ts) filter (where x.expired and not x.held) as from_ts,
          pg_catalog.max(x.ts) filter (where x.expired and not x.held) as to_ts
        from (%s) x
        group by x.tenant_id, x.policy_id
      ),
      sums as (
        select coalesce(pg_catalog.sum(p.total), 0) as total, coalesce(pg_catalog.sum(p.going), 0) as going,
          pg_catalog.pg_total_relation_size(%L::regclass) as bytes
        from part p
      )
      select p.policy_id, %L, p.tenant_id, %L,
        case when s.total = s.going and %L::timestamptz is not null then 'drop chunk' else 'delete' end,
        coalesce(p.going, 0), coalesce(p.held, 0),
        case s.total when 0 then s.bytes else (s.bytes * p.going / s.total)::bigint end, p.from_ts, p.to_ts
      from sums s
      left join part p on p.going + p.held > 0
      where ($4::int is null or p.tenant_id = $4)
        and (p.going + p.held > 0 or s.total = 0 and %L::timestamptz is not null)
      order by p.tenant_id, p.policy_id
      $query$,
      ops.expired_query(v_part.part), v_part.name, v_part.object, v_part.name, v_part.range_end, v_part.range_end)
    using null::int, null::tid, null::tid, of_tenant;
  end loop;
end
$_$;
ALTER FUNCTION ops.retention_plan(of_object text, of_tenant integer, of_relation text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.retention_plan(of_object text, of_tenant integer, of_relation text) IS 'The dry run: what the next run would remove now, by policy, tenant and chunk or table; all, or one object, tenant or chunk. action: drop chunk where everything in it is past its limit, delete where a longer policy or a hold keeps some of it. held_rows are past the limit and stay. bytes is the rows'' share of the size on disk. Chunks that hold nothing have row_count 0 and no policy. It reads every chunk that is old enough for the shortest policy. 22023 for an unknown object.';
CREATE FUNCTION ops.retention_profile(object text, profile text) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_profile_id int;
begin
  if not exists (select from ops.retention_object o where o.object = retention_profile.object and o.minimum is not null) then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('object "%s" does not exist', retention_profile.object),
      hint = 'GET /retention_policies lists the objects.';
  end if;
  if profile is null then
    return null;
  end if;
  if object in ('job_runs', 'audit') then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('%s belong to no profile', object),
      hint = 'Leave the profile out.';
  end if;
  select p.profile_id into v_profile_id
  from fleet.profile p
  where p.tenant_id = (select auth.tenant_id()) and p.name = retention_profile.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', retention_profile.profile),
      hint = 'GET /profiles lists the profiles.';
  end if;
  return v_profile_id;
end
$$;
ALTER FUNCTION ops.retention_profile(object text, profile text) OWNER TO postgres;
COMMENT ON FUNCTION ops.retention_profile(object text, profile text) IS 'The profile_id of a profile of the session''s tenant, null for null, once it is sure that tenants have a say over the object. 42704 for an unknown object or profile, 22023 for a profile where there are none.';
CREATE FUNCTION ops.retention_scope(object text) RETURNS TABLE(tenant_id integer, profile_id integer, policy_id integer, cutoff timestamp with time zone, archive_before timestamp with time zone, summaries_before timestamp with time zone, held tstzmultirange)
    LANGUAGE sql STABLE
    AS $$
  select distinct on (s.tenant_id, s.profile_id) s.tenant_id, s.profile_id, p.policy_id,
    case when p.enabled then pg_catalog.now() - p.hot - coalesce(p.cold, '0') else '-infinity' end,
    case when p.enabled and p.cold is not null then pg_catalog.now() - p.hot else '-infinity' end,
    case when p.enabled then coalesce(pg_catalog.now() - p.hot - p.warm, '-infinity') else '-infinity' end,
    (
      select pg_catalog.range_agg(pg_catalog.tstzrange(h.from_ts, h.to_ts, '[]'))
      from ops.legal_hold h
      where h.tenant_id = s.tenant_id and h.device_id is null and h.stream_id is null and h.released_at is null
    )
  from (
    select f.tenant_id, f.profile_id from fleet.profile f
    union all
    select t.tenant_id, null from fleet.tenant t
    union all
    select null, null
  ) s
  join ops.retention_policy p on p.object = retention_scope.object
    and (p.tenant_id is null or p.tenant_id = s.tenant_id)
    and (p.profile_id is null or p.profile_id = s.profile_id)
  order by s.tenant_id, s.profile_id, p.profile_id nulls last, p.tenant_id nulls last
$$;
ALTER FUNCTION ops.retention_scope(object text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.retention_scope(object text) IS 'Which policy decides over an object for each profile of each tenant, for the rest of each tenant (profile_id null) and for what is nobody''s (both null). Rows before cutoff go for good, those before archive_before go to files, summaries before summaries_before go; -infinity where that is never. held is what holds over the whole tenant cover. A scope without any policy has no row: nothing of it goes.';
CREATE FUNCTION ops.retention_stream(object text) RETURNS TABLE(tenant_id integer, stream_id integer, profile_id integer, policy_id integer, cutoff timestamp with time zone, archive_before timestamp with time zone, held tstzmultirange)
    LANGUAGE sql STABLE
    AS $$
  select st.tenant_id, st.stream_id, st.profile_id, s.policy_id, s.cutoff, s.archive_before, h.held
  from ops.retention_scope(retention_stream.object) s
  join fleet.stream st on st.tenant_id = s.tenant_id and st.profile_id = s.profile_id
  left join lateral (
    select pg_catalog.range_agg(pg_catalog.tstzrange(l.from_ts, l.to_ts, '[]')) as held
    from ops.legal_hold l
    where l.tenant_id = st.tenant_id and l.released_at is null
      and (l.device_id is null or l.device_id = st.device_id)
      and (l.stream_id is null or l.stream_id = st.stream_id)
  ) h on true
$$;
ALTER FUNCTION ops.retention_stream(object text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.retention_stream(object text) IS 'The same as ops.retention_scope for each stream: the policy that decides over an object, rows before cutoff go, those before archive_before go to files, held is what holds over its tenant, its device and itself cover.';
CREATE FUNCTION ops.rows_by_tenant(relation regclass, of_object text) RETURNS SETOF ops.tenant_rows
    LANGUAGE plpgsql STABLE
    AS $_$
begin
  return query execute pg_catalog.format(case of_object
    -- Grouped by what the key begins with, so that the index is all that is read.
    when 'readings' then $query$
      select r.tenant_id, pg_catalog.sum(r.n)::bigint, pg_catalog.sum(r.n * pg_catalog.cardinality(p.metric_names))::bigint
      from (select x.tenant_id, x.stream_id, pg_catalog.count(*) as n from %s x group by x.tenant_id, x.stream_id) r
      left join fleet.stream st on st.tenant_id = r.tenant_id and st.stream_id = r.stream_id
      left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
      group by r.tenant_id$query$
    when 'features' then $query$
      select r.tenant_id, pg_catalog.sum(r.n)::bigint, pg_catalog.sum(r.n * s.feature_count)::bigint
      from (select x.tenant_id, x.feature_set_id, pg_catalog.count(*) as n from %s x group by x.tenant_id, x.feature_set_id) r
      left join detect.feature_set s on s.tenant_id = r.tenant_id and s.feature_set_id = r.feature_set_id
      group by r.tenant_id$query$
    when 'scores' then 'select x.tenant_id, pg_catalog.count(*), pg_catalog.count(*) from %s x group by x.tenant_id'
    else 'select x.tenant_id, pg_catalog.count(*), null::bigint from %s x group by x.tenant_id'
  end, relation);
end
$_$;
ALTER FUNCTION ops.rows_by_tenant(relation regclass, of_object text) OWNER TO vigil_owner;
COMMENT ON FUNCTION ops.rows_by_tenant(relation regclass, of_object text) IS 'How many rows each tenant has in a table or chunk of an object, and how many values they hold (null where they hold none).';
CREATE PROCEDURE ops.run(IN job text)
    LANGUAGE plpgsql
    AS $$
declare
  v_key bigint := pg_catalog.hashtextextended('vigil.job.' || job, 0);
  v_tenant record;
  v_started timestamptz;
  v_rows bigint;
  v_code text;
  v_message text;
  v_hint text;
  v_failure text;
begin
  if not exists (select from ops.job j where j.job_name = job) then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('job "%s" does not exist', job),
      hint = 'select job_name from ops.job lists the jobs.';
  end if;
  -- Held by the session over the commits below; released at the end, or with the session.
  if not pg_catalog.pg_try_advisory_lock(v_key) then
    raise notice 'job "%" is still running', job;
    return;
  end if;
  update ops.job j set last_started_at = pg_catalog.clock_timestamp() where j.job_name = job;
  commit;
  for v_tenant in
    select t.tenant_id, t.name from fleet.tenant t where t.active and job not in ('sources', 'prune', 'retention', 'storage', 'archive', 'verify')
    union all
    select null, null where job in ('prune', 'storage')
    order by 1
  loop
    v_started := pg_catalog.clock_timestamp();
    v_rows := 0;
    begin
      if job = 'features' then
        v_rows := detect.compute_features(v_tenant.tenant_id);
      elsif job = 'scores' then
        v_rows := detect.compute_scores(v_tenant.tenant_id);
      elsif job = 'anomalies' then
        v_rows := detect.compute_anomalies(v_tenant.tenant_id);
      elsif job = 'alerts' then
        v_rows := alerting.raise_alerts(v_tenant.tenant_id);
      elsif job = 'rollups' then
        v_rows := fleet.make_rollups(v_tenant.tenant_id);
      elsif job = 'train' then
        v_rows := detect.train_due(v_tenant.tenant_id);
      elsif job = 'prune' then
        v_rows := ops.prune();
      elsif job = 'storage' then
        v_rows := ops.measure_storage();
      end if;
      if v_rows > 0 then
        insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, row_count)
        values (job, v_tenant.tenant_id, v_started, pg_catalog.clock_timestamp(), 'ok', v_rows);
      end if;
    exception when others then
      -- One tenant's failure is recorded and must not stop the others.
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      v_failure := pg_catalog.format('%s: %s', coalesce(v_tenant.name, 'all tenants'), v_message);
      perform ops.note_failure(job, v_tenant.tenant_id, v_started, v_code, v_message, v_hint);
    end;
    commit;
  end loop;
  -- In many transactions each.
  if job = 'sources' then
    -- It keeps a record of each source's tenant itself.
    call fleet.pull_sources(v_rows, v_failure);
  elsif job in ('rollups', 'retention', 'archive', 'verify') then
    v_started := pg_catalog.clock_timestamp();
    if job = 'rollups' then
      call fleet.refresh_rollups(v_rows);
    elsif job = 'retention' then
      call ops.apply_retention(v_rows, v_failure);
    elsif job = 'archive' then
      call ops.apply_archive(v_rows, v_failure);
    else
      call ops.check_archives(v_rows, v_failure);
    end if;
    if v_rows > 0 then
      insert into ops.job_run (job_name, started_at, finished_at, status, row_count)
      values (job, v_started, pg_catalog.clock_timestamp(), 'ok', v_rows);
    end if;
  end if;
  update ops.job j
  set last_succeeded_at = case when v_failure is null then pg_catalog.clock_timestamp() else j.last_succeeded_at end,
    last_failed_at = case when v_failure is null then j.last_failed_at else pg_catalog.clock_timestamp() end,
    last_message = v_failure
  where j.job_name = job;
  commit;
  perform pg_catalog.pg_advisory_unlock(v_key);
end
$$;
ALTER PROCEDURE ops.run(IN job text) OWNER TO vigil_owner;
COMMENT ON PROCEDURE ops.run(IN job text) IS 'Runs a job for every active tenant, each in its own transaction; sources a batch at a time; prune, storage, retention, archive and verify for all at once. A second run of the same job while one is going on returns at once. Failures are recorded in ops.job_run and do not stop other tenants. Call it outside a transaction block.';
CREATE FUNCTION ops.schedule_job() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_cron_name text;
begin
  if tg_op <> 'INSERT' then
    v_cron_name := 'vigil ' || old.job_name;
    perform cron.unschedule(j.jobid) from cron.job j where j.jobname = v_cron_name and j.username = 'vigil_jobs';
  end if;
  if tg_op <> 'DELETE' then
    if new.enabled then
      perform cron.schedule('vigil ' || new.job_name, new.schedule, format('call ops.run(%L)', new.job_name));
    end if;
    return new;
  end if;
  return old;
end
$$;
ALTER FUNCTION ops.schedule_job() OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.schedule_job() IS 'Keeps pg_cron in step with ops.job. Owned by vigil_jobs, as which the jobs then run.';
CREATE FUNCTION ops.set_retention(object text, profile text, hot interval, reason text, warm interval, cold interval) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id int := auth.tenant_id();
  v_profile_id int := ops.retention_profile(object, profile);
  v_object ops.retention_object;
begin
  select o.* into v_object from ops.retention_object o where o.object = set_retention.object;
  if coalesce(hot < v_object.minimum or hot > v_object.maximum, true) then
    raise exception using
      errcode = '22023',
      message = format('%s are kept for %s to %s', v_object.object, v_object.minimum, v_object.maximum),
      hint = 'Choose an interval between these, such as "60 days". Beyond them a DBA decides.';
  end if;
  if (warm is not null or cold is not null) and v_object.object <> 'readings' then
    raise exception using
      errcode = '22023',
      message = format('%s have no warm and no cold tier', v_object.object),
      hint = 'Leave warm and cold out; readings have them.';
  end if;
  if warm < interval '1 day' or cold < interval '1 day' or hot + greatest(warm, cold) > v_object.maximum then
    raise exception using
      errcode = '22023',
      message = format('warm and cold are at least a day, and with hot at most %s', v_object.maximum),
      hint = 'Choose shorter tiers, or leave them out. Beyond the limits a DBA decides.';
  end if;
  insert into ops.retention_policy as p (tenant_id, profile_id, object, hot, warm, cold, reason, by_tenant, changed_by)
  values (v_tenant_id, v_profile_id, set_retention.object, set_retention.hot, set_retention.warm, set_retention.cold,
    coalesce(set_retention.reason, 'chosen by the tenant'), true, auth.subject())
  on conflict on constraint retention_policy_one_per_scope do update
  set hot = excluded.hot, warm = excluded.warm, cold = excluded.cold, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = now()
  where p.by_tenant;
  if not found then
    perform ops.refuse_policy(set_retention.object);
  end if;
exception
  when check_violation then
    raise exception using
      errcode = '22023',
      message = 'the reason is empty or longer than 1000 characters',
      hint = 'Say in a sentence why, or leave it out.';
end
$$;
ALTER FUNCTION ops.set_retention(object text, profile text, hot interval, reason text, warm interval, cold interval) OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.set_retention(object text, profile text, hot interval, reason text, warm interval, cold interval) IS 'Sets how long an object of the session''s tenant is kept, for one profile or (null) for all that have no policy of their own. Owned by vigil_jobs, which sees the limits; the tenant is the session''s and no other. 22023 outside the limits, 42704 for unknown names, 42501 for a policy that a DBA set.';
CREATE FUNCTION ops.sweep_archives() RETURNS bigint
    LANGUAGE sql
    AS $$
  select pg_catalog.count(*) filter (where vigil_platform.archive_remove(f.path))
  from vigil_platform.archive_files('readings') f
  left join ops.archive_manifest m on m.path = f.path
  -- A temporary file is what a crash has left of one that was being written.
  where m.state = 'removed' or f.path like '%.tmp' and f.modified_at < pg_catalog.clock_timestamp() - interval '1 hour'
$$;
ALTER FUNCTION ops.sweep_archives() OWNER TO postgres;
COMMENT ON FUNCTION ops.sweep_archives() IS 'Unlinks the files that the manifest has given up, and what crashes have left behind. Files that the manifest does not know stay. Returns how many.';
CREATE FUNCTION ops.tenant_compliance() RETURNS TABLE(tenant text, object text, profile text, hot interval, warm interval, cold interval, enabled boolean, rows_past_limit bigint, rows_held bigint, oldest_past_limit timestamp with time zone, holds bigint, last_run_at timestamp with time zone, last_removed_at timestamp with time zone, rows_removed numeric, archives bigint, archived_rows numeric, archives_damaged bigint, archives_checked_since timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_policy record;
  v_part record;
  v_rows bigint;
  v_held bigint;
  v_oldest timestamptz;
begin
  for v_policy in
    select r.tenant, r.object, r.profile, r.hot, r.warm, r.cold, r.enabled, o.relation, s.policy_id, s.profile_id, s.cutoff
    from ops.tenant_retention() r
    join ops.retention_object o on o.object = r.object
    left join fleet.profile f on f.tenant_id = v_tenant_id and f.name = r.profile
    join ops.retention_scope(r.object) s on s.tenant_id = v_tenant_id and s.profile_id is not distinct from f.profile_id
    order by o.position, r.profile nulls first
  loop
    tenant := v_policy.tenant;
    object := v_policy.object;
    profile := v_policy.profile;
    hot := v_policy.hot;
    warm := v_policy.warm;
    cold := v_policy.cold;
    enabled := v_policy.enabled;
    rows_past_limit := 0;
    rows_held := 0;
    oldest_past_limit := null;
    for v_part in
      select format('%I.%I', c.chunk_schema, c.chunk_name)::regclass as name
      from timescaledb_information.chunks c
      where c.hypertable_schema || '.' || c.hypertable_name = v_policy.relation and c.range_end <= v_policy.cutoff
      union all
      select v_policy.relation::regclass
      where not exists (
        select from timescaledb_information.hypertables h
        where h.hypertable_schema || '.' || h.hypertable_name = v_policy.relation)
    loop
      execute format('select count(*), count(*) filter (where x.held), min(x.ts) from (%s) x where x.expired and x.policy_id = $4',
        ops.expired_query(v_part.name))
      into v_rows, v_held, v_oldest
      using v_tenant_id, null::tid, null::tid, v_policy.policy_id;
      rows_past_limit := rows_past_limit + v_rows;
      rows_held := rows_held + v_held;
      oldest_past_limit := least(oldest_past_limit, v_oldest);
    end loop;
    select count(*) into holds from ops.legal_hold h where h.tenant_id = v_tenant_id and h.released_at is null;
    select j.last_succeeded_at into last_run_at from ops.job j where j.job_name = 'retention';
    select max(r.finished_at), coalesce(sum(r.row_count), 0) into last_removed_at, rows_removed
    from ops.retention_run r
    where r.tenant_id = v_tenant_id and r.policy_id = v_policy.policy_id and r.object = v_policy.object;
    archives := null;
    archived_rows := null;
    archives_damaged := null;
    archives_checked_since := null;
    if v_policy.object = 'readings' then
      select count(*), coalesce(sum(m.row_count), 0), count(m.damage), min(m.checked_at)
      into archives, archived_rows, archives_damaged, archives_checked_since
      from ops.archive_manifest m
      join ops.retention_scope('readings') s on s.tenant_id = m.tenant_id and s.profile_id = m.profile_id
      where m.tenant_id = v_tenant_id and m.state in ('dropped', 'restored') and s.policy_id = v_policy.policy_id;
    end if;
    return next;
  end loop;
end
$_$;
ALTER FUNCTION ops.tenant_compliance() OWNER TO vigil_jobs;
COMMENT ON FUNCTION ops.tenant_compliance() IS 'For each policy that decides over what the session''s tenant has: what is past its limit now and how much of that is held, from the text that the run uses; live holds, the last good run of the job, and what was removed under the policy; for readings the files under it, how many rows they hold, how many are damaged, and since when each has been looked at. Owned by vigil_jobs; the tenant is the session''s and no other.';
CREATE FUNCTION ops.verify_archive(tenant integer, archive bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_file ops.archive_manifest;
  v_content bytea;
  v_rows bigint;
  v_hash numeric;
begin
  select m.* into v_file
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state = 'written'
  for update;
  if not found then
    return null;
  end if;
  begin
    v_content := vigil_platform.archive_read(v_file.path);
    select pg_catalog.count(*), pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values))
    into v_rows, v_hash
    from vigil.parquet_rows(v_content) r;
  exception when undefined_file or invalid_binary_representation then
    v_rows := null;
  end;
  if v_rows = v_file.row_count and v_hash = v_file.row_hash
    and pg_catalog.encode(pg_catalog.sha256(v_content), 'hex') = v_file.sha256 then
    update ops.archive_manifest m
    set state = 'verified', verified_at = pg_catalog.clock_timestamp(), checked_at = pg_catalog.clock_timestamp()
    where m.tenant_id = tenant and m.archive_id = archive;
    return true;
  end if;
  update ops.archive_manifest m
  set state = 'planned', damage = 'it was not what had been written when it was read back'
  where m.tenant_id = tenant and m.archive_id = archive;
  return false;
end
$$;
ALTER FUNCTION ops.verify_archive(tenant integer, archive bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.verify_archive(tenant integer, archive bigint) IS 'Reads a written file back and compares its SHA-256, its rows and their hash with what was written: true, and it is verified; false, and it is to be written again; null when it is not written (any more).';
CREATE FUNCTION ops.withdraw_archives(of_range_start timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_withdrawn bigint;
begin
  update ops.archive_manifest m
  set state = 'removed', removed_at = pg_catalog.clock_timestamp()
  where m.state in ('planned', 'written', 'verified')
    and (of_range_start is null or m.range_start = of_range_start)
    and exists (
      select from pg_catalog.unnest(m.stream_ids) n (stream_id)
      join ops.retention_stream('readings') s on s.tenant_id = m.tenant_id and s.stream_id = n.stream_id
      where s.archive_before < m.range_end or s.held && pg_catalog.tstzrange(m.range_start, m.range_end));
  get diagnostics v_withdrawn = row_count;
  return v_withdrawn;
end
$$;
ALTER FUNCTION ops.withdraw_archives(of_range_start timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.withdraw_archives(of_range_start timestamp with time zone) IS 'Gives up files under way, all or of the chunk that starts at an instant, that a hold or a longer policy, placed since they were planned, wants to stay in the database. Their rows are still there; the next plan divides them anew. Returns how many.';
CREATE FUNCTION ops.write_archive(tenant integer, archive bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  v_file ops.archive_manifest;
  v_contract jsonb;
  v_written record;
begin
  select m.* into v_file
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state = 'planned'
  for update;
  if not found then
    return null;
  end if;
  select pg_catalog.jsonb_build_object(
    'profile', p.name, 'sha256', pg_catalog.encode(p.contract_sha256, 'hex'),
    'metrics', (
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', k.name, 'unit', k.unit, 'kind', k.kind) order by k.position)
      from fleet.metric k where k.tenant_id = p.tenant_id and k.profile_id = p.profile_id))
  into v_contract
  from fleet.profile p
  where p.tenant_id = tenant and p.profile_id = v_file.profile_id;
  select pg_catalog.count(*) as row_count, pg_catalog.min(r.ts) as from_ts, pg_catalog.max(r.ts) as to_ts,
    pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values)) as row_hash,
    vigil.parquet_agg(r.stream_id, r.external_id, r.ts, r.values, v_contract) as content
  into v_written
  from (
    -- Stream by stream, whatever the planner knows of a chunk that has just been filled.
    select s.stream_id, s.external_id, l.ts, l.values
    from (
      select st.stream_id, d.external_id
      from fleet.stream st
      join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
      where st.tenant_id = tenant and st.stream_id = any (v_file.stream_ids)
      order by st.stream_id
    ) s
    cross join lateral (
      select x.ts, x.values
      from fleet.reading x
      where x.tenant_id = tenant and x.stream_id = s.stream_id and x.ts >= v_file.range_start and x.ts < v_file.range_end
      order by x.ts
    ) l
  ) r;
  if v_written.row_count = 0 then
    -- They went meanwhile; what was planned is not to be.
    update ops.archive_manifest m
    set state = 'removed', removed_at = pg_catalog.clock_timestamp()
    where m.tenant_id = tenant and m.archive_id = archive;
    return 0;
  end if;
  update ops.archive_manifest m
  set state = 'written', written_at = pg_catalog.clock_timestamp(), verified_at = null, checked_at = null, damage = null,
    row_count = v_written.row_count, from_ts = v_written.from_ts, to_ts = v_written.to_ts, row_hash = v_written.row_hash,
    profile_sha256 = v_contract ->> 'sha256', bytes = pg_catalog.octet_length(v_written.content),
    sha256 = vigil_platform.archive_write(m.path, v_written.content)
  where m.tenant_id = tenant and m.archive_id = archive;
  return v_written.row_count;
end
$$;
ALTER FUNCTION ops.write_archive(tenant integer, archive bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.write_archive(tenant integer, archive bigint) IS 'Writes a planned file with the readings there are now and enters what it holds in ops.archive_manifest. Writing it again replaces the file. Returns how many rows; 0 when there is none any more and the plan is given up, null when the file is not planned (any more). 53100 when the disk is full, 55000 without a directory.';
CREATE AGGREGATE fleet.merged(double precision[]) (
    SFUNC = vigil.merge_values,
    STYPE = double precision[],
    PARALLEL = safe
);
ALTER AGGREGATE fleet.merged(double precision[]) OWNER TO vigil_owner;
COMMENT ON AGGREGATE fleet.merged(double precision[]) IS 'Partial readings of one instant folded into one vector: each element is the last that is not null. Give it an order by.';
CREATE TABLE alerting.alert (
    tenant_id integer NOT NULL,
    alert_id bigint NOT NULL,
    rule_id integer,
    anomaly_id bigint,
    state text DEFAULT 'open'::text NOT NULL,
    severity text NOT NULL,
    summary text NOT NULL,
    raised_at timestamp with time zone DEFAULT now() NOT NULL,
    acknowledged_at timestamp with time zone,
    resolved_at timestamp with time zone,
    dedup_key text,
    CONSTRAINT about_anomaly_or_condition CHECK ((((rule_id IS NULL) = (anomaly_id IS NULL)) AND ((anomaly_id IS NULL) = (dedup_key IS NOT NULL)))),
    CONSTRAINT dedup_key_is_short CHECK ((dedup_key ~ '^[^[:space:]]{1,200}$'::text)),
    CONSTRAINT severity_known CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT state_known CHECK ((state = ANY (ARRAY['open'::text, 'acknowledged'::text, 'resolved'::text])))
);
ALTER TABLE ONLY alerting.alert FORCE ROW LEVEL SECURITY;
ALTER TABLE alerting.alert OWNER TO vigil_owner;
COMMENT ON TABLE alerting.alert IS 'A rule that matched an anomaly, or a condition of the system that somebody should know of.';
COMMENT ON COLUMN alerting.alert.dedup_key IS 'Names a condition: one alert of that name is open at a time. Null for anomalies.';
ALTER TABLE alerting.alert ALTER COLUMN alert_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alerting.alert_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE alerting.channel (
    tenant_id integer NOT NULL,
    channel_id integer NOT NULL,
    name text NOT NULL,
    kind text DEFAULT 'webhook'::text NOT NULL,
    url text NOT NULL,
    secret_ref text NOT NULL,
    max_in_flight integer DEFAULT 8 NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT kind_known CHECK ((kind = 'webhook'::text)),
    CONSTRAINT max_in_flight_positive CHECK (((max_in_flight >= 1) AND (max_in_flight <= 1000))),
    CONSTRAINT secret_ref_is_slug CHECK ((secret_ref ~ '^[a-z0-9][a-z0-9_-]{0,62}$'::text)),
    CONSTRAINT url_is_http CHECK (((url ~ '^https?://[^[:space:]@]+$'::text) AND (length(url) <= 2000)))
);
ALTER TABLE ONLY alerting.channel FORCE ROW LEVEL SECURITY;
ALTER TABLE alerting.channel OWNER TO vigil_owner;
COMMENT ON TABLE alerting.channel IS 'Where notifications go.';
COMMENT ON COLUMN alerting.channel.secret_ref IS 'Name of the signing secret in the worker''s secrets directory; the secret itself is never in the database.';
COMMENT ON COLUMN alerting.channel.max_in_flight IS 'How many deliveries may be under way at once, so that a receiver that hangs does not hold up the others.';
ALTER TABLE alerting.channel ALTER COLUMN channel_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alerting.channel_channel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE alerting.notification (
    tenant_id integer NOT NULL,
    notification_id bigint NOT NULL,
    channel_id integer NOT NULL,
    alert_id bigint,
    message_id text NOT NULL,
    payload text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 10 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    claimed_by text,
    lease_until timestamp with time zone,
    last_status integer,
    last_detail text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    delivered_at timestamp with time zone,
    CONSTRAINT claimed_has_lease CHECK (((state = 'claimed'::text) = ((lease_until IS NOT NULL) AND (claimed_by IS NOT NULL)))),
    CONSTRAINT delivered_has_time CHECK (((state = 'delivered'::text) = (delivered_at IS NOT NULL))),
    CONSTRAINT max_attempts_positive CHECK (((max_attempts >= 1) AND (max_attempts <= 50))),
    CONSTRAINT payload_is_small CHECK ((octet_length(payload) <= 20480)),
    CONSTRAINT state_known CHECK ((state = ANY (ARRAY['pending'::text, 'claimed'::text, 'delivered'::text, 'dead'::text])))
)
WITH (fillfactor='70');
ALTER TABLE ONLY alerting.notification FORCE ROW LEVEL SECURITY;
ALTER TABLE alerting.notification OWNER TO vigil_owner;
COMMENT ON TABLE alerting.notification IS 'The outbox: written in the transaction of its alert, delivered at least once by the worker.';
COMMENT ON COLUMN alerting.notification.message_id IS 'Sent as webhook-id and the same on every attempt, so that a receiver can drop duplicates.';
ALTER TABLE alerting.notification ALTER COLUMN notification_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alerting.notification_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE alerting.rule (
    tenant_id integer NOT NULL,
    rule_id integer NOT NULL,
    name text NOT NULL,
    profile_id integer,
    min_score double precision DEFAULT 0 NOT NULL,
    min_severity text DEFAULT 'high'::text NOT NULL,
    max_age interval DEFAULT '1 day'::interval NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT max_age_positive CHECK ((max_age > '00:00:00'::interval)),
    CONSTRAINT min_score_is_share CHECK (((min_score >= (0)::double precision) AND (min_score < (1)::double precision))),
    CONSTRAINT min_severity_known CHECK ((min_severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text])))
);
ALTER TABLE ONLY alerting.rule FORCE ROW LEVEL SECURITY;
ALTER TABLE alerting.rule OWNER TO vigil_owner;
COMMENT ON TABLE alerting.rule IS 'An anomaly whose peak score and severity reach both limits raises an alert. profile_id null: every profile.';
COMMENT ON COLUMN alerting.rule.max_age IS 'Anomalies that ended longer ago than this raise no alert, so that loading history wakes nobody.';
CREATE TABLE alerting.rule_channel (
    tenant_id integer NOT NULL,
    rule_id integer NOT NULL,
    channel_id integer NOT NULL
);
ALTER TABLE ONLY alerting.rule_channel FORCE ROW LEVEL SECURITY;
ALTER TABLE alerting.rule_channel OWNER TO vigil_owner;
COMMENT ON TABLE alerting.rule_channel IS 'Which channels a rule notifies.';
ALTER TABLE alerting.rule ALTER COLUMN rule_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alerting.rule_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE detect.anomaly (
    tenant_id integer NOT NULL,
    anomaly_id bigint NOT NULL,
    stream_id integer NOT NULL,
    model_id integer NOT NULL,
    state text DEFAULT 'candidate'::text NOT NULL,
    severity text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    points integer NOT NULL,
    peak_score double precision NOT NULL,
    peak_at timestamp with time zone NOT NULL,
    explanation jsonb,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    note text,
    alert_pending boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT acknowledged_by_someone CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL))),
    CONSTRAINT anomaly_ends_after_start CHECK (((started_at <= ended_at) AND ((peak_at >= started_at) AND (peak_at <= ended_at)))),
    CONSTRAINT points_positive CHECK ((points > 0)),
    CONSTRAINT reported_is_explained CHECK (((state = 'candidate'::text) OR (explanation IS NOT NULL))),
    CONSTRAINT severity_known CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT state_known CHECK ((state = ANY (ARRAY['candidate'::text, 'open'::text, 'closed'::text])))
);
ALTER TABLE ONLY detect.anomaly FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.anomaly OWNER TO vigil_owner;
COMMENT ON TABLE detect.anomaly IS 'One episode of anomalous readings of a stream, from its first to its last anomalous point, with what contributed most at its peak.';
COMMENT ON COLUMN detect.anomaly.state IS 'candidate: too short or too mild to report so far; open: still going on; closed: the stream has been normal since ended_at.';
CREATE TABLE fleet.stream (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    device_id integer NOT NULL,
    profile_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY fleet.stream FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.stream OWNER TO vigil_owner;
COMMENT ON TABLE fleet.stream IS 'One device speaking one profile: the unit that readings, features, scores and anomalies belong to.';
CREATE VIEW api.alerts WITH (security_invoker='true') AS
 SELECT al.alert_id,
    r.name AS rule,
    al.state,
    al.severity,
    al.summary,
    d.external_id AS device,
    al.anomaly_id,
    al.raised_at,
    al.acknowledged_at,
    al.resolved_at,
    al.dedup_key
   FROM ((((alerting.alert al
     LEFT JOIN alerting.rule r USING (tenant_id, rule_id))
     LEFT JOIN detect.anomaly a USING (tenant_id, anomaly_id))
     LEFT JOIN fleet.stream st ON (((st.tenant_id = a.tenant_id) AND (st.stream_id = a.stream_id))))
     LEFT JOIN fleet.device d ON (((d.tenant_id = st.tenant_id) AND (d.device_id = st.device_id))));
ALTER VIEW api.alerts OWNER TO vigil_api;
COMMENT ON VIEW api.alerts IS 'Alerts raised by rules and about the system itself
open, acknowledged or resolved. An alert about the system, such as a damaged archive, has a dedup_key and neither rule nor device nor anomaly.';
CREATE TABLE fleet.profile (
    tenant_id integer NOT NULL,
    profile_id integer NOT NULL,
    name text NOT NULL,
    metric_names text[] DEFAULT '{}'::text[] NOT NULL,
    contract_sha256 bytea DEFAULT '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT profile_name_is_slug CHECK ((name ~ '^[A-Za-z][A-Za-z0-9_.-]{0,62}$'::text))
);
ALTER TABLE ONLY fleet.profile FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.profile OWNER TO vigil_owner;
COMMENT ON TABLE fleet.profile IS 'The feature contract of a kind of device: an ordered, append-only list of metrics.';
COMMENT ON COLUMN fleet.profile.metric_names IS 'Names of the metrics in the order of the vector; kept by a trigger on fleet.metric.';
COMMENT ON COLUMN fleet.profile.contract_sha256 IS 'SHA-256 over position, name, unit and kind of every metric; changes only when metrics are appended.';
CREATE TABLE fleet.site (
    tenant_id integer NOT NULL,
    site_id integer NOT NULL,
    path public.ltree NOT NULL,
    name text NOT NULL
);
ALTER TABLE ONLY fleet.site FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.site OWNER TO vigil_owner;
COMMENT ON TABLE fleet.site IS 'A place in the tenant''s tree of sites; the path is the tree (emea.de.berlin lies below emea.de).';
CREATE VIEW api.anomalies WITH (security_invoker='true') AS
 SELECT a.anomaly_id,
    d.external_id AS device,
    d.name AS device_name,
    d.model AS device_model,
    (s.path)::text AS site,
    p.name AS profile,
    a.state,
    a.severity,
    a.started_at,
    a.ended_at,
    a.points,
    a.peak_score,
    a.peak_at,
    a.explanation,
    a.acknowledged_at,
    a.acknowledged_by,
    a.note,
    a.model_id,
    a.stream_id,
    a.created_at,
    a.updated_at
   FROM ((((detect.anomaly a
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
     LEFT JOIN fleet.site s ON (((s.tenant_id = d.tenant_id) AND (s.site_id = d.site_id))))
  WHERE (a.state <> 'candidate'::text);
ALTER VIEW api.anomalies OWNER TO vigil_api;
COMMENT ON VIEW api.anomalies IS 'Anomalies with explanations
One row per episode, from its first to its last anomalous reading.';
COMMENT ON COLUMN api.anomalies.state IS 'open: still going on; closed: normal since ended_at.';
COMMENT ON COLUMN api.anomalies.points IS 'Anomalous readings in the episode.';
COMMENT ON COLUMN api.anomalies.explanation IS 'The five strongest contributions at the peak: feature, value, typical range (1st to 99th percentile in training), direction and contribution to the score.';
CREATE TABLE ops.archive_manifest (
    tenant_id integer NOT NULL,
    archive_id bigint NOT NULL,
    profile_id integer NOT NULL,
    policy_id integer NOT NULL,
    range_start timestamp with time zone NOT NULL,
    range_end timestamp with time zone NOT NULL,
    part integer NOT NULL,
    stream_ids integer[] NOT NULL,
    path text NOT NULL,
    state text DEFAULT 'planned'::text NOT NULL,
    profile_sha256 text,
    sha256 text,
    bytes bigint,
    row_count bigint,
    row_hash numeric,
    from_ts timestamp with time zone,
    to_ts timestamp with time zone,
    planned_at timestamp with time zone DEFAULT now() NOT NULL,
    written_at timestamp with time zone,
    verified_at timestamp with time zone,
    dropped_at timestamp with time zone,
    removed_at timestamp with time zone,
    checked_at timestamp with time zone,
    damage text,
    CONSTRAINT archive_range_in_order CHECK ((range_start < range_end)),
    CONSTRAINT dropped_was_verified CHECK (((dropped_at IS NULL) OR (verified_at IS NOT NULL))),
    CONSTRAINT state_known CHECK ((state = ANY (ARRAY['planned'::text, 'written'::text, 'verified'::text, 'dropped'::text, 'restored'::text, 'removed'::text]))),
    CONSTRAINT streams_are_named CHECK ((cardinality(stream_ids) > 0)),
    CONSTRAINT what_is_written_is_known CHECK (((state = ANY (ARRAY['planned'::text, 'removed'::text])) OR (num_nonnulls(profile_sha256, sha256, bytes, row_count, row_hash, from_ts, to_ts, written_at) = 8)))
);
ALTER TABLE ONLY ops.archive_manifest FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.archive_manifest OWNER TO vigil_owner;
COMMENT ON TABLE ops.archive_manifest IS 'Files of readings that are past the hot tier: one per chunk, tenant and profile, more where it would be too large or where late readings came. They are in the database until a file is dropped, and in the file from when it is verified.';
COMMENT ON COLUMN ops.archive_manifest.policy_id IS 'The policy that decided; it may be gone since.';
COMMENT ON COLUMN ops.archive_manifest.range_start IS 'Of the chunk; range_end is excluded.';
COMMENT ON COLUMN ops.archive_manifest.path IS 'Below the directory of the setting vigil_platform.archive_directory.';
COMMENT ON COLUMN ops.archive_manifest.state IS 'planned: to be written; written; verified: read back and compared with the rows; dropped: the rows are in the file only; restored: a copy is in fleet.restored_reading; removed: past the cold tier, or the plan was given up.';
COMMENT ON COLUMN ops.archive_manifest.profile_sha256 IS 'The profile''s contract when the file was written; the file itself has names and units.';
COMMENT ON COLUMN ops.archive_manifest.row_hash IS 'Sum of a hash of every row, by which rows and file are compared in any order.';
COMMENT ON COLUMN ops.archive_manifest.checked_at IS 'When the file was last read whole and had its SHA-256.';
COMMENT ON COLUMN ops.archive_manifest.damage IS 'What was wrong with the file when it was last looked at. Null: nothing.';
CREATE VIEW api.archives WITH (security_invoker='true') AS
 SELECT m.archive_id,
    p.name AS profile,
    m.state,
    m.from_ts,
    m.to_ts,
    cardinality(m.stream_ids) AS streams,
    m.row_count,
    m.bytes,
    m.sha256,
    m.verified_at,
    m.dropped_at,
    m.checked_at,
    m.damage
   FROM (ops.archive_manifest m
     JOIN fleet.profile p USING (tenant_id, profile_id))
  WHERE (m.state <> 'removed'::text);
ALTER VIEW api.archives OWNER TO vigil_api;
COMMENT ON VIEW api.archives IS 'Files of readings that are past the hot tier
One row per file. Bring a range back with POST /rpc/restore_archive.';
COMMENT ON COLUMN api.archives.state IS 'planned, written, verified: the readings are still in the database; dropped: they are in the file only; restored: a copy is back.';
COMMENT ON COLUMN api.archives.checked_at IS 'When the file was last read whole and compared with its SHA-256.';
COMMENT ON COLUMN api.archives.damage IS 'What was wrong with the file then; null: nothing.';
CREATE TABLE audit.entry (
    tenant_id integer NOT NULL,
    entry_id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    correlation_id text,
    action text NOT NULL,
    detail jsonb,
    CONSTRAINT action_is_word CHECK ((action ~ '^[a-z_]+$'::text))
);
ALTER TABLE ONLY audit.entry FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.entry OWNER TO vigil_owner;
COMMENT ON TABLE audit.entry IS 'Append-only: what changed a tenant''s data through the API, and what retention removed. Written in the transaction of the change. Rows leave by the policy for audit alone.';
COMMENT ON COLUMN audit.entry.at IS 'When it was written; it counts once its transaction has committed.';
COMMENT ON COLUMN audit.entry.role IS 'The role that the request was made in, or the job''s.';
COMMENT ON COLUMN audit.entry.correlation_id IS 'The request''s X-Correlation-ID, or the one that it was given in the answer. Null for what no request did.';
COMMENT ON COLUMN audit.entry.detail IS 'What the procedure answered, unless it is long; for retention what was removed.';
CREATE VIEW api.audit_entries WITH (security_invoker='true') AS
 SELECT entry_id,
    at,
    actor,
    role,
    correlation_id,
    action,
    detail
   FROM audit.entry e;
ALTER VIEW api.audit_entries OWNER TO vigil_api;
COMMENT ON VIEW api.audit_entries IS 'What was done, by whom
One row per request that changed something, and per removal by retention. For tenant_admin.';
COMMENT ON COLUMN api.audit_entries.correlation_id IS 'The request''s X-Correlation-ID, or the one that it was given in the answer.';
COMMENT ON COLUMN api.audit_entries.action IS 'The procedure, or retention.';
COMMENT ON COLUMN api.audit_entries.detail IS 'What it answered, unless that is long; for retention what was removed.';
CREATE VIEW api.compliance WITH (security_invoker='true') AS
 SELECT tenant,
    object,
    profile,
    hot,
    warm,
    cold,
    enabled,
    rows_past_limit,
    rows_held,
    oldest_past_limit,
    holds,
    last_run_at,
    last_removed_at,
    rows_removed,
    archives,
    archived_rows,
    archives_damaged,
    archives_checked_since
   FROM ops.tenant_compliance() c(tenant, object, profile, hot, warm, cold, enabled, rows_past_limit, rows_held, oldest_past_limit, holds, last_run_at, last_removed_at, rows_removed, archives, archived_rows, archives_damaged, archives_checked_since);
ALTER VIEW api.compliance OWNER TO vigil_api;
COMMENT ON VIEW api.compliance IS 'Whether limits are kept
One row per policy: what exists past its limit, how much of that a legal hold keeps, what was removed under it, and which files there are.';
COMMENT ON COLUMN api.compliance.rows_past_limit IS 'Removed by the next run, but for those that are held.';
COMMENT ON COLUMN api.compliance.holds IS 'Legal holds of the tenant that are not released.';
COMMENT ON COLUMN api.compliance.last_run_at IS 'When the retention job last ran without an error.';
COMMENT ON COLUMN api.compliance.rows_removed IS 'Under this policy, for as long as there is a record of runs.';
COMMENT ON COLUMN api.compliance.archives IS 'Files of readings under this policy that hold what is no longer in the database; null for other objects.';
COMMENT ON COLUMN api.compliance.archives_damaged IS 'How many of them were not sound when they were last looked at.';
COMMENT ON COLUMN api.compliance.archives_checked_since IS 'Each of them has been read whole and compared since then.';
CREATE TABLE fleet.latest (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    ts timestamp with time zone NOT NULL,
    "values" double precision[] NOT NULL,
    seen timestamp with time zone[] NOT NULL,
    CONSTRAINT values_and_seen_agree CHECK ((cardinality("values") = cardinality(seen)))
)
WITH (fillfactor='50');
ALTER TABLE ONLY fleet.latest FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.latest OWNER TO vigil_owner;
COMMENT ON TABLE fleet.latest IS 'The newest value of each metric of a stream and when it was measured; kept by triggers on fleet.reading.';
CREATE VIEW api.devices WITH (security_invoker='true') AS
 SELECT d.external_id AS device,
    d.name,
    d.model,
    (s.path)::text AS site,
    d.attributes,
    d.active,
    d.registered_at,
    ( SELECT max(l.ts) AS max
           FROM (fleet.stream st
             JOIN fleet.latest l USING (tenant_id, stream_id))
          WHERE ((st.tenant_id = d.tenant_id) AND (st.device_id = d.device_id))) AS last_reading_at
   FROM (fleet.device d
     LEFT JOIN fleet.site s USING (tenant_id, site_id));
ALTER VIEW api.devices OWNER TO vigil_api;
COMMENT ON VIEW api.devices IS 'Devices of the tenant
One row per device, known by the external id its source uses.';
COMMENT ON COLUMN api.devices.device IS 'External id: what readings name the device by.';
COMMENT ON COLUMN api.devices.site IS 'Path in the tree of sites, such as emea.de.berlin.';
COMMENT ON COLUMN api.devices.last_reading_at IS 'Time of the newest reading of any of its streams.';
CREATE TABLE fleet.ingest_batch (
    tenant_id integer NOT NULL,
    batch_id bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_by text NOT NULL,
    correlation_id text,
    idempotency_key text,
    accepted integer NOT NULL,
    duplicates integer NOT NULL,
    rejected integer NOT NULL
);
ALTER TABLE ONLY fleet.ingest_batch FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.ingest_batch OWNER TO vigil_owner;
COMMENT ON TABLE fleet.ingest_batch IS 'Requests that brought readings, and what became of them. Written in the transaction of the readings; kept for 7 days.';
CREATE VIEW api.ingest_batches WITH (security_invoker='true') AS
 SELECT batch_id,
    received_at,
    sent_by,
    correlation_id,
    idempotency_key,
    accepted,
    duplicates,
    rejected
   FROM fleet.ingest_batch b;
ALTER VIEW api.ingest_batches OWNER TO vigil_api;
COMMENT ON VIEW api.ingest_batches IS 'Requests that stored readings
One row per POST /rpc/ingest of the last 7 days and how many of its readings were accepted, there already, and rejected.';
COMMENT ON COLUMN api.ingest_batches.sent_by IS 'The subject of the sender''s token.';
COMMENT ON COLUMN api.ingest_batches.correlation_id IS 'The request''s X-Correlation-ID, or the one that it was given in the answer.';
COMMENT ON COLUMN api.ingest_batches.idempotency_key IS 'The request''s Idempotency-Key; its repeats have no row.';
CREATE TABLE ops.job_run (
    job_run_id bigint NOT NULL,
    job_name text NOT NULL,
    tenant_id integer,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    row_count bigint DEFAULT 0 NOT NULL,
    error_code text,
    message text,
    hint text,
    repeats integer DEFAULT 0 NOT NULL,
    CONSTRAINT status_known CHECK ((status = ANY (ARRAY['ok'::text, 'error'::text])))
);
ALTER TABLE ONLY ops.job_run FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.job_run OWNER TO vigil_owner;
COMMENT ON TABLE ops.job_run IS 'What each run of a job did for each tenant; a run that found nothing to do leaves no row.';
COMMENT ON COLUMN ops.job_run.repeats IS 'How many runs after this one failed for the tenant in the same way; finished_at is the last one''s. A new row begins after an hour.';
CREATE VIEW api.jobs WITH (security_invoker='true') AS
 SELECT job_run_id,
    job_name AS job,
    status,
    started_at,
    finished_at,
    row_count,
    error_code,
    message,
    hint,
    repeats
   FROM ops.job_run r;
ALTER VIEW api.jobs OWNER TO vigil_api;
COMMENT ON VIEW api.jobs IS 'Runs of the pipeline''s jobs for the tenant
Runs that found nothing to do are left out; a run that fails again in the same way counts in repeats.';
CREATE TABLE fleet.metric (
    tenant_id integer NOT NULL,
    profile_id integer NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    unit text DEFAULT ''::text NOT NULL,
    kind text DEFAULT 'gauge'::text NOT NULL,
    description text,
    CONSTRAINT metric_kind_known CHECK ((kind = ANY (ARRAY['gauge'::text, 'counter'::text, 'state'::text]))),
    CONSTRAINT metric_name_is_word CHECK ((name ~ '^[A-Za-z_][A-Za-z0-9_.%/-]{0,62}$'::text)),
    CONSTRAINT metric_position_from_one CHECK ((("position" >= 1) AND ("position" <= 4096)))
);
ALTER TABLE ONLY fleet.metric FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.metric OWNER TO vigil_owner;
COMMENT ON TABLE fleet.metric IS 'One element of a profile''s vector. Position, name, unit and kind never change; new metrics are appended.';
CREATE VIEW api.latest WITH (security_invoker='true') AS
 SELECT d.external_id AS device,
    p.name AS profile,
    m.name AS metric,
    m.unit,
    l.seen[m."position"] AS ts,
    l."values"[m."position"] AS value
   FROM ((((fleet.latest l
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
     JOIN fleet.metric m ON (((m.tenant_id = st.tenant_id) AND (m.profile_id = st.profile_id))))
  WHERE (l.seen[m."position"] IS NOT NULL);
ALTER VIEW api.latest OWNER TO vigil_api;
COMMENT ON VIEW api.latest IS 'The newest value of every metric
With the time at which it was measured.';
CREATE VIEW api.legal_holds WITH (security_invoker='true') AS
 SELECT h.hold_id,
    COALESCE(d.external_id, sd.external_id) AS device,
    p.name AS profile,
    h.from_ts,
    h.to_ts,
    h.placed_at,
    h.released_at
   FROM ((((ops.legal_hold h
     LEFT JOIN fleet.device d ON (((d.tenant_id = h.tenant_id) AND (d.device_id = h.device_id))))
     LEFT JOIN fleet.stream st ON (((st.tenant_id = h.tenant_id) AND (st.stream_id = h.stream_id))))
     LEFT JOIN fleet.device sd ON (((sd.tenant_id = st.tenant_id) AND (sd.device_id = st.device_id))))
     LEFT JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))));
ALTER VIEW api.legal_holds OWNER TO vigil_api;
COMMENT ON VIEW api.legal_holds IS 'What nothing may remove
Everything of the tenant (device null), or what belongs to a device or to its stream of one profile, in a range of time. Placed and released by DBAs, who know the reason.';
CREATE TABLE detect.model (
    tenant_id integer NOT NULL,
    model_id integer NOT NULL,
    profile_id integer NOT NULL,
    feature_set_id integer NOT NULL,
    feature_set_sha256 bytea NOT NULL,
    scope text NOT NULL,
    stream_id integer,
    device_model text,
    site_id integer,
    status text DEFAULT 'active'::text NOT NULL,
    bytes bytea NOT NULL,
    seed bigint NOT NULL,
    options jsonb NOT NULL,
    trained_from timestamp with time zone NOT NULL,
    trained_to timestamp with time zone NOT NULL,
    row_count bigint NOT NULL,
    score_quantiles jsonb NOT NULL,
    thresholds double precision[] NOT NULL,
    feature_low double precision[] NOT NULL,
    feature_median double precision[] NOT NULL,
    feature_high double precision[] NOT NULL,
    trained_at timestamp with time zone DEFAULT now() NOT NULL,
    trained_by text NOT NULL,
    training_time interval NOT NULL,
    CONSTRAINT four_rising_thresholds CHECK (((cardinality(thresholds) = 4) AND (thresholds[1] <= thresholds[2]) AND (thresholds[2] <= thresholds[3]) AND (thresholds[3] <= thresholds[4]))),
    CONSTRAINT scope_known CHECK ((scope = ANY (ARRAY['stream'::text, 'device_model'::text, 'site'::text, 'profile'::text]))),
    CONSTRAINT scope_names_its_target CHECK ((((scope = 'stream'::text) = (stream_id IS NOT NULL)) AND ((scope = 'device_model'::text) = (device_model IS NOT NULL)) AND ((scope = 'site'::text) = (site_id IS NOT NULL)))),
    CONSTRAINT status_known CHECK ((status = ANY (ARRAY['active'::text, 'superseded'::text]))),
    CONSTRAINT training_window_in_order CHECK ((trained_from <= trained_to))
);
ALTER TABLE ONLY detect.model ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE ONLY detect.model FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.model OWNER TO vigil_owner;
COMMENT ON TABLE detect.model IS 'A trained forest with all that is needed to repeat its training and to read its scores.';
COMMENT ON COLUMN detect.model.thresholds IS 'Scores from which an anomaly is low, medium, high and critical; quantiles of the training scores.';
CREATE VIEW api.models WITH (security_invoker='true') AS
 SELECT m.model_id,
    p.name AS profile,
    m.scope,
        CASE m.scope
            WHEN 'stream'::text THEN d.external_id
            WHEN 'device_model'::text THEN m.device_model
            WHEN 'site'::text THEN (s.path)::text
            ELSE NULL::text
        END AS target,
    m.status,
    m.trained_at,
    m.trained_by,
    m.training_time,
    m.trained_from,
    m.trained_to,
    m.row_count,
    m.seed,
    m.options,
    encode(m.feature_set_sha256, 'hex'::text) AS feature_set_sha256,
    m.score_quantiles,
    m.thresholds
   FROM ((((detect.model m
     JOIN fleet.profile p USING (tenant_id, profile_id))
     LEFT JOIN fleet.stream st ON (((st.tenant_id = m.tenant_id) AND (st.stream_id = m.stream_id))))
     LEFT JOIN fleet.device d ON (((d.tenant_id = st.tenant_id) AND (d.device_id = st.device_id))))
     LEFT JOIN fleet.site s ON (((s.tenant_id = m.tenant_id) AND (s.site_id = m.site_id))));
ALTER VIEW api.models OWNER TO vigil_api;
COMMENT ON VIEW api.models IS 'Trained models
A stream is scored by the narrowest active model that covers it: its own, its device model''s, its site''s, its profile''s.';
COMMENT ON COLUMN api.models.score_quantiles IS 'Quantiles of the scores of the training rows.';
COMMENT ON COLUMN api.models.thresholds IS 'Scores from which an anomaly is low, medium, high and critical.';
CREATE VIEW api.profiles WITH (security_invoker='true') AS
 SELECT name AS profile,
    ( SELECT jsonb_agg(jsonb_build_object('position', m."position", 'name', m.name, 'unit', m.unit, 'kind', m.kind) ORDER BY m."position") AS jsonb_agg
           FROM fleet.metric m
          WHERE ((m.tenant_id = p.tenant_id) AND (m.profile_id = p.profile_id))) AS metrics,
    encode(contract_sha256, 'hex'::text) AS contract_sha256,
    created_at
   FROM fleet.profile p;
ALTER VIEW api.profiles OWNER TO vigil_api;
COMMENT ON VIEW api.profiles IS 'Profiles: what a kind of device reports
The metrics in the order of the reading''s vector. A profile only ever grows.';
COMMENT ON COLUMN api.profiles.contract_sha256 IS 'Changes only when metrics are appended.';
CREATE TABLE fleet.reading (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    ts timestamp with time zone NOT NULL,
    "values" double precision[] NOT NULL,
    CONSTRAINT reading_ts_is_finite CHECK (((ts > '-infinity'::timestamp with time zone) AND (ts < 'infinity'::timestamp with time zone))),
    CONSTRAINT reading_values_are_finite CHECK (vigil.valid_vector("values"))
);
ALTER TABLE fleet.reading OWNER TO vigil_owner;
COMMENT ON TABLE fleet.reading IS 'A stream''s metrics at one instant, in the order of its profile. A NULL element was not reported.';
CREATE TABLE fleet.restored_reading (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    ts timestamp with time zone NOT NULL,
    "values" double precision[] NOT NULL
);
ALTER TABLE ONLY fleet.restored_reading FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.restored_reading OWNER TO vigil_owner;
COMMENT ON TABLE fleet.restored_reading IS 'Readings brought back from archive files. Only the archive job and ops.restore_archive write here: nothing is computed from them anew.';
CREATE VIEW api.readings AS
 SELECT r.stream_id,
    d.external_id AS device,
    p.name AS profile,
    r.ts,
    r."values",
    jsonb_strip_nulls(( SELECT jsonb_object_agg(n.name, n.value) AS jsonb_object_agg
           FROM UNNEST(p.metric_names[1:cardinality(r."values")], r."values") n(name, value))) AS metrics
   FROM (((fleet.reading r
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
UNION ALL
 SELECT r.stream_id,
    d.external_id AS device,
    p.name AS profile,
    r.ts,
    r."values",
    jsonb_strip_nulls(( SELECT jsonb_object_agg(n.name, n.value) AS jsonb_object_agg
           FROM UNNEST(p.metric_names[1:cardinality(r."values")], r."values") n(name, value))) AS metrics
   FROM (((fleet.restored_reading r
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))));
ALTER VIEW api.readings OWNER TO vigil_api;
COMMENT ON VIEW api.readings IS 'Readings as they were measured
One row per stream and instant. Bound ts and name the device or stream_id; whole histories are large.';
COMMENT ON COLUMN api.readings."values" IS 'The metrics in the order of the profile; null was not reported.';
COMMENT ON COLUMN api.readings.metrics IS 'The reported metrics by name.';
CREATE TABLE ops.retention_run (
    retention_run_id bigint NOT NULL,
    tenant_id integer,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    object text NOT NULL,
    policy_id integer,
    relation text NOT NULL,
    action text NOT NULL,
    row_count bigint NOT NULL,
    bytes bigint NOT NULL,
    from_ts timestamp with time zone,
    to_ts timestamp with time zone,
    audited boolean DEFAULT false NOT NULL,
    CONSTRAINT action_known CHECK ((action = ANY (ARRAY['drop chunk'::text, 'delete'::text, 'archive'::text, 'remove file'::text])))
);
ALTER TABLE ONLY ops.retention_run FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.retention_run OWNER TO vigil_owner;
COMMENT ON TABLE ops.retention_run IS 'What each run of the jobs retention and archive removed from the database or, with its file, for good, by policy, tenant and chunk, table or file; written in the transaction that removes it. Rows of one run share started_at.';
COMMENT ON COLUMN ops.retention_run.policy_id IS 'The policy that decided; it may be gone since. Null: an empty chunk.';
COMMENT ON COLUMN ops.retention_run.bytes IS 'The rows'' share of the size of the chunk or table on disk, indexes included. A dropped chunk gives it back to the file system, deleted rows leave it for new rows.';
COMMENT ON COLUMN ops.retention_run.audited IS 'Whether the run has an entry in the audit trail; it is written when the run ends, or by the next.';
CREATE VIEW api.retention_runs WITH (security_invoker='true') AS
 SELECT retention_run_id,
    object,
    action,
    relation,
    row_count,
    bytes,
    from_ts,
    to_ts,
    started_at,
    finished_at
   FROM ops.retention_run r;
ALTER VIEW api.retention_runs OWNER TO vigil_api;
COMMENT ON VIEW api.retention_runs IS 'What was removed because it was past its limit
One row per run, policy and chunk or table, with the time range of what went.';
CREATE TABLE fleet.reading_rollup (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    bucket interval NOT NULL,
    ts timestamp with time zone NOT NULL,
    readings bigint NOT NULL,
    state vigil.stats NOT NULL,
    counts integer[] NOT NULL,
    means double precision[] NOT NULL,
    minima double precision[] NOT NULL,
    maxima double precision[] NOT NULL,
    CONSTRAINT readings_positive CHECK ((readings > 0))
);
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN state SET COMPRESSION lz4;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN counts SET STORAGE MAIN;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN counts SET COMPRESSION lz4;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN means SET STORAGE MAIN;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN means SET COMPRESSION lz4;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN minima SET STORAGE MAIN;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN minima SET COMPRESSION lz4;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN maxima SET STORAGE MAIN;
ALTER TABLE ONLY fleet.reading_rollup ALTER COLUMN maxima SET COMPRESSION lz4;
ALTER TABLE fleet.reading_rollup OWNER TO vigil_owner;
COMMENT ON TABLE fleet.reading_rollup IS 'Mergeable statistics of a stream''s readings in a bucket that starts at ts.';
COMMENT ON COLUMN fleet.reading_rollup.counts IS 'Values of each metric in the bucket. This and the following stand in the state as well: charts read hundreds of rows, and would decode as many states.';
CREATE VIEW fleet.summary WITH (security_barrier='true') AS
 SELECT tenant_id,
    stream_id,
    bucket,
    ts,
    readings,
    state,
    counts,
    means,
    minima,
    maxima
   FROM fleet.reading_rollup k
  WHERE (tenant_id = ( SELECT auth.tenant_id() AS tenant_id));
ALTER VIEW fleet.summary OWNER TO vigil_owner;
COMMENT ON VIEW fleet.summary IS 'Summaries of the session''s tenant, from whichever engine keeps them. Here: the hypertable fleet.reading_rollup, written by the rollups job.';
CREATE VIEW api.rollups AS
 SELECT k.stream_id,
    d.external_id AS device,
    p.name AS profile,
    k.bucket,
    k.ts,
    m.name AS metric,
    e.n,
    e.average,
    e.stddev,
    e.minimum,
    e.maximum,
    e.first,
    e.last
   FROM (((((fleet.summary k
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
     CROSS JOIN LATERAL UNNEST(vigil.num_vals(k.state), vigil.average(k.state), vigil.stddev(k.state), vigil.min_val(k.state), vigil.max_val(k.state), vigil.first_val(k.state), vigil.last_val(k.state)) WITH ORDINALITY e(n, average, stddev, minimum, maximum, first, last, "position"))
     JOIN fleet.metric m ON (((m.tenant_id = p.tenant_id) AND (m.profile_id = p.profile_id) AND (m."position" = e."position"))))
  WHERE (e.n > 0);
ALTER VIEW api.rollups OWNER TO vigil_api;
COMMENT ON VIEW api.rollups IS 'Summaries of readings
One row per stream, bucket and metric that was reported in it. Buckets that are still filling, or wait to be made again because of late readings, are missing or old; rpc/series fills them in from the readings. Bound ts and bucket and name the device; whole histories are large.';
COMMENT ON COLUMN api.rollups.bucket IS 'Width of the bucket, which starts at ts.';
COMMENT ON COLUMN api.rollups.n IS 'Values in the bucket.';
COMMENT ON COLUMN api.rollups.stddev IS 'With divisor n - 1; null for one value.';
COMMENT ON COLUMN api.rollups.first IS 'The earliest value in the bucket.';
COMMENT ON COLUMN api.rollups.last IS 'The latest value in the bucket.';
CREATE TABLE detect.score (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    ts timestamp with time zone NOT NULL,
    model_id integer NOT NULL,
    score double precision NOT NULL,
    CONSTRAINT score_is_share CHECK (((score > (0)::double precision) AND (score < (1)::double precision)))
);
ALTER TABLE detect.score OWNER TO vigil_owner;
COMMENT ON TABLE detect.score IS 'The anomaly score of a stream at each reading, by the narrowest active model that covered it.';
CREATE VIEW api.scores AS
 SELECT s.stream_id,
    d.external_id AS device,
    p.name AS profile,
    s.ts,
    s.score,
    s.model_id
   FROM (((detect.score s
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))));
ALTER VIEW api.scores OWNER TO vigil_api;
COMMENT ON VIEW api.scores IS 'Anomaly scores of readings
Between 0 and 1; about 0.5 is ordinary. Compare with the model''s thresholds. Bound ts and name the device.';
CREATE TABLE fleet.source_rejection (
    tenant_id integer NOT NULL,
    source_id integer NOT NULL,
    ts timestamp with time zone NOT NULL,
    device text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    hint text,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY fleet.source_rejection FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.source_rejection OWNER TO vigil_owner;
COMMENT ON TABLE fleet.source_rejection IS 'Rows of a source that were refused, and why: the latest 1000 of each source.';
COMMENT ON COLUMN fleet.source_rejection.device IS 'Empty where the row names none.';
CREATE VIEW api.source_rejections WITH (security_invoker='true') AS
 SELECT s.name AS source,
    r.device,
    r.ts,
    r.code,
    r.message,
    r.hint,
    r.first_seen_at,
    r.last_seen_at
   FROM (fleet.source_rejection r
     JOIN fleet.source s USING (tenant_id, source_id));
ALTER VIEW api.source_rejections OWNER TO vigil_api;
COMMENT ON VIEW api.source_rejections IS 'Rows of sources that were refused
The latest 1,000 of each source, and why.';
COMMENT ON COLUMN api.source_rejections.device IS 'Empty where the row names none.';
COMMENT ON COLUMN api.source_rejections.last_seen_at IS 'When the row was last pulled: it is read again while it lies within the overlap.';
CREATE VIEW api.sources WITH (security_invoker='true') AS
 SELECT s.name AS source,
    p.name AS profile,
    s.enabled,
    s.watermark,
    (now() - s.watermark) AS lag,
    s.caught_up_at,
    s.rows_accepted,
    s.rows_rejected,
    s.last_run_at,
    s.last_error_code,
    s.last_error_at,
    s.backfill_ts AS backfill_at,
    s.backfill_to
   FROM (fleet.source s
     JOIN fleet.profile p USING (tenant_id, profile_id));
ALTER VIEW api.sources OWNER TO vigil_api;
COMMENT ON VIEW api.sources IS 'Databases that readings are pulled from
One row per source that a DBA set up, and how far it is.';
COMMENT ON COLUMN api.sources.watermark IS 'Time of the newest reading pulled.';
COMMENT ON COLUMN api.sources.lag IS 'Age of the watermark: how far behind now the newest reading is.';
COMMENT ON COLUMN api.sources.caught_up_at IS 'When the source last had nothing newer.';
COMMENT ON COLUMN api.sources.rows_accepted IS 'Readings that were new or changed something.';
COMMENT ON COLUMN api.sources.rows_rejected IS 'Rows that were refused; GET /source_rejections says why.';
COMMENT ON COLUMN api.sources.last_error_code IS 'SQLSTATE of why the last run failed; null when it did not. A DBA knows more.';
COMMENT ON COLUMN api.sources.backfill_at IS 'How far the backfill of a range is, null when there is none.';
CREATE TABLE fleet.tenant (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    display_name text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    unknown_device text DEFAULT 'refuse'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    unknown_metric text DEFAULT 'refuse'::text NOT NULL,
    future_tolerance interval DEFAULT '00:10:00'::interval NOT NULL,
    past_tolerance interval,
    storage_quota bigint,
    CONSTRAINT future_tolerance_up_to_a_day CHECK (((future_tolerance >= '00:00:00'::interval) AND (future_tolerance <= '1 day'::interval))),
    CONSTRAINT past_tolerance_is_positive CHECK ((past_tolerance > '00:00:00'::interval)),
    CONSTRAINT storage_quota_positive CHECK ((storage_quota > 0)),
    CONSTRAINT tenant_name_is_slug CHECK ((name ~ '^[a-z][a-z0-9_-]{0,62}$'::text)),
    CONSTRAINT unknown_device_known CHECK ((unknown_device = ANY (ARRAY['refuse'::text, 'register'::text]))),
    CONSTRAINT unknown_metric_known CHECK ((unknown_metric = ANY (ARRAY['refuse'::text, 'append'::text])))
);
ALTER TABLE ONLY fleet.tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.tenant OWNER TO vigil_owner;
COMMENT ON TABLE fleet.tenant IS 'A customer. Every other table carries tenant_id first in its keys.';
COMMENT ON COLUMN fleet.tenant.unknown_device IS 'What ingestion does with a device it has never seen: refuse the reading, or register the device when the reading names its profile.';
COMMENT ON COLUMN fleet.tenant.unknown_metric IS 'What ingestion does with a metric that the profile lacks: refuse the reading, or append the metric to the profile.';
COMMENT ON COLUMN fleet.tenant.future_tolerance IS 'How far the clock of a device may be ahead: readings beyond are refused.';
COMMENT ON COLUMN fleet.tenant.past_tolerance IS 'How old a reading may be when it arrives, at most as long as readings are kept; null: any age.';
COMMENT ON COLUMN fleet.tenant.storage_quota IS 'Bytes that the tenant''s data may take; null for no limit.';
CREATE TABLE ops.storage_sample (
    tenant_id integer NOT NULL,
    object text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    row_count bigint NOT NULL,
    bytes bigint NOT NULL,
    point_count bigint
);
ALTER TABLE ONLY ops.storage_sample FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.storage_sample OWNER TO vigil_owner;
COMMENT ON TABLE ops.storage_sample IS 'What each tenant had of each object when it was measured, midnight UTC of the day.';
COMMENT ON COLUMN ops.storage_sample.bytes IS 'The share of the rows in the size of their chunk or table on disk, indexes included.';
COMMENT ON COLUMN ops.storage_sample.point_count IS 'Values that the rows hold: as many a row as its profile has metrics, its feature set features, one a score. Null where rows hold none.';
CREATE VIEW api.storage WITH (security_invoker='true') AS
 SELECT t.name AS tenant,
    s.object,
    s.measured_at,
    s.row_count,
    s.bytes,
    s.point_count,
    ((s.bytes)::double precision / (NULLIF(s.point_count, 0))::double precision) AS bytes_per_point,
    (((s.bytes - e.bytes))::double precision / ((EXTRACT(epoch FROM (s.measured_at - e.measured_at)))::double precision / (86400)::double precision)) AS bytes_per_day,
    (((s.row_count - e.row_count))::double precision / ((EXTRACT(epoch FROM (s.measured_at - e.measured_at)))::double precision / (86400)::double precision)) AS rows_per_day,
    ((((t.storage_quota)::numeric - sum(s.bytes) OVER tenant))::double precision / NULLIF(GREATEST(sum((((s.bytes - e.bytes))::double precision / ((EXTRACT(epoch FROM (s.measured_at - e.measured_at)))::double precision / (86400)::double precision))) OVER tenant, (0)::double precision), (0)::double precision)) AS days_until_quota
   FROM ((fleet.tenant t
     JOIN LATERAL ( SELECT DISTINCT ON (x.object) x.tenant_id,
            x.object,
            x.measured_at,
            x.row_count,
            x.bytes,
            x.point_count
           FROM ops.storage_sample x
          WHERE (x.tenant_id = t.tenant_id)
          ORDER BY x.object, x.measured_at DESC) s ON (true))
     LEFT JOIN LATERAL ( SELECT x.measured_at,
            x.row_count,
            x.bytes
           FROM ops.storage_sample x
          WHERE ((x.tenant_id = s.tenant_id) AND (x.object = s.object) AND (x.measured_at >= (s.measured_at - '30 days'::interval)) AND (x.measured_at < s.measured_at))
          ORDER BY x.measured_at
         LIMIT 1) e ON (true))
  WINDOW tenant AS (PARTITION BY t.tenant_id);
ALTER VIEW api.storage OWNER TO vigil_api;
COMMENT ON VIEW api.storage IS 'What the tenant''s data takes
One row per object, as measured once a day; bytes are the share on disk, indexes included.';
COMMENT ON COLUMN api.storage.point_count IS 'Values in the rows: as many a row as its profile has metrics, its feature set features, one a score.';
COMMENT ON COLUMN api.storage.bytes_per_day IS 'Growth a day since the oldest measurement of the 30 days before; null until there are two. Negative when more is removed than comes.';
COMMENT ON COLUMN api.storage.rows_per_day IS 'Growth in rows, likewise.';
COMMENT ON COLUMN api.storage.days_until_quota IS 'When all objects together reach the tenant''s quota if they go on growing so: 0 or less when they have. Null without a quota, or growth, or a second measurement; the same in each row.';
CREATE VIEW api.streams WITH (security_invoker='true') AS
 SELECT st.stream_id,
    d.external_id AS device,
    p.name AS profile,
    st.created_at,
    l.ts AS last_reading_at
   FROM (((fleet.stream st
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
     LEFT JOIN fleet.latest l ON (((l.tenant_id = st.tenant_id) AND (l.stream_id = st.stream_id))));
ALTER VIEW api.streams OWNER TO vigil_api;
COMMENT ON VIEW api.streams IS 'Streams: one device speaking one profile
Readings, scores and anomalies belong to a stream.';
CREATE VIEW api.telemetry AS
 SELECT d.external_id AS device,
    p.name AS profile,
    m.name AS metric,
    m.unit,
    r.ts,
    r."values"[m."position"] AS value
   FROM ((((fleet.reading r
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
     JOIN fleet.metric m ON (((m.tenant_id = st.tenant_id) AND (m.profile_id = st.profile_id))))
  WHERE (r."values"[m."position"] IS NOT NULL)
UNION ALL
 SELECT d.external_id AS device,
    p.name AS profile,
    m.name AS metric,
    m.unit,
    r.ts,
    r."values"[m."position"] AS value
   FROM ((((fleet.restored_reading r
     JOIN fleet.stream st USING (tenant_id, stream_id))
     JOIN fleet.device d USING (tenant_id, device_id))
     JOIN fleet.profile p ON (((p.tenant_id = st.tenant_id) AND (p.profile_id = st.profile_id))))
     JOIN fleet.metric m ON (((m.tenant_id = st.tenant_id) AND (m.profile_id = st.profile_id))))
  WHERE (r."values"[m."position"] IS NOT NULL);
ALTER VIEW api.telemetry OWNER TO vigil_api;
COMMENT ON VIEW api.telemetry IS 'Readings, one row per metric
The usual narrow shape for BI tools: device, metric, ts, value. Bound ts.';
ALTER TABLE audit.entry ALTER COLUMN entry_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.entry_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth.login (
    login_name name NOT NULL,
    tenant_id integer NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE auth.login OWNER TO vigil_owner;
COMMENT ON TABLE auth.login IS 'Which tenant a direct SQL login (BI tool, Grafana) belongs to. Claims set by such a login are not believed.';
ALTER TABLE detect.anomaly ALTER COLUMN anomaly_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME detect.anomaly_anomaly_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE detect.device_feature (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    feature_set_id integer NOT NULL,
    ts timestamp with time zone NOT NULL,
    "values" double precision[] NOT NULL
);
ALTER TABLE detect.device_feature OWNER TO vigil_owner;
COMMENT ON TABLE detect.device_feature IS 'The feature vector of a stream at each of its readings.';
CREATE TABLE detect.feature (
    tenant_id integer NOT NULL,
    feature_set_id integer NOT NULL,
    "position" integer NOT NULL,
    metric_position integer NOT NULL,
    statistic text NOT NULL,
    time_window interval,
    name text NOT NULL,
    CONSTRAINT feature_position_from_one CHECK (("position" >= 1)),
    CONSTRAINT raw_has_no_window CHECK (((statistic = 'raw'::text) = (time_window IS NULL))),
    CONSTRAINT statistic_known CHECK ((statistic = ANY (ARRAY['raw'::text, 'last'::text, 'first'::text, 'mean'::text, 'stddev'::text, 'min'::text, 'max'::text, 'slope'::text, 'delta'::text, 'count'::text]))),
    CONSTRAINT window_bounded CHECK (((time_window > '00:00:00'::interval) AND (time_window <= '7 days'::interval)))
);
ALTER TABLE ONLY detect.feature FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.feature OWNER TO vigil_owner;
COMMENT ON TABLE detect.feature IS 'One element of a feature vector: the reported value itself (raw), or a statistic of a metric over the window that ends at the reading. stddev, slope and delta are NULL until values span half the window.';
CREATE TABLE detect.feature_change (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    from_ts timestamp with time zone NOT NULL,
    to_ts timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='5000');
ALTER TABLE ONLY detect.feature_change FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.feature_change OWNER TO vigil_owner;
COMMENT ON TABLE detect.feature_change IS 'Which instants have new feature vectors that the scores job has not seen.';
CREATE TABLE detect.feature_set (
    tenant_id integer NOT NULL,
    feature_set_id integer NOT NULL,
    profile_id integer NOT NULL,
    spec_sha256 bytea NOT NULL,
    feature_count integer NOT NULL,
    longest_window interval NOT NULL,
    current boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feature_count_positive CHECK ((feature_count > 0))
);
ALTER TABLE ONLY detect.feature_set FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.feature_set OWNER TO vigil_owner;
COMMENT ON TABLE detect.feature_set IS 'An immutable list of features over a profile. Models name the set they were trained on; one set per profile is current.';
ALTER TABLE detect.feature_set ALTER COLUMN feature_set_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME detect.feature_set_feature_set_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE detect.model ALTER COLUMN model_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME detect.model_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE detect.policy (
    tenant_id integer NOT NULL,
    profile_id integer NOT NULL,
    threshold_quantiles double precision[] DEFAULT '{0.99,0.995,0.999,1}'::double precision[] NOT NULL,
    opens_at text DEFAULT 'high'::text NOT NULL,
    min_points integer DEFAULT 2 NOT NULL,
    episode_gap interval DEFAULT '00:30:00'::interval NOT NULL,
    CONSTRAINT episode_gap_bounded CHECK (((episode_gap >= '00:00:01'::interval) AND (episode_gap <= '1 day'::interval))),
    CONSTRAINT min_points_positive CHECK (((min_points >= 1) AND (min_points <= 1000))),
    CONSTRAINT opens_at_known CHECK ((opens_at = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT threshold_quantiles_known CHECK (((cardinality(threshold_quantiles) = 4) AND (threshold_quantiles <@ ARRAY[(0.5)::double precision, (0.9)::double precision, (0.95)::double precision, (0.99)::double precision, (0.995)::double precision, (0.999)::double precision, (1)::double precision]) AND (threshold_quantiles[1] <= threshold_quantiles[2]) AND (threshold_quantiles[2] <= threshold_quantiles[3]) AND (threshold_quantiles[3] <= threshold_quantiles[4])))
);
ALTER TABLE ONLY detect.policy FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.policy OWNER TO vigil_owner;
COMMENT ON TABLE detect.policy IS 'How scores become anomalies for a profile: thresholds, persistence and how long a quiet spell ends an episode. No row means the defaults.';
COMMENT ON COLUMN detect.policy.opens_at IS 'An episode becomes an anomaly when its peak reaches this severity.';
COMMENT ON COLUMN detect.policy.min_points IS 'An episode becomes an anomaly when it has this many points at or above the low threshold.';
COMMENT ON COLUMN detect.policy.episode_gap IS 'Anomalous points closer than this belong to one episode.';
CREATE TABLE detect.score_change (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    from_ts timestamp with time zone NOT NULL,
    to_ts timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='5000');
ALTER TABLE ONLY detect.score_change FORCE ROW LEVEL SECURITY;
ALTER TABLE detect.score_change OWNER TO vigil_owner;
COMMENT ON TABLE detect.score_change IS 'Which instants have new scores that the anomalies job has not seen.';
ALTER TABLE fleet.device ALTER COLUMN device_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.device_device_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE fleet.export_change (
    tenant_id integer NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    change_id bigint NOT NULL,
    from_ts timestamp with time zone NOT NULL,
    to_ts timestamp with time zone NOT NULL,
    streams int4multirange NOT NULL,
    logged_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
ALTER TABLE ONLY fleet.export_change FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.export_change OWNER TO vigil_owner;
COMMENT ON TABLE fleet.export_change IS 'Which streams were written in which part of an hour, by transaction: what the incremental export reads. A row for each statement and hour, kept for 8 days.';
COMMENT ON COLUMN fleet.export_change.xid IS 'Transactions end in another order than they begin, so a page ends before the oldest that is still running.';
ALTER TABLE fleet.export_change ALTER COLUMN change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.export_change_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE fleet.ingest_batch ALTER COLUMN batch_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.ingest_batch_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE fleet.profile ALTER COLUMN profile_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.profile_profile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE fleet.reading_change (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    from_ts timestamp with time zone NOT NULL,
    to_ts timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='5000');
ALTER TABLE ONLY fleet.reading_change FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.reading_change OWNER TO vigil_owner;
COMMENT ON TABLE fleet.reading_change IS 'Invalidation log: which instants of which stream were written since the features job last took note.';
CREATE TABLE fleet.rollup (
    rollup_id integer NOT NULL,
    tenant_id integer,
    profile_id integer,
    bucket interval NOT NULL,
    retention interval,
    enabled boolean DEFAULT true NOT NULL,
    CONSTRAINT bucket_divides_a_day CHECK (((EXTRACT(year FROM bucket) = (0)::numeric) AND (EXTRACT(month FROM bucket) = (0)::numeric) AND (EXTRACT(day FROM bucket) = ANY (ARRAY[(0)::numeric, (1)::numeric])) AND ((EXTRACT(epoch FROM bucket) >= (1)::numeric) AND (EXTRACT(epoch FROM bucket) <= (86400)::numeric)) AND (mod((86400)::numeric, EXTRACT(epoch FROM bucket)) = (0)::numeric))),
    CONSTRAINT profile_names_its_tenant CHECK (((profile_id IS NULL) OR (tenant_id IS NOT NULL))),
    CONSTRAINT retention_positive CHECK ((retention > '00:00:00'::interval))
);
ALTER TABLE ONLY fleet.rollup FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.rollup OWNER TO vigil_owner;
COMMENT ON TABLE fleet.rollup IS 'Which summaries of readings are kept: the narrowest row for a stream and bucket counts, that of its profile before that of its tenant before that of all.';
COMMENT ON COLUMN fleet.rollup.tenant_id IS 'Null for all tenants.';
COMMENT ON COLUMN fleet.rollup.profile_id IS 'Null for all profiles.';
COMMENT ON COLUMN fleet.rollup.bucket IS 'Width of a summary, a whole part of a day. Buckets start at multiples of it from 2000-01-01 UTC.';
COMMENT ON COLUMN fleet.rollup.retention IS 'How long summaries are kept; null for as long as the policy over readings says, hot and warm together.';
CREATE TABLE fleet.rollup_change (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    from_ts timestamp with time zone NOT NULL,
    to_ts timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='5000');
ALTER TABLE ONLY fleet.rollup_change FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.rollup_change OWNER TO vigil_owner;
COMMENT ON TABLE fleet.rollup_change IS 'Invalidation log: which instants of which stream were written since the rollups job last took note.';
CREATE TABLE fleet.rollup_due (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    bucket interval NOT NULL,
    ts timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='5000');
ALTER TABLE ONLY fleet.rollup_due FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.rollup_due OWNER TO vigil_owner;
COMMENT ON TABLE fleet.rollup_due IS 'Buckets that are to be made, or made again. Until then whoever asks for them is answered from the readings.';
ALTER TABLE fleet.rollup ALTER COLUMN rollup_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.rollup_rollup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE fleet.site ALTER COLUMN site_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.site_site_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE fleet.source ALTER COLUMN source_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.source_source_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE fleet.stream_rollup (
    tenant_id integer NOT NULL,
    stream_id integer NOT NULL,
    bucket interval NOT NULL,
    made boolean NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY fleet.stream_rollup FORCE ROW LEVEL SECURITY;
ALTER TABLE fleet.stream_rollup OWNER TO vigil_owner;
COMMENT ON TABLE fleet.stream_rollup IS 'Which streams report so often that a summary is smaller than the readings it stands for. Only those get one.';
ALTER TABLE fleet.stream ALTER COLUMN stream_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.stream_stream_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE fleet.tenant ALTER COLUMN tenant_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME fleet.tenant_tenant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ops.archive_manifest ALTER COLUMN archive_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.archive_manifest_archive_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ops.archive_restore ALTER COLUMN restore_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.archive_restore_restore_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ops.heartbeat (
    component text NOT NULL,
    instance text NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);
ALTER TABLE ONLY ops.heartbeat FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.heartbeat OWNER TO vigil_owner;
COMMENT ON TABLE ops.heartbeat IS 'When each running part outside the database last reported.';
CREATE TABLE ops.idempotency_key (
    tenant_id integer NOT NULL,
    procedure_name text NOT NULL,
    key text NOT NULL,
    body_sha256 bytea NOT NULL,
    answer jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT key_is_printable CHECK ((key ~ '^[ -~]{1,255}$'::text))
);
ALTER TABLE ONLY ops.idempotency_key FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.idempotency_key OWNER TO vigil_owner;
COMMENT ON TABLE ops.idempotency_key IS 'What a request with an Idempotency-Key header was answered, so that a repeat gets the same and does nothing. Written in the transaction of the request; kept for 24 hours.';
COMMENT ON COLUMN ops.idempotency_key.body_sha256 IS 'SHA-256 of the request''s body or arguments: the same key with others is a mistake.';
CREATE TABLE ops.job (
    job_name text NOT NULL,
    description text NOT NULL,
    schedule text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    expected_every interval NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_started_at timestamp with time zone,
    last_succeeded_at timestamp with time zone,
    last_failed_at timestamp with time zone,
    last_message text,
    CONSTRAINT job_known CHECK ((job_name = ANY (ARRAY['features'::text, 'scores'::text, 'anomalies'::text, 'alerts'::text, 'rollups'::text, 'train'::text, 'prune'::text, 'retention'::text, 'storage'::text, 'sources'::text, 'archive'::text, 'verify'::text]))),
    CONSTRAINT schedule_form CHECK (((schedule ~ '^([1-9]|[1-5][0-9]) seconds?$'::text) OR (schedule ~ '^[^[:space:]]+( [^[:space:]]+){4}$'::text)))
)
WITH (fillfactor='50');
ALTER TABLE ONLY ops.job FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.job OWNER TO vigil_owner;
COMMENT ON TABLE ops.job IS 'The scheduled steps of the pipeline. Changing schedule or enabled changes the pg_cron job.';
COMMENT ON COLUMN ops.job.schedule IS 'Five cron fields, or ''N seconds'' with N from 1 to 59.';
COMMENT ON COLUMN ops.job.expected_every IS 'A job without a success for three times this long is late.';
ALTER TABLE ops.job_run ALTER COLUMN job_run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.job_run_job_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW ops.job_status WITH (security_invoker='true') AS
 SELECT j.job_name,
        CASE
            WHEN (NOT j.enabled) THEN 'disabled'::text
            WHEN (j.last_failed_at > COALESCE(j.last_succeeded_at, '-infinity'::timestamp with time zone)) THEN 'failed'::text
            WHEN (COALESCE(j.last_succeeded_at, j.created_at) < (now() - ((3)::double precision * j.expected_every))) THEN 'late'::text
            WHEN (j.last_succeeded_at IS NULL) THEN 'waiting'::text
            ELSE 'ok'::text
        END AS status,
    j.schedule,
    j.last_succeeded_at,
    (now() - j.last_succeeded_at) AS since_success,
    j.last_failed_at,
    j.last_message,
    r.runs AS runs_24h,
    r.errors AS errors_24h,
    r.rows AS rows_24h,
    r.median_time,
    j.description
   FROM (ops.job j
     CROSS JOIN LATERAL ( SELECT (count(*) + COALESCE(sum(x.repeats), (0)::bigint)) AS runs,
            COALESCE(sum((1 + x.repeats)) FILTER (WHERE (x.status = 'error'::text)), (0)::bigint) AS errors,
            COALESCE(sum(x.row_count), (0)::numeric) AS rows,
            percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY (x.finished_at - x.started_at)) FILTER (WHERE (x.status = 'ok'::text)) AS median_time
           FROM ops.job_run x
          WHERE ((x.job_name = j.job_name) AND (x.started_at > (now() - '1 day'::interval)))) r)
  ORDER BY (array_position(ARRAY['features'::text, 'scores'::text, 'anomalies'::text, 'alerts'::text, 'rollups'::text, 'sources'::text, 'train'::text, 'prune'::text, 'retention'::text, 'archive'::text, 'verify'::text, 'storage'::text], j.job_name));
ALTER VIEW ops.job_status OWNER TO vigil_owner;
COMMENT ON VIEW ops.job_status IS 'One row per job: ok, waiting (its first time has not come), late (no success for three times the expected interval), failed (the last run failed for some tenant) or disabled.';
ALTER TABLE ops.legal_hold ALTER COLUMN hold_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.legal_hold_hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ops.retention_object (
    object text NOT NULL,
    "position" integer NOT NULL,
    relation text NOT NULL,
    description text NOT NULL,
    minimum interval,
    maximum interval,
    CONSTRAINT limits_come_together CHECK (((minimum IS NULL) = (maximum IS NULL))),
    CONSTRAINT limits_in_order CHECK ((minimum <= maximum)),
    CONSTRAINT object_is_word CHECK ((object ~ '^[a-z_]+$'::text))
);
ALTER TABLE ONLY ops.retention_object FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.retention_object OWNER TO vigil_owner;
COMMENT ON TABLE ops.retention_object IS 'What ages, where it is kept, and between which limits tenants choose how long. Without limits it is the platform''s alone.';
COMMENT ON COLUMN ops.retention_object.minimum IS 'Tenants choose no less through the API, so that windows, training and explanations find what they need. A DBA''s row in ops.retention_policy is not bound by it.';
CREATE TABLE ops.retention_policy (
    policy_id integer NOT NULL,
    tenant_id integer,
    profile_id integer,
    object text NOT NULL,
    hot interval NOT NULL,
    warm interval,
    cold interval,
    enabled boolean DEFAULT true NOT NULL,
    by_tenant boolean DEFAULT false NOT NULL,
    reason text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT cold_at_least_a_day CHECK ((cold >= '1 day'::interval)),
    CONSTRAINT hot_at_least_an_hour CHECK ((hot >= '01:00:00'::interval)),
    CONSTRAINT profile_belongs_to_tenant CHECK (((profile_id IS NULL) OR (tenant_id IS NOT NULL))),
    CONSTRAINT reason_is_given CHECK (((reason ~ '[^[:space:]]'::text) AND (length(reason) <= 1000))),
    CONSTRAINT warm_and_cold_are_for_readings CHECK (((object = 'readings'::text) OR ((warm IS NULL) AND (cold IS NULL)))),
    CONSTRAINT warm_positive CHECK ((warm > '00:00:00'::interval))
);
ALTER TABLE ONLY ops.retention_policy FORCE ROW LEVEL SECURITY;
ALTER TABLE ops.retention_policy OWNER TO vigil_owner;
COMMENT ON TABLE ops.retention_policy IS 'How long an object is kept. The row with the narrowest scope decides: a profile''s, else the tenant''s, else the one for all tenants. Chunks go as a whole, so readings and features are kept up to a day longer and scores up to a week.';
COMMENT ON COLUMN ops.retention_policy.tenant_id IS 'Null: all tenants that have no row of their own.';
COMMENT ON COLUMN ops.retention_policy.profile_id IS 'Null: all profiles that have no row of their own.';
COMMENT ON COLUMN ops.retention_policy.hot IS 'How long rows stay in the database. What is older is removed, or goes to files where there is a cold tier.';
COMMENT ON COLUMN ops.retention_policy.warm IS 'How much longer than the readings their summaries stay, those whose rollup has no retention of its own. Null: for ever.';
COMMENT ON COLUMN ops.retention_policy.cold IS 'How much longer readings stay in files. While no archive directory is set they stay in the database that much longer. Null: no files.';
COMMENT ON COLUMN ops.retention_policy.enabled IS 'false: what the row covers is kept for ever. It does not fall to the wider policy; to let that decide, delete the row.';
COMMENT ON COLUMN ops.retention_policy.by_tenant IS 'Set through the API. Tenants change these, and not what a DBA set for them.';
ALTER TABLE ops.retention_policy ALTER COLUMN policy_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.retention_policy_policy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ops.retention_run ALTER COLUMN retention_run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.retention_run_retention_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW ops.storage AS
 SELECT (((h.hypertable_schema)::text || '.'::text) || (h.hypertable_name)::text) AS table_name,
    s.table_bytes,
    s.index_bytes,
    s.toast_bytes,
    s.total_bytes,
    h.num_chunks AS chunks
   FROM (timescaledb_information.hypertables h
     CROSS JOIN LATERAL public.hypertable_detailed_size((format('%I.%I'::text, h.hypertable_schema, h.hypertable_name))::regclass) s(table_bytes, index_bytes, toast_bytes, total_bytes, node_name))
  WHERE (h.hypertable_schema = ANY (ARRAY['fleet'::name, 'detect'::name]))
  ORDER BY s.total_bytes DESC;
ALTER VIEW ops.storage OWNER TO vigil_owner;
COMMENT ON VIEW ops.storage IS 'Bytes on disk of each hypertable: rows, indexes and TOAST over all chunks.';
ALTER TABLE ONLY alerting.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (tenant_id, alert_id);
ALTER TABLE ONLY alerting.channel
    ADD CONSTRAINT channel_name_unique UNIQUE (tenant_id, name);
ALTER TABLE ONLY alerting.channel
    ADD CONSTRAINT channel_pkey PRIMARY KEY (tenant_id, channel_id);
ALTER TABLE ONLY alerting.notification
    ADD CONSTRAINT message_id_unique UNIQUE (message_id);
ALTER TABLE ONLY alerting.notification
    ADD CONSTRAINT notification_id_unique UNIQUE (notification_id);
ALTER TABLE ONLY alerting.notification
    ADD CONSTRAINT notification_pkey PRIMARY KEY (tenant_id, notification_id);
ALTER TABLE ONLY alerting.alert
    ADD CONSTRAINT one_alert_per_rule_and_anomaly UNIQUE (tenant_id, rule_id, anomaly_id);
ALTER TABLE ONLY alerting.rule_channel
    ADD CONSTRAINT rule_channel_pkey PRIMARY KEY (tenant_id, rule_id, channel_id);
ALTER TABLE ONLY alerting.rule
    ADD CONSTRAINT rule_name_unique UNIQUE (tenant_id, name);
ALTER TABLE ONLY alerting.rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (tenant_id, rule_id);
ALTER TABLE ONLY audit.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (tenant_id, entry_id);
ALTER TABLE ONLY auth.login
    ADD CONSTRAINT login_pkey PRIMARY KEY (login_name);
ALTER TABLE ONLY detect.anomaly
    ADD CONSTRAINT anomaly_pkey PRIMARY KEY (tenant_id, anomaly_id);
ALTER TABLE ONLY detect.device_feature
    ADD CONSTRAINT device_feature_pkey PRIMARY KEY (tenant_id, stream_id, feature_set_id, ts);
ALTER TABLE ONLY detect.feature
    ADD CONSTRAINT feature_pkey PRIMARY KEY (tenant_id, feature_set_id, "position");
ALTER TABLE ONLY detect.feature_set
    ADD CONSTRAINT feature_set_pkey PRIMARY KEY (tenant_id, feature_set_id);
ALTER TABLE ONLY detect.model
    ADD CONSTRAINT model_pkey PRIMARY KEY (tenant_id, model_id);
ALTER TABLE ONLY detect.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (tenant_id, profile_id);
ALTER TABLE ONLY detect.score
    ADD CONSTRAINT score_pkey PRIMARY KEY (tenant_id, stream_id, ts);
ALTER TABLE ONLY fleet.device
    ADD CONSTRAINT device_external_id_unique UNIQUE (tenant_id, external_id);
ALTER TABLE ONLY fleet.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (tenant_id, device_id);
ALTER TABLE ONLY fleet.export_change
    ADD CONSTRAINT export_change_pkey PRIMARY KEY (tenant_id, xid, change_id);
ALTER TABLE ONLY fleet.ingest_batch
    ADD CONSTRAINT ingest_batch_pkey PRIMARY KEY (tenant_id, batch_id);
ALTER TABLE ONLY fleet.latest
    ADD CONSTRAINT latest_pkey PRIMARY KEY (tenant_id, stream_id);
ALTER TABLE ONLY fleet.metric
    ADD CONSTRAINT metric_name_unique UNIQUE (tenant_id, profile_id, name);
ALTER TABLE ONLY fleet.metric
    ADD CONSTRAINT metric_pkey PRIMARY KEY (tenant_id, profile_id, "position");
ALTER TABLE ONLY fleet.profile
    ADD CONSTRAINT profile_name_unique UNIQUE (tenant_id, name);
ALTER TABLE ONLY fleet.profile
    ADD CONSTRAINT profile_pkey PRIMARY KEY (tenant_id, profile_id);
ALTER TABLE ONLY fleet.reading
    ADD CONSTRAINT reading_pkey PRIMARY KEY (tenant_id, stream_id, ts);
ALTER TABLE ONLY fleet.reading_rollup
    ADD CONSTRAINT reading_rollup_pkey PRIMARY KEY (tenant_id, stream_id, bucket, ts);
ALTER TABLE ONLY fleet.restored_reading
    ADD CONSTRAINT restored_reading_pkey PRIMARY KEY (tenant_id, stream_id, ts);
ALTER TABLE ONLY fleet.rollup_due
    ADD CONSTRAINT rollup_due_pkey PRIMARY KEY (tenant_id, stream_id, bucket, ts);
ALTER TABLE ONLY fleet.rollup
    ADD CONSTRAINT rollup_pkey PRIMARY KEY (rollup_id);
ALTER TABLE ONLY fleet.rollup
    ADD CONSTRAINT rollup_unique UNIQUE NULLS NOT DISTINCT (tenant_id, profile_id, bucket);
ALTER TABLE ONLY fleet.site
    ADD CONSTRAINT site_path_unique UNIQUE (tenant_id, path);
ALTER TABLE ONLY fleet.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (tenant_id, site_id);
ALTER TABLE ONLY fleet.source
    ADD CONSTRAINT source_name_unique UNIQUE (tenant_id, name);
ALTER TABLE ONLY fleet.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (tenant_id, source_id);
ALTER TABLE ONLY fleet.source_rejection
    ADD CONSTRAINT source_rejection_pkey PRIMARY KEY (tenant_id, source_id, ts, device, message);
ALTER TABLE ONLY fleet.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (tenant_id, stream_id);
ALTER TABLE ONLY fleet.stream_rollup
    ADD CONSTRAINT stream_rollup_pkey PRIMARY KEY (tenant_id, stream_id, bucket);
ALTER TABLE ONLY fleet.stream
    ADD CONSTRAINT stream_unique UNIQUE (tenant_id, device_id, profile_id);
ALTER TABLE ONLY fleet.tenant
    ADD CONSTRAINT tenant_name_unique UNIQUE (name);
ALTER TABLE ONLY fleet.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY ops.archive_manifest
    ADD CONSTRAINT archive_manifest_pkey PRIMARY KEY (tenant_id, archive_id);
ALTER TABLE ONLY ops.archive_manifest
    ADD CONSTRAINT archive_part_unique UNIQUE (tenant_id, profile_id, range_start, part);
ALTER TABLE ONLY ops.archive_manifest
    ADD CONSTRAINT archive_path_unique UNIQUE (tenant_id, path);
ALTER TABLE ONLY ops.archive_restore
    ADD CONSTRAINT archive_restore_pkey PRIMARY KEY (tenant_id, restore_id);
ALTER TABLE ONLY ops.heartbeat
    ADD CONSTRAINT heartbeat_pkey PRIMARY KEY (component, instance);
ALTER TABLE ONLY ops.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (tenant_id, procedure_name, key);
ALTER TABLE ONLY ops.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (job_name);
ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_pkey PRIMARY KEY (job_run_id);
ALTER TABLE ONLY ops.legal_hold
    ADD CONSTRAINT legal_hold_pkey PRIMARY KEY (tenant_id, hold_id);
ALTER TABLE ONLY ops.retention_object
    ADD CONSTRAINT retention_object_pkey PRIMARY KEY (object);
ALTER TABLE ONLY ops.retention_object
    ADD CONSTRAINT retention_object_position_unique UNIQUE ("position");
ALTER TABLE ONLY ops.retention_policy
    ADD CONSTRAINT retention_policy_one_per_scope UNIQUE NULLS NOT DISTINCT (tenant_id, profile_id, object);
ALTER TABLE ONLY ops.retention_policy
    ADD CONSTRAINT retention_policy_pkey PRIMARY KEY (policy_id);
ALTER TABLE ONLY ops.retention_run
    ADD CONSTRAINT retention_run_one_per_relation UNIQUE NULLS NOT DISTINCT (tenant_id, policy_id, relation, started_at);
ALTER TABLE ONLY ops.retention_run
    ADD CONSTRAINT retention_run_pkey PRIMARY KEY (retention_run_id);
ALTER TABLE ONLY ops.storage_sample
    ADD CONSTRAINT storage_sample_pkey PRIMARY KEY (tenant_id, object, measured_at);
CREATE INDEX alert_anomaly ON alerting.alert USING btree (tenant_id, anomaly_id);
CREATE UNIQUE INDEX alert_condition_open ON alerting.alert USING btree (tenant_id, dedup_key) WHERE (state <> 'resolved'::text);
CREATE INDEX alert_newest ON alerting.alert USING btree (tenant_id, raised_at DESC, alert_id DESC);
CREATE INDEX notification_alert ON alerting.notification USING btree (tenant_id, alert_id);
CREATE INDEX notification_due ON alerting.notification USING btree (tenant_id, channel_id, next_attempt_at, notification_id) WHERE (state = 'pending'::text);
CREATE INDEX notification_lease ON alerting.notification USING btree (tenant_id, channel_id, lease_until) WHERE (state = 'claimed'::text);
CREATE INDEX entry_correlation ON audit.entry USING btree (tenant_id, correlation_id);
CREATE INDEX entry_newest ON audit.entry USING btree (tenant_id, at DESC);
CREATE INDEX anomaly_alert_pending ON detect.anomaly USING btree (tenant_id) WHERE alert_pending;
CREATE INDEX anomaly_newest ON detect.anomaly USING btree (tenant_id, started_at DESC, anomaly_id DESC) WHERE (state <> 'candidate'::text);
CREATE INDEX anomaly_stream ON detect.anomaly USING btree (tenant_id, stream_id, ended_at DESC);
CREATE INDEX anomaly_unfinished ON detect.anomaly USING btree (tenant_id) WHERE (state <> 'closed'::text);
CREATE UNIQUE INDEX feature_set_current ON detect.feature_set USING btree (tenant_id, profile_id) WHERE current;
CREATE UNIQUE INDEX model_active ON detect.model USING btree (tenant_id, profile_id, scope, COALESCE(stream_id, 0), COALESCE(device_model, ''::text), COALESCE(site_id, 0)) WHERE (status = 'active'::text);
CREATE INDEX model_trained_at ON detect.model USING btree (tenant_id, trained_at DESC);
CREATE INDEX device_model ON fleet.device USING btree (tenant_id, model);
CREATE INDEX device_site ON fleet.device USING btree (tenant_id, site_id);
CREATE INDEX export_change_oldest ON fleet.export_change USING btree (logged_at);
CREATE INDEX ingest_batch_correlation ON fleet.ingest_batch USING btree (tenant_id, correlation_id);
CREATE INDEX ingest_batch_newest ON fleet.ingest_batch USING btree (tenant_id, received_at DESC);
CREATE INDEX reading_change_stream ON fleet.reading_change USING btree (tenant_id, stream_id);
CREATE INDEX rollup_change_stream ON fleet.rollup_change USING btree (tenant_id, stream_id);
CREATE INDEX site_path_gist ON fleet.site USING gist (path);
CREATE INDEX source_profile ON fleet.source USING btree (tenant_id, profile_id);
CREATE INDEX stream_profile ON fleet.stream USING btree (tenant_id, profile_id);
CREATE INDEX archive_manifest_under_way ON ops.archive_manifest USING btree (range_start) WHERE (state = ANY (ARRAY['planned'::text, 'written'::text, 'verified'::text]));
CREATE INDEX job_run_newest ON ops.job_run USING btree (job_name, started_at DESC);
CREATE INDEX job_run_tenant ON ops.job_run USING btree (tenant_id, started_at DESC);
CREATE INDEX retention_run_newest ON ops.retention_run USING btree (tenant_id, started_at DESC);
CREATE INDEX retention_run_not_audited ON ops.retention_run USING btree (started_at) WHERE (NOT audited);
CREATE TRIGGER _900_keep_entries BEFORE DELETE OR UPDATE ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.keep_entries();
CREATE TRIGGER _900_keep_entries_from_truncate BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION audit.keep_entries();
CREATE TRIGGER _900_keep_held AFTER DELETE ON detect.device_feature REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION ops.keep_held_rows();
CREATE TRIGGER _900_keep_held AFTER DELETE ON detect.score REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION ops.keep_held_rows();
CREATE TRIGGER _900_keep_held_from_truncate BEFORE TRUNCATE ON detect.device_feature FOR EACH STATEMENT EXECUTE FUNCTION ops.keep_held();
CREATE TRIGGER _900_keep_held_from_truncate BEFORE TRUNCATE ON detect.score FOR EACH STATEMENT EXECUTE FUNCTION ops.keep_held();
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON detect.device_feature FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON detect.score FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();
CREATE TRIGGER _100_keep_contract BEFORE INSERT OR DELETE OR UPDATE ON fleet.metric FOR EACH ROW EXECUTE FUNCTION fleet.keep_contract();
CREATE TRIGGER _500_note_inserted_readings AFTER INSERT ON fleet.reading REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION fleet.note_readings();
CREATE TRIGGER _500_note_updated_readings AFTER UPDATE ON fleet.reading REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION fleet.note_readings();
CREATE TRIGGER _600_replace_restored AFTER INSERT ON fleet.reading REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION fleet.replace_restored();
CREATE TRIGGER _900_keep_held AFTER DELETE ON fleet.reading REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION ops.keep_held_rows();
CREATE TRIGGER _900_keep_held BEFORE DELETE ON fleet.stream FOR EACH ROW EXECUTE FUNCTION ops.keep_held();
CREATE TRIGGER _900_keep_held_from_truncate BEFORE TRUNCATE ON fleet.reading FOR EACH STATEMENT EXECUTE FUNCTION ops.keep_held();
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON fleet.reading FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON fleet.reading_rollup FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();
CREATE TRIGGER _500_schedule_job AFTER INSERT OR DELETE OR UPDATE OF job_name, schedule, enabled ON ops.job FOR EACH ROW EXECUTE FUNCTION ops.schedule_job();
CREATE TRIGGER _900_keep_held BEFORE DELETE ON ops.legal_hold FOR EACH ROW EXECUTE FUNCTION ops.keep_held();
ALTER TABLE ONLY alerting.alert
    ADD CONSTRAINT alert_tenant_id_anomaly_id_fkey FOREIGN KEY (tenant_id, anomaly_id) REFERENCES detect.anomaly(tenant_id, anomaly_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.alert
    ADD CONSTRAINT alert_tenant_id_rule_id_fkey FOREIGN KEY (tenant_id, rule_id) REFERENCES alerting.rule(tenant_id, rule_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.channel
    ADD CONSTRAINT channel_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.notification
    ADD CONSTRAINT notification_tenant_id_alert_id_fkey FOREIGN KEY (tenant_id, alert_id) REFERENCES alerting.alert(tenant_id, alert_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.notification
    ADD CONSTRAINT notification_tenant_id_channel_id_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES alerting.channel(tenant_id, channel_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.rule_channel
    ADD CONSTRAINT rule_channel_tenant_id_channel_id_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES alerting.channel(tenant_id, channel_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.rule_channel
    ADD CONSTRAINT rule_channel_tenant_id_rule_id_fkey FOREIGN KEY (tenant_id, rule_id) REFERENCES alerting.rule(tenant_id, rule_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.rule
    ADD CONSTRAINT rule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY alerting.rule
    ADD CONSTRAINT rule_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY audit.entry
    ADD CONSTRAINT entry_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY auth.login
    ADD CONSTRAINT login_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.anomaly
    ADD CONSTRAINT anomaly_tenant_id_model_id_fkey FOREIGN KEY (tenant_id, model_id) REFERENCES detect.model(tenant_id, model_id);
ALTER TABLE ONLY detect.anomaly
    ADD CONSTRAINT anomaly_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.feature_set
    ADD CONSTRAINT feature_set_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.feature
    ADD CONSTRAINT feature_tenant_id_feature_set_id_fkey FOREIGN KEY (tenant_id, feature_set_id) REFERENCES detect.feature_set(tenant_id, feature_set_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.model
    ADD CONSTRAINT model_tenant_id_feature_set_id_fkey FOREIGN KEY (tenant_id, feature_set_id) REFERENCES detect.feature_set(tenant_id, feature_set_id);
ALTER TABLE ONLY detect.model
    ADD CONSTRAINT model_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.model
    ADD CONSTRAINT model_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.model
    ADD CONSTRAINT model_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES fleet.site(tenant_id, site_id);
ALTER TABLE ONLY detect.model
    ADD CONSTRAINT model_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY detect.policy
    ADD CONSTRAINT policy_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.device
    ADD CONSTRAINT device_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.device
    ADD CONSTRAINT device_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES fleet.site(tenant_id, site_id);
ALTER TABLE ONLY fleet.export_change
    ADD CONSTRAINT export_change_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.ingest_batch
    ADD CONSTRAINT ingest_batch_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.latest
    ADD CONSTRAINT latest_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.metric
    ADD CONSTRAINT metric_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.profile
    ADD CONSTRAINT profile_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.reading
    ADD CONSTRAINT reading_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.restored_reading
    ADD CONSTRAINT restored_reading_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.rollup
    ADD CONSTRAINT rollup_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.rollup
    ADD CONSTRAINT rollup_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.site
    ADD CONSTRAINT site_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.source_rejection
    ADD CONSTRAINT source_rejection_tenant_id_source_id_fkey FOREIGN KEY (tenant_id, source_id) REFERENCES fleet.source(tenant_id, source_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.source
    ADD CONSTRAINT source_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.source
    ADD CONSTRAINT source_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.stream_rollup
    ADD CONSTRAINT stream_rollup_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.stream
    ADD CONSTRAINT stream_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES fleet.device(tenant_id, device_id) ON DELETE CASCADE;
ALTER TABLE ONLY fleet.stream
    ADD CONSTRAINT stream_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id);
ALTER TABLE ONLY ops.archive_manifest
    ADD CONSTRAINT archive_manifest_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id);
ALTER TABLE ONLY ops.archive_manifest
    ADD CONSTRAINT archive_manifest_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id);
ALTER TABLE ONLY ops.archive_restore
    ADD CONSTRAINT archive_restore_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES fleet.device(tenant_id, device_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.archive_restore
    ADD CONSTRAINT archive_restore_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.idempotency_key
    ADD CONSTRAINT idempotency_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_job_name_fkey FOREIGN KEY (job_name) REFERENCES ops.job(job_name) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.legal_hold
    ADD CONSTRAINT legal_hold_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES fleet.device(tenant_id, device_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.legal_hold
    ADD CONSTRAINT legal_hold_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.legal_hold
    ADD CONSTRAINT legal_hold_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES fleet.stream(tenant_id, stream_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.retention_policy
    ADD CONSTRAINT retention_policy_object_fkey FOREIGN KEY (object) REFERENCES ops.retention_object(object);
ALTER TABLE ONLY ops.retention_policy
    ADD CONSTRAINT retention_policy_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.retention_policy
    ADD CONSTRAINT retention_policy_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES fleet.profile(tenant_id, profile_id) ON DELETE CASCADE;
ALTER TABLE ONLY ops.storage_sample
    ADD CONSTRAINT storage_sample_object_fkey FOREIGN KEY (object) REFERENCES ops.retention_object(object);
ALTER TABLE ONLY ops.storage_sample
    ADD CONSTRAINT storage_sample_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES fleet.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE alerting.alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerting.channel ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerting.notification ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerting.rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerting.rule_channel ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON alerting.alert USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON alerting.channel USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON alerting.notification USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON alerting.rule USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON alerting.rule_channel USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
ALTER TABLE audit.entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON audit.entry USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
ALTER TABLE auth.login ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON auth.login USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
ALTER TABLE detect.anomaly ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.device_feature ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.feature ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.feature_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.feature_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.model ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.score ENABLE ROW LEVEL SECURITY;
ALTER TABLE detect.score_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON detect.anomaly USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.device_feature USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.feature USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.feature_change USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.feature_set USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.model USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.policy USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.score USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON detect.score_change USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
ALTER TABLE fleet.device ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.export_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.ingest_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.latest ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.metric ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.reading_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.reading_rollup ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.restored_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.rollup ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.rollup_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.rollup_due ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.site ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.source ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.source_rejection ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.stream ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.stream_rollup ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON fleet.device USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.export_change USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.ingest_batch USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.latest USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.metric USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.profile USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.reading USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.reading_change USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.reading_rollup USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.restored_reading USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.rollup USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.rollup_change USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.rollup_due USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.site USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.source USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.source_rejection USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.stream USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.stream_rollup USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON fleet.tenant USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
ALTER TABLE ops.archive_manifest ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.archive_restore ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.heartbeat ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.job_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.legal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.retention_object ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.retention_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.retention_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.storage_sample ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON ops.archive_manifest USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.archive_restore USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.idempotency_key USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.job_run USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.legal_hold USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.retention_policy USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.retention_run USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
CREATE POLICY tenant_isolation ON ops.storage_sample USING ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT auth.tenant_id() AS tenant_id)));
GRANT USAGE ON SCHEMA alerting TO viewer;
GRANT USAGE ON SCHEMA alerting TO analyst;
GRANT USAGE ON SCHEMA alerting TO operator;
GRANT USAGE ON SCHEMA alerting TO tenant_admin;
GRANT USAGE ON SCHEMA alerting TO platform_admin;
GRANT USAGE ON SCHEMA alerting TO bi_reader;
GRANT USAGE ON SCHEMA alerting TO vigil_api;
GRANT USAGE ON SCHEMA alerting TO vigil_jobs;
GRANT USAGE ON SCHEMA alerting TO vigil_worker;
GRANT ALL ON SCHEMA api TO vigil_api;
GRANT USAGE ON SCHEMA api TO anon;
GRANT USAGE ON SCHEMA api TO viewer;
GRANT USAGE ON SCHEMA api TO analyst;
GRANT USAGE ON SCHEMA api TO operator;
GRANT USAGE ON SCHEMA api TO tenant_admin;
GRANT USAGE ON SCHEMA api TO platform_admin;
GRANT USAGE ON SCHEMA api TO bi_reader;
GRANT USAGE ON SCHEMA audit TO tenant_admin;
GRANT USAGE ON SCHEMA audit TO vigil_api;
GRANT USAGE ON SCHEMA audit TO vigil_jobs;
GRANT USAGE ON SCHEMA auth TO anon;
GRANT USAGE ON SCHEMA auth TO viewer;
GRANT USAGE ON SCHEMA auth TO analyst;
GRANT USAGE ON SCHEMA auth TO operator;
GRANT USAGE ON SCHEMA auth TO tenant_admin;
GRANT USAGE ON SCHEMA auth TO platform_admin;
GRANT USAGE ON SCHEMA auth TO bi_reader;
GRANT USAGE ON SCHEMA auth TO vigil_api;
GRANT USAGE ON SCHEMA auth TO vigil_jobs;
GRANT USAGE ON SCHEMA detect TO viewer;
GRANT USAGE ON SCHEMA detect TO analyst;
GRANT USAGE ON SCHEMA detect TO operator;
GRANT USAGE ON SCHEMA detect TO tenant_admin;
GRANT USAGE ON SCHEMA detect TO platform_admin;
GRANT USAGE ON SCHEMA detect TO bi_reader;
GRANT USAGE ON SCHEMA detect TO vigil_api;
GRANT USAGE ON SCHEMA detect TO vigil_jobs;
GRANT USAGE ON SCHEMA fleet TO viewer;
GRANT USAGE ON SCHEMA fleet TO analyst;
GRANT USAGE ON SCHEMA fleet TO operator;
GRANT USAGE ON SCHEMA fleet TO tenant_admin;
GRANT USAGE ON SCHEMA fleet TO platform_admin;
GRANT USAGE ON SCHEMA fleet TO bi_reader;
GRANT USAGE ON SCHEMA fleet TO vigil_api;
GRANT USAGE ON SCHEMA fleet TO vigil_jobs;
GRANT USAGE ON SCHEMA ops TO viewer;
GRANT USAGE ON SCHEMA ops TO analyst;
GRANT USAGE ON SCHEMA ops TO operator;
GRANT USAGE ON SCHEMA ops TO tenant_admin;
GRANT USAGE ON SCHEMA ops TO platform_admin;
GRANT USAGE ON SCHEMA ops TO bi_reader;
GRANT USAGE ON SCHEMA ops TO vigil_api;
GRANT USAGE ON SCHEMA ops TO vigil_jobs;
GRANT USAGE ON SCHEMA ops TO vigil_worker;
REVOKE ALL ON FUNCTION alerting.claim_notifications(worker text, batch integer, lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.claim_notifications(worker text, batch integer, lease interval) TO vigil_worker;
REVOKE ALL ON FUNCTION alerting.clear_condition(tenant integer, dedup_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.clear_condition(tenant integer, dedup_key text) TO vigil_jobs;
REVOKE ALL ON FUNCTION alerting.notification_payload(tenant integer, alert bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.notification_payload(tenant integer, alert bigint) TO vigil_jobs;
REVOKE ALL ON FUNCTION alerting.raise_alerts(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.raise_alerts(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION alerting.raise_condition(tenant integer, dedup_key text, severity text, summary text) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.raise_condition(tenant integer, dedup_key text, severity text, summary text) TO vigil_jobs;
REVOKE ALL ON FUNCTION alerting.release_notifications(worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.release_notifications(worker text) TO vigil_worker;
REVOKE ALL ON FUNCTION alerting.retry_delay(attempt integer) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.retry_delay(attempt integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION alerting.settle_notification(notification_id bigint, attempt integer, outcome text, status integer, detail text, retry_after interval) FROM PUBLIC;
GRANT ALL ON FUNCTION alerting.settle_notification(notification_id bigint, attempt integer, outcome text, status integer, detail text, retry_after interval) TO vigil_worker;
REVOKE ALL ON FUNCTION api.acknowledge_anomaly(anomaly_id bigint, note text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.acknowledge_anomaly(anomaly_id bigint, note text) TO operator;
REVOKE ALL ON FUNCTION api.create_profile(profile text, metrics jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.create_profile(profile text, metrics jsonb) TO operator;
REVOKE ALL ON FUNCTION api.explain(device text, ts timestamp with time zone, profile text, strongest integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.explain(device text, ts timestamp with time zone, profile text, strongest integer) TO viewer;
GRANT ALL ON FUNCTION api.explain(device text, ts timestamp with time zone, profile text, strongest integer) TO bi_reader;
REVOKE ALL ON FUNCTION api.export(profile text, since text, max_readings integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.export(profile text, since text, max_readings integer) TO viewer;
GRANT ALL ON FUNCTION api.export(profile text, since text, max_readings integer) TO bi_reader;
REVOKE ALL ON FUNCTION api.ingest(json) FROM PUBLIC;
GRANT ALL ON FUNCTION api.ingest(json) TO operator;
REVOKE ALL ON FUNCTION api.register_device(device text, profile text, name text, model text, site text, attributes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.register_device(device text, profile text, name text, model text, site text, attributes jsonb) TO operator;
REVOKE ALL ON FUNCTION ops.tenant_retention() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.tenant_retention() TO viewer;
GRANT ALL ON FUNCTION ops.tenant_retention() TO bi_reader;
GRANT ALL ON FUNCTION ops.tenant_retention() TO vigil_api;
GRANT SELECT ON TABLE api.retention_policies TO viewer;
GRANT SELECT ON TABLE api.retention_policies TO bi_reader;
REVOKE ALL ON FUNCTION api.reset_retention(object text, profile text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.reset_retention(object text, profile text) TO tenant_admin;
GRANT SELECT ON TABLE fleet.device TO viewer;
GRANT SELECT ON TABLE fleet.device TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE fleet.device TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.device TO vigil_jobs;
GRANT SELECT ON TABLE ops.archive_restore TO viewer;
GRANT SELECT ON TABLE ops.archive_restore TO bi_reader;
GRANT SELECT ON TABLE ops.archive_restore TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.archive_restore TO vigil_jobs;
GRANT SELECT ON TABLE api.archive_restores TO viewer;
GRANT SELECT ON TABLE api.archive_restores TO bi_reader;
REVOKE ALL ON FUNCTION api.restore_archive("from" timestamp with time zone, "to" timestamp with time zone, device text, keep interval) FROM PUBLIC;
GRANT ALL ON FUNCTION api.restore_archive("from" timestamp with time zone, "to" timestamp with time zone, device text, keep interval) TO tenant_admin;
REVOKE ALL ON FUNCTION api.score(device text, metrics jsonb, ts timestamp with time zone, profile text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.score(device text, metrics jsonb, ts timestamp with time zone, profile text) TO viewer;
GRANT ALL ON FUNCTION api.score(device text, metrics jsonb, ts timestamp with time zone, profile text) TO bi_reader;
REVOKE ALL ON FUNCTION api.series(device text, metric text, "from" timestamp with time zone, "to" timestamp with time zone, bucket interval) FROM PUBLIC;
GRANT ALL ON FUNCTION api.series(device text, metric text, "from" timestamp with time zone, "to" timestamp with time zone, bucket interval) TO viewer;
GRANT ALL ON FUNCTION api.series(device text, metric text, "from" timestamp with time zone, "to" timestamp with time zone, bucket interval) TO bi_reader;
REVOKE ALL ON FUNCTION api.set_retention(object text, hot interval, profile text, reason text, warm interval, cold interval) FROM PUBLIC;
GRANT ALL ON FUNCTION api.set_retention(object text, hot interval, profile text, reason text, warm interval, cold interval) TO tenant_admin;
REVOKE ALL ON FUNCTION api.train_model(profile text, scope jsonb, options jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.train_model(profile text, scope jsonb, options jsonb) TO analyst;
REVOKE ALL ON FUNCTION audit.keep_entries() FROM PUBLIC;
REVOKE ALL ON FUNCTION audit.record(tenant integer, action text, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.record(tenant integer, action text, detail jsonb) TO vigil_api;
GRANT ALL ON FUNCTION audit.record(tenant integer, action text, detail jsonb) TO vigil_jobs;
REVOKE ALL ON FUNCTION audit.record_retention(run timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.record_retention(run timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION auth.add_answer_header(name text, content text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.add_answer_header(name text, content text) TO vigil_api;
GRANT ALL ON FUNCTION auth.add_answer_header(name text, content text) TO vigil_jobs;
REVOKE ALL ON FUNCTION auth.check_request() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.check_request() TO anon;
GRANT ALL ON FUNCTION auth.check_request() TO viewer;
GRANT ALL ON FUNCTION auth.check_request() TO analyst;
GRANT ALL ON FUNCTION auth.check_request() TO operator;
GRANT ALL ON FUNCTION auth.check_request() TO tenant_admin;
GRANT ALL ON FUNCTION auth.check_request() TO platform_admin;
REVOKE ALL ON FUNCTION auth.claims() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.claims() TO viewer;
GRANT ALL ON FUNCTION auth.claims() TO analyst;
GRANT ALL ON FUNCTION auth.claims() TO operator;
GRANT ALL ON FUNCTION auth.claims() TO tenant_admin;
GRANT ALL ON FUNCTION auth.claims() TO platform_admin;
GRANT ALL ON FUNCTION auth.claims() TO bi_reader;
GRANT ALL ON FUNCTION auth.claims() TO vigil_api;
GRANT ALL ON FUNCTION auth.claims() TO vigil_jobs;
GRANT ALL ON FUNCTION auth.claims() TO anon;
REVOKE ALL ON FUNCTION auth.correlation_id() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.correlation_id() TO vigil_api;
GRANT ALL ON FUNCTION auth.correlation_id() TO vigil_jobs;
REVOKE ALL ON FUNCTION auth.request_header(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.request_header(name text) TO vigil_api;
GRANT ALL ON FUNCTION auth.request_header(name text) TO vigil_jobs;
REVOKE ALL ON FUNCTION auth.subject() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.subject() TO viewer;
GRANT ALL ON FUNCTION auth.subject() TO analyst;
GRANT ALL ON FUNCTION auth.subject() TO operator;
GRANT ALL ON FUNCTION auth.subject() TO tenant_admin;
GRANT ALL ON FUNCTION auth.subject() TO platform_admin;
GRANT ALL ON FUNCTION auth.subject() TO bi_reader;
GRANT ALL ON FUNCTION auth.subject() TO vigil_api;
GRANT ALL ON FUNCTION auth.subject() TO vigil_jobs;
REVOKE ALL ON FUNCTION auth.tenant_id() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.tenant_id() TO viewer;
GRANT ALL ON FUNCTION auth.tenant_id() TO analyst;
GRANT ALL ON FUNCTION auth.tenant_id() TO operator;
GRANT ALL ON FUNCTION auth.tenant_id() TO tenant_admin;
GRANT ALL ON FUNCTION auth.tenant_id() TO platform_admin;
GRANT ALL ON FUNCTION auth.tenant_id() TO bi_reader;
GRANT ALL ON FUNCTION auth.tenant_id() TO vigil_api;
GRANT ALL ON FUNCTION auth.tenant_id() TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.absorb_anomalies(tenant integer, anomaly bigint, absorbed bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.absorb_anomalies(tenant integer, anomaly bigint, absorbed bigint[]) TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.active_model(tenant integer, stream integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.active_model(tenant integer, stream integer) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.active_model(tenant integer, stream integer) TO vigil_api;
REVOKE ALL ON FUNCTION detect.close_anomalies(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.close_anomalies(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.compute_anomalies(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.compute_anomalies(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.compute_features(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.compute_features(tenant integer) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.compute_features(tenant integer) TO vigil_api;
REVOKE ALL ON FUNCTION detect.compute_scores(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.compute_scores(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.contributions(tenant integer, model integer, vector double precision[], strongest integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.contributions(tenant integer, model integer, vector double precision[], strongest integer) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.contributions(tenant integer, model integer, vector double precision[], strongest integer) TO vigil_api;
REVOKE ALL ON FUNCTION detect.define_features(tenant integer, profile_id integer, spec jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.define_features(tenant integer, profile_id integer, spec jsonb) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.define_features(tenant integer, profile_id integer, spec jsonb) TO vigil_api;
REVOKE ALL ON FUNCTION detect.explanation(tenant integer, model integer, vector double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.explanation(tenant integer, model integer, vector double precision[]) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.explanation(tenant integer, model integer, vector double precision[]) TO vigil_api;
REVOKE ALL ON FUNCTION detect.find_stream(tenant integer, device text, profile text, OUT stream_id integer, OUT metric_names text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.find_stream(tenant integer, device text, profile text, OUT stream_id integer, OUT metric_names text[]) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.find_stream(tenant integer, device text, profile text, OUT stream_id integer, OUT metric_names text[]) TO vigil_api;
REVOKE ALL ON FUNCTION detect.refresh_anomaly(tenant integer, anomaly bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.refresh_anomaly(tenant integer, anomaly bigint) TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.severity(score double precision, thresholds double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.severity(score double precision, thresholds double precision[]) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.severity(score double precision, thresholds double precision[]) TO vigil_api;
GRANT ALL ON FUNCTION detect.severity(score double precision, thresholds double precision[]) TO viewer;
GRANT ALL ON FUNCTION detect.severity(score double precision, thresholds double precision[]) TO bi_reader;
REVOKE ALL ON FUNCTION detect.severity_rank(severity text) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.severity_rank(severity text) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.severity_rank(severity text) TO vigil_api;
GRANT ALL ON FUNCTION detect.severity_rank(severity text) TO viewer;
GRANT ALL ON FUNCTION detect.severity_rank(severity text) TO bi_reader;
REVOKE ALL ON FUNCTION detect.train(tenant integer, profile integer, scope text, target text, options jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.train(tenant integer, profile integer, scope text, target text, options jsonb) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.train(tenant integer, profile integer, scope text, target text, options jsonb) TO vigil_api;
REVOKE ALL ON FUNCTION detect.train_due(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.train_due(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION detect.vector_at(tenant integer, stream integer, feature_set integer, at timestamp with time zone, reading double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.vector_at(tenant integer, stream integer, feature_set integer, at timestamp with time zone, reading double precision[]) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.vector_at(tenant integer, stream integer, feature_set integer, at timestamp with time zone, reading double precision[]) TO vigil_api;
REVOKE ALL ON FUNCTION detect.write_features(tenant integer, feature_set integer, windows interval[], streams integer[], froms timestamp with time zone[], tos timestamp with time zone[], earliest timestamp with time zone, latest timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION detect.write_features(tenant integer, feature_set integer, windows interval[], streams integer[], froms timestamp with time zone[], tos timestamp with time zone[], earliest timestamp with time zone, latest timestamp with time zone) TO vigil_jobs;
GRANT ALL ON FUNCTION detect.write_features(tenant integer, feature_set integer, windows interval[], streams integer[], froms timestamp with time zone[], tos timestamp with time zone[], earliest timestamp with time zone, latest timestamp with time zone) TO vigil_api;
REVOKE ALL ON FUNCTION fleet.accepted_times(tenant integer, OUT earliest timestamp with time zone, OUT latest timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.accepted_times(tenant integer, OUT earliest timestamp with time zone, OUT latest timestamp with time zone) TO vigil_api;
GRANT ALL ON FUNCTION fleet.accepted_times(tenant integer, OUT earliest timestamp with time zone, OUT latest timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.append_unknown_metrics(tenant integer, bodies jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.append_unknown_metrics(tenant integer, bodies jsonb[]) TO vigil_api;
GRANT ALL ON FUNCTION fleet.append_unknown_metrics(tenant integer, bodies jsonb[]) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.buckets_of_readings(tenant integer, stream integer, metric integer, within tstzmultirange, bucket interval) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.buckets_of_readings(tenant integer, stream integer, metric integer, within tstzmultirange, bucket interval) TO vigil_api;
GRANT ALL ON FUNCTION fleet.buckets_of_readings(tenant integer, stream integer, metric integer, within tstzmultirange, bucket interval) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.create_profile(tenant integer, profile text, metrics jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.create_profile(tenant integer, profile text, metrics jsonb) TO vigil_api;
GRANT ALL ON FUNCTION fleet.create_profile(tenant integer, profile text, metrics jsonb) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.csv_fields(line text) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.csv_fields(line text) TO vigil_api;
GRANT ALL ON FUNCTION fleet.csv_fields(line text) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.csv_readings(lines json) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.csv_readings(lines json) TO vigil_api;
GRANT ALL ON FUNCTION fleet.csv_readings(lines json) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.decide_rollups(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.decide_rollups(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.expire_rollups() FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.expire_rollups() TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.export(tenant integer, profile text, since text, max_readings integer, OUT content text, OUT watermark text, OUT more boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.export(tenant integer, profile text, since text, max_readings integer, OUT content text, OUT watermark text, OUT more boolean) TO vigil_api;
GRANT ALL ON FUNCTION fleet.export(tenant integer, profile text, since text, max_readings integer, OUT content text, OUT watermark text, OUT more boolean) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.export_lines(tenant integer, profile integer, xid xid8, streams int4multirange, from_ts timestamp with time zone, to_ts timestamp with time zone, after_stream integer, after_ts timestamp with time zone, max_readings integer, OUT lines text, OUT readings integer, OUT last_stream integer, OUT last_ts timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.export_lines(tenant integer, profile integer, xid xid8, streams int4multirange, from_ts timestamp with time zone, to_ts timestamp with time zone, after_stream integer, after_ts timestamp with time zone, max_readings integer, OUT lines text, OUT readings integer, OUT last_stream integer, OUT last_ts timestamp with time zone) TO vigil_api;
GRANT ALL ON FUNCTION fleet.export_lines(tenant integer, profile integer, xid xid8, streams int4multirange, from_ts timestamp with time zone, to_ts timestamp with time zone, after_stream integer, after_ts timestamp with time zone, max_readings integer, OUT lines text, OUT readings integer, OUT last_stream integer, OUT last_ts timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.import_lines(tenant text, profile text, device text, header text, time_column text, start timestamp with time zone, step interval, skip text[], OUT accepted bigint, OUT duplicates bigint, OUT rejected bigint, OUT points bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.import_lines(tenant text, profile text, device text, header text, time_column text, start timestamp with time zone, step interval, skip text[], OUT accepted bigint, OUT duplicates bigint, OUT rejected bigint, OUT points bigint) TO vigil_api;
GRANT ALL ON FUNCTION fleet.import_lines(tenant text, profile text, device text, header text, time_column text, start timestamp with time zone, step interval, skip text[], OUT accepted bigint, OUT duplicates bigint, OUT rejected bigint, OUT points bigint) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.ingest(tenant integer, items json) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.ingest(tenant integer, items json) TO vigil_api;
GRANT ALL ON FUNCTION fleet.ingest(tenant integer, items json) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.keep_contract() FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.keep_contract() TO vigil_api;
GRANT ALL ON FUNCTION fleet.keep_contract() TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.make_rollups(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.make_rollups(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.note_readings() FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.note_readings() TO vigil_api;
GRANT ALL ON FUNCTION fleet.note_readings() TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.note_rollups(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.note_rollups(tenant integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.open_named_streams(tenant integer, bodies jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.open_named_streams(tenant integer, bodies jsonb[]) TO vigil_api;
GRANT ALL ON FUNCTION fleet.open_named_streams(tenant integer, bodies jsonb[]) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.open_stream(tenant integer, device text, profile text) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.open_stream(tenant integer, device text, profile text) TO vigil_api;
GRANT ALL ON FUNCTION fleet.open_stream(tenant integer, device text, profile text) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.pull_batch(tenant integer, source integer, backfill boolean, OUT more boolean, OUT accepted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.pull_batch(tenant integer, source integer, backfill boolean, OUT more boolean, OUT accepted bigint) TO vigil_jobs;
REVOKE ALL ON PROCEDURE fleet.pull_sources(INOUT accepted bigint, INOUT failure text) FROM PUBLIC;
GRANT ALL ON PROCEDURE fleet.pull_sources(INOUT accepted bigint, INOUT failure text) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.reading_problem(body jsonb, device text, ts timestamp with time zone, metrics jsonb, device_known boolean, metric_names text[], vector double precision[], earliest timestamp with time zone, latest timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.reading_problem(body jsonb, device text, ts timestamp with time zone, metrics jsonb, device_known boolean, metric_names text[], vector double precision[], earliest timestamp with time zone, latest timestamp with time zone) TO vigil_api;
GRANT ALL ON FUNCTION fleet.reading_problem(body jsonb, device text, ts timestamp with time zone, metrics jsonb, device_known boolean, metric_names text[], vector double precision[], earliest timestamp with time zone, latest timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON PROCEDURE fleet.refresh_rollups(INOUT made bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION fleet.replace_restored() FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.replace_restored() TO vigil_api;
GRANT ALL ON FUNCTION fleet.replace_restored() TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.rollups_of(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.rollups_of(tenant integer) TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.source TO vigil_jobs;
GRANT SELECT(tenant_id) ON TABLE fleet.source TO viewer;
GRANT SELECT(tenant_id) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(tenant_id) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(source_id) ON TABLE fleet.source TO viewer;
GRANT SELECT(source_id) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(source_id) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(profile_id) ON TABLE fleet.source TO viewer;
GRANT SELECT(profile_id) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(profile_id) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(name) ON TABLE fleet.source TO viewer;
GRANT SELECT(name) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(name) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(enabled) ON TABLE fleet.source TO viewer;
GRANT SELECT(enabled) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(enabled) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(watermark) ON TABLE fleet.source TO viewer;
GRANT SELECT(watermark) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(watermark) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(backfill_to) ON TABLE fleet.source TO viewer;
GRANT SELECT(backfill_to) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(backfill_to) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(backfill_ts) ON TABLE fleet.source TO viewer;
GRANT SELECT(backfill_ts) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(backfill_ts) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(rows_accepted) ON TABLE fleet.source TO viewer;
GRANT SELECT(rows_accepted) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(rows_accepted) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(rows_rejected) ON TABLE fleet.source TO viewer;
GRANT SELECT(rows_rejected) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(rows_rejected) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(last_run_at) ON TABLE fleet.source TO viewer;
GRANT SELECT(last_run_at) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(last_run_at) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(caught_up_at) ON TABLE fleet.source TO viewer;
GRANT SELECT(caught_up_at) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(caught_up_at) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(last_error_at) ON TABLE fleet.source TO viewer;
GRANT SELECT(last_error_at) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(last_error_at) ON TABLE fleet.source TO vigil_api;
GRANT SELECT(last_error_code) ON TABLE fleet.source TO viewer;
GRANT SELECT(last_error_code) ON TABLE fleet.source TO bi_reader;
GRANT SELECT(last_error_code) ON TABLE fleet.source TO vigil_api;
REVOKE ALL ON FUNCTION fleet.source_query(source fleet.source, within_instant boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.source_query(source fleet.source, within_instant boolean) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.source_rows(source fleet.source, from_ts timestamp with time zone, until timestamp with time zone, from_device text, one_device boolean, row_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.source_rows(source fleet.source, from_ts timestamp with time zone, until timestamp with time zone, from_device text, one_device boolean, row_limit integer) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.add_source(tenant text, name text, profile text, relation regclass, device_column text, time_column text, metrics jsonb, metric_column text, value_column text, start timestamp with time zone, overlap interval, batch_size integer, enabled boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.add_webhook(tenant text, channel text, url text, secret_ref text) FROM PUBLIC;
REVOKE ALL ON PROCEDURE ops.apply_archive(INOUT moved bigint, INOUT failure text) FROM PUBLIC;
GRANT ALL ON PROCEDURE ops.apply_archive(INOUT moved bigint, INOUT failure text) TO vigil_jobs;
REVOKE ALL ON PROCEDURE ops.apply_retention(INOUT removed bigint, INOUT failure text) FROM PUBLIC;
GRANT ALL ON PROCEDURE ops.apply_retention(INOUT removed bigint, INOUT failure text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.archive_damage(path text, sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.archive_damage(path text, sha256 text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.archive_plan(of_tenant integer, of_range_start timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.archive_plan(of_tenant integer, of_range_start timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.backfill_source(tenant text, name text, from_ts timestamp with time zone, to_ts timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON PROCEDURE ops.check_archives(INOUT checked bigint, INOUT failure text) FROM PUBLIC;
GRANT ALL ON PROCEDURE ops.check_archives(INOUT checked bigint, INOUT failure text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.create_tenant(name text, display_name text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.delete_archived(tenant integer, archive bigint, started_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.delete_archived(tenant integer, archive bigint, started_at timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.drop_archived(range_start timestamp with time zone, started_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.drop_archived(range_start timestamp with time zone, started_at timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.drop_chunk(relation text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.drop_chunk(relation text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.earlier_answer(procedure text, body text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.earlier_answer(procedure text, body text) TO vigil_api;
REVOKE ALL ON FUNCTION ops.expire_archives(started_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.expire_archives(started_at timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.expire_restores() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.expire_restores() TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.expired_query(relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.expired_query(relation regclass) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.heartbeat(component text, instance text, version text, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.heartbeat(component text, instance text, version text, detail jsonb) TO vigil_worker;
REVOKE ALL ON FUNCTION ops.keep_answer(procedure text, answer jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.keep_answer(procedure text, answer jsonb) TO vigil_api;
REVOKE ALL ON FUNCTION ops.keep_held() FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.keep_held_rows() FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.kept_since(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.kept_since(tenant integer) TO vigil_api;
REVOKE ALL ON FUNCTION ops.lock_chunk(hypertable regclass, chunk regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.lock_chunk(hypertable regclass, chunk regclass) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.measure_storage() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.measure_storage() TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.note_failure(job text, tenant integer, started timestamp with time zone, code text, message text, hint text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.note_failure(job text, tenant integer, started timestamp with time zone, code text, message text, hint text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.place_hold(tenant text, reason text, device text, profile text, from_ts timestamp with time zone, to_ts timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.plan_archives() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.plan_archives() TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.prune() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.prune() TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.reading_hash(stream_id integer, ts timestamp with time zone, "values" double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.reading_hash(stream_id integer, ts timestamp with time zone, "values" double precision[]) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.refuse_policy(object text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.refuse_policy(object text) TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.legal_hold TO vigil_jobs;
GRANT SELECT(tenant_id) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(tenant_id) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(tenant_id) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(hold_id) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(hold_id) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(hold_id) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(device_id) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(device_id) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(device_id) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(stream_id) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(stream_id) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(stream_id) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(from_ts) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(from_ts) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(from_ts) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(to_ts) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(to_ts) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(to_ts) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(placed_at) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(placed_at) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(placed_at) ON TABLE ops.legal_hold TO vigil_api;
GRANT SELECT(released_at) ON TABLE ops.legal_hold TO viewer;
GRANT SELECT(released_at) ON TABLE ops.legal_hold TO bi_reader;
GRANT SELECT(released_at) ON TABLE ops.legal_hold TO vigil_api;
REVOKE ALL ON FUNCTION ops.refuse_removal(hold ops.legal_hold) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.refuse_removal(hold ops.legal_hold) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.release_hold(tenant integer, hold integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.remove_chunk(object text, relation text, started_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.remove_chunk(object text, relation text, started_at timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.remove_rows(object text, relation text, first_block bigint, last_block bigint, row_bytes numeric, started_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.remove_rows(object text, relation text, first_block bigint, last_block bigint, row_bytes numeric, started_at timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.replan_damaged(of_range_start timestamp with time zone, of_archive bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.replan_damaged(of_range_start timestamp with time zone, of_archive bigint) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.reset_retention(object text, profile text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.reset_retention(object text, profile text) TO vigil_api;
REVOKE ALL ON FUNCTION ops.restore_archive(tenant integer, from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval, restored_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.restore_archive(tenant integer, from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval, restored_by text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.restore_own_archive(from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.restore_own_archive(from_ts timestamp with time zone, to_ts timestamp with time zone, device text, keep interval) TO vigil_api;
REVOKE ALL ON FUNCTION ops.retention_plan(of_object text, of_tenant integer, of_relation text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.retention_plan(of_object text, of_tenant integer, of_relation text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.retention_profile(object text, profile text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.retention_profile(object text, profile text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.retention_scope(object text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.retention_scope(object text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.retention_stream(object text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.retention_stream(object text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.rows_by_tenant(relation regclass, of_object text) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.rows_by_tenant(relation regclass, of_object text) TO vigil_jobs;
REVOKE ALL ON PROCEDURE ops.run(IN job text) FROM PUBLIC;
GRANT ALL ON PROCEDURE ops.run(IN job text) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.schedule_job() FROM PUBLIC;
REVOKE ALL ON FUNCTION ops.set_retention(object text, profile text, hot interval, reason text, warm interval, cold interval) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.set_retention(object text, profile text, hot interval, reason text, warm interval, cold interval) TO vigil_api;
REVOKE ALL ON FUNCTION ops.sweep_archives() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.sweep_archives() TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.tenant_compliance() FROM PUBLIC;
GRANT ALL ON FUNCTION ops.tenant_compliance() TO viewer;
GRANT ALL ON FUNCTION ops.tenant_compliance() TO bi_reader;
GRANT ALL ON FUNCTION ops.tenant_compliance() TO vigil_api;
REVOKE ALL ON FUNCTION ops.verify_archive(tenant integer, archive bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.verify_archive(tenant integer, archive bigint) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.withdraw_archives(of_range_start timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.withdraw_archives(of_range_start timestamp with time zone) TO vigil_jobs;
REVOKE ALL ON FUNCTION ops.write_archive(tenant integer, archive bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION ops.write_archive(tenant integer, archive bigint) TO vigil_jobs;
REVOKE ALL ON FUNCTION fleet.merged(double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION fleet.merged(double precision[]) TO vigil_api;
GRANT ALL ON FUNCTION fleet.merged(double precision[]) TO vigil_jobs;
GRANT SELECT ON TABLE alerting.alert TO viewer;
GRANT SELECT ON TABLE alerting.alert TO bi_reader;
GRANT SELECT ON TABLE alerting.alert TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE alerting.alert TO vigil_jobs;
GRANT UPDATE(state) ON TABLE alerting.alert TO vigil_api;
GRANT UPDATE(acknowledged_at) ON TABLE alerting.alert TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE alerting.channel TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE alerting.notification TO vigil_jobs;
GRANT SELECT ON TABLE alerting.rule TO viewer;
GRANT SELECT ON TABLE alerting.rule TO bi_reader;
GRANT SELECT ON TABLE alerting.rule TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE alerting.rule TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE alerting.rule_channel TO vigil_jobs;
GRANT SELECT ON TABLE detect.anomaly TO viewer;
GRANT SELECT ON TABLE detect.anomaly TO bi_reader;
GRANT SELECT ON TABLE detect.anomaly TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.anomaly TO vigil_jobs;
GRANT UPDATE(acknowledged_at) ON TABLE detect.anomaly TO vigil_api;
GRANT UPDATE(acknowledged_by) ON TABLE detect.anomaly TO vigil_api;
GRANT UPDATE(note) ON TABLE detect.anomaly TO vigil_api;
GRANT UPDATE(updated_at) ON TABLE detect.anomaly TO vigil_api;
GRANT SELECT ON TABLE fleet.stream TO viewer;
GRANT SELECT ON TABLE fleet.stream TO bi_reader;
GRANT SELECT,INSERT ON TABLE fleet.stream TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.stream TO vigil_jobs;
GRANT UPDATE(created_at) ON TABLE fleet.stream TO vigil_api;
GRANT SELECT ON TABLE api.alerts TO viewer;
GRANT SELECT ON TABLE api.alerts TO bi_reader;
GRANT SELECT ON TABLE fleet.profile TO viewer;
GRANT SELECT ON TABLE fleet.profile TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE fleet.profile TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.profile TO vigil_jobs;
GRANT SELECT ON TABLE fleet.site TO viewer;
GRANT SELECT ON TABLE fleet.site TO bi_reader;
GRANT SELECT ON TABLE fleet.site TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.site TO vigil_jobs;
GRANT SELECT ON TABLE api.anomalies TO viewer;
GRANT SELECT ON TABLE api.anomalies TO bi_reader;
GRANT SELECT ON TABLE ops.archive_manifest TO viewer;
GRANT SELECT ON TABLE ops.archive_manifest TO bi_reader;
GRANT SELECT ON TABLE ops.archive_manifest TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.archive_manifest TO vigil_jobs;
GRANT SELECT ON TABLE api.archives TO viewer;
GRANT SELECT ON TABLE api.archives TO bi_reader;
GRANT SELECT ON TABLE audit.entry TO tenant_admin;
GRANT SELECT,INSERT ON TABLE audit.entry TO vigil_api;
GRANT SELECT,INSERT,DELETE ON TABLE audit.entry TO vigil_jobs;
GRANT SELECT ON TABLE api.audit_entries TO tenant_admin;
GRANT SELECT ON TABLE api.compliance TO viewer;
GRANT SELECT ON TABLE api.compliance TO bi_reader;
GRANT SELECT ON TABLE fleet.latest TO viewer;
GRANT SELECT ON TABLE fleet.latest TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE fleet.latest TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.latest TO vigil_jobs;
GRANT SELECT ON TABLE api.devices TO viewer;
GRANT SELECT ON TABLE api.devices TO bi_reader;
GRANT SELECT ON TABLE fleet.ingest_batch TO viewer;
GRANT SELECT ON TABLE fleet.ingest_batch TO bi_reader;
GRANT SELECT,INSERT ON TABLE fleet.ingest_batch TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.ingest_batch TO vigil_jobs;
GRANT SELECT ON TABLE api.ingest_batches TO viewer;
GRANT SELECT ON TABLE api.ingest_batches TO bi_reader;
GRANT SELECT ON TABLE ops.job_run TO viewer;
GRANT SELECT ON TABLE ops.job_run TO bi_reader;
GRANT SELECT ON TABLE ops.job_run TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.job_run TO vigil_jobs;
GRANT SELECT ON TABLE api.jobs TO viewer;
GRANT SELECT ON TABLE api.jobs TO bi_reader;
GRANT SELECT ON TABLE fleet.metric TO viewer;
GRANT SELECT ON TABLE fleet.metric TO bi_reader;
GRANT SELECT,INSERT ON TABLE fleet.metric TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.metric TO vigil_jobs;
GRANT SELECT ON TABLE api.latest TO viewer;
GRANT SELECT ON TABLE api.latest TO bi_reader;
GRANT SELECT ON TABLE api.legal_holds TO viewer;
GRANT SELECT ON TABLE api.legal_holds TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE detect.model TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.model TO vigil_jobs;
GRANT SELECT(tenant_id) ON TABLE detect.model TO viewer;
GRANT SELECT(tenant_id) ON TABLE detect.model TO bi_reader;
GRANT SELECT(model_id) ON TABLE detect.model TO viewer;
GRANT SELECT(model_id) ON TABLE detect.model TO bi_reader;
GRANT SELECT(profile_id) ON TABLE detect.model TO viewer;
GRANT SELECT(profile_id) ON TABLE detect.model TO bi_reader;
GRANT SELECT(feature_set_id) ON TABLE detect.model TO viewer;
GRANT SELECT(feature_set_id) ON TABLE detect.model TO bi_reader;
GRANT SELECT(feature_set_sha256) ON TABLE detect.model TO viewer;
GRANT SELECT(feature_set_sha256) ON TABLE detect.model TO bi_reader;
GRANT SELECT(scope) ON TABLE detect.model TO viewer;
GRANT SELECT(scope) ON TABLE detect.model TO bi_reader;
GRANT SELECT(stream_id) ON TABLE detect.model TO viewer;
GRANT SELECT(stream_id) ON TABLE detect.model TO bi_reader;
GRANT SELECT(device_model) ON TABLE detect.model TO viewer;
GRANT SELECT(device_model) ON TABLE detect.model TO bi_reader;
GRANT SELECT(site_id) ON TABLE detect.model TO viewer;
GRANT SELECT(site_id) ON TABLE detect.model TO bi_reader;
GRANT SELECT(status) ON TABLE detect.model TO viewer;
GRANT SELECT(status) ON TABLE detect.model TO bi_reader;
GRANT SELECT(seed) ON TABLE detect.model TO viewer;
GRANT SELECT(seed) ON TABLE detect.model TO bi_reader;
GRANT SELECT(options) ON TABLE detect.model TO viewer;
GRANT SELECT(options) ON TABLE detect.model TO bi_reader;
GRANT SELECT(trained_from) ON TABLE detect.model TO viewer;
GRANT SELECT(trained_from) ON TABLE detect.model TO bi_reader;
GRANT SELECT(trained_to) ON TABLE detect.model TO viewer;
GRANT SELECT(trained_to) ON TABLE detect.model TO bi_reader;
GRANT SELECT(row_count) ON TABLE detect.model TO viewer;
GRANT SELECT(row_count) ON TABLE detect.model TO bi_reader;
GRANT SELECT(score_quantiles) ON TABLE detect.model TO viewer;
GRANT SELECT(score_quantiles) ON TABLE detect.model TO bi_reader;
GRANT SELECT(thresholds) ON TABLE detect.model TO viewer;
GRANT SELECT(thresholds) ON TABLE detect.model TO bi_reader;
GRANT SELECT(feature_low) ON TABLE detect.model TO viewer;
GRANT SELECT(feature_low) ON TABLE detect.model TO bi_reader;
GRANT SELECT(feature_median) ON TABLE detect.model TO viewer;
GRANT SELECT(feature_median) ON TABLE detect.model TO bi_reader;
GRANT SELECT(feature_high) ON TABLE detect.model TO viewer;
GRANT SELECT(feature_high) ON TABLE detect.model TO bi_reader;
GRANT SELECT(trained_at) ON TABLE detect.model TO viewer;
GRANT SELECT(trained_at) ON TABLE detect.model TO bi_reader;
GRANT SELECT(trained_by) ON TABLE detect.model TO viewer;
GRANT SELECT(trained_by) ON TABLE detect.model TO bi_reader;
GRANT SELECT(training_time) ON TABLE detect.model TO viewer;
GRANT SELECT(training_time) ON TABLE detect.model TO bi_reader;
GRANT SELECT ON TABLE api.models TO viewer;
GRANT SELECT ON TABLE api.models TO bi_reader;
GRANT SELECT ON TABLE api.profiles TO viewer;
GRANT SELECT ON TABLE api.profiles TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE fleet.reading TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.reading TO vigil_jobs;
GRANT SELECT,DELETE ON TABLE fleet.restored_reading TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.restored_reading TO vigil_jobs;
GRANT SELECT ON TABLE api.readings TO viewer;
GRANT SELECT ON TABLE api.readings TO bi_reader;
GRANT SELECT ON TABLE ops.retention_run TO viewer;
GRANT SELECT ON TABLE ops.retention_run TO bi_reader;
GRANT SELECT ON TABLE ops.retention_run TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.retention_run TO vigil_jobs;
GRANT SELECT ON TABLE api.retention_runs TO viewer;
GRANT SELECT ON TABLE api.retention_runs TO bi_reader;
GRANT SELECT ON TABLE fleet.reading_rollup TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.reading_rollup TO vigil_jobs;
GRANT SELECT ON TABLE fleet.summary TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.summary TO vigil_jobs;
GRANT SELECT ON TABLE api.rollups TO viewer;
GRANT SELECT ON TABLE api.rollups TO bi_reader;
GRANT SELECT ON TABLE detect.score TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.score TO vigil_jobs;
GRANT SELECT ON TABLE api.scores TO viewer;
GRANT SELECT ON TABLE api.scores TO bi_reader;
GRANT SELECT ON TABLE fleet.source_rejection TO viewer;
GRANT SELECT ON TABLE fleet.source_rejection TO bi_reader;
GRANT SELECT ON TABLE fleet.source_rejection TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.source_rejection TO vigil_jobs;
GRANT SELECT ON TABLE api.source_rejections TO viewer;
GRANT SELECT ON TABLE api.source_rejections TO bi_reader;
GRANT SELECT ON TABLE api.sources TO viewer;
GRANT SELECT ON TABLE api.sources TO bi_reader;
GRANT SELECT ON TABLE fleet.tenant TO viewer;
GRANT SELECT ON TABLE fleet.tenant TO bi_reader;
GRANT SELECT ON TABLE fleet.tenant TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.tenant TO vigil_jobs;
GRANT SELECT ON TABLE ops.storage_sample TO viewer;
GRANT SELECT ON TABLE ops.storage_sample TO bi_reader;
GRANT SELECT ON TABLE ops.storage_sample TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.storage_sample TO vigil_jobs;
GRANT SELECT ON TABLE api.storage TO viewer;
GRANT SELECT ON TABLE api.storage TO bi_reader;
GRANT SELECT ON TABLE api.streams TO viewer;
GRANT SELECT ON TABLE api.streams TO bi_reader;
GRANT SELECT ON TABLE api.telemetry TO viewer;
GRANT SELECT ON TABLE api.telemetry TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE detect.device_feature TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.device_feature TO vigil_jobs;
GRANT SELECT ON TABLE detect.feature TO viewer;
GRANT SELECT ON TABLE detect.feature TO bi_reader;
GRANT SELECT,INSERT ON TABLE detect.feature TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.feature TO vigil_jobs;
GRANT SELECT,INSERT,DELETE ON TABLE detect.feature_change TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.feature_change TO vigil_jobs;
GRANT SELECT ON TABLE detect.feature_set TO viewer;
GRANT SELECT ON TABLE detect.feature_set TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE detect.feature_set TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.feature_set TO vigil_jobs;
GRANT SELECT ON TABLE detect.policy TO viewer;
GRANT SELECT ON TABLE detect.policy TO bi_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE detect.policy TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.policy TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE detect.score_change TO vigil_jobs;
GRANT SELECT,INSERT ON TABLE fleet.export_change TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.export_change TO vigil_jobs;
GRANT SELECT,INSERT,DELETE ON TABLE fleet.reading_change TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.reading_change TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.rollup TO vigil_jobs;
GRANT SELECT,INSERT ON TABLE fleet.rollup_change TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.rollup_change TO vigil_jobs;
GRANT SELECT ON TABLE fleet.rollup_due TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.rollup_due TO vigil_jobs;
GRANT SELECT ON TABLE fleet.stream_rollup TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE fleet.stream_rollup TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.heartbeat TO vigil_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE ops.idempotency_key TO vigil_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.idempotency_key TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.job TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.job_status TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.retention_object TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.retention_policy TO vigil_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ops.storage TO vigil_jobs;
