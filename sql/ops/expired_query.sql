create or replace function ops.expired_query(relation regclass) returns text
language plpgsql stable
as $$
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
    when v_object in ('job_runs', 'retention_runs', 'storage_samples', 'audit', 'incidents', 'alerts', 'notifications') then
      v_ts := case v_object when 'storage_samples' then 'r.measured_at' when 'audit' then 'r.at' when 'notifications' then 'r.created_at'
        when 'incidents' then 'r.resolved_at' when 'alerts' then 'r.resolved_at' else 'r.started_at' end;
      v_from := pg_catalog.format($from$
        left join ops.retention_scope(%1$L) t on t.tenant_id = r.tenant_id and t.profile_id is null
        left join ops.retention_scope(%1$L) p on p.tenant_id is null$from$, v_object)
        || case v_object when 'audit' then ' left join audit.kept_from() k on k.tenant_id = r.tenant_id' else '' end;
      v_policy := 'coalesce(t.policy_id, p.policy_id)';
      v_expired := v_ts || ' < coalesce(t.cutoff, p.cutoff)' || case v_object
        -- A chain loses its beginning only: what is behind an entry that is held stays with it.
        when 'audit' then ' and (r.sequence < k.first_sequence or r.at <@ t.held)'
        when 'alerts' then ' and r.incident_id is null'
        -- What has not ended is still to be sent, or counted as raised; an open incident takes back what it told.
        when 'notifications' then $ended$ and r.state in ('delivered', 'suppressed', 'dead') and not exists (
          select from alerting.incident i
          where i.tenant_id = r.tenant_id and i.incident_id = r.incident_id and i.state <> 'resolved')$ended$
        else '' end;
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
$$;
comment on function ops.expired_query(regclass) is
'The one text that says what is past its limit: the dry run counts its rows, the run deletes them. It lists every row of a table or a chunk as (tid, tenant_id, policy_id, ts, expired, held); what is expired and not held goes. $1 confines it to a tenant, $2 and $3 to a range of tids; null for all. P0002 for a table that does not age.';
