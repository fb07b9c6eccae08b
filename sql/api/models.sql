create or replace view api.models with (security_invoker = true) as
select m.model_id, p.name as profile, m.scope,
  case m.scope when 'stream' then d.external_id when 'device_model' then m.device_model when 'site' then s.path::text end as target,
  m.status, m.trained_at, m.trained_by, m.training_time, m.trained_from, m.trained_to, m.row_count, m.seed, m.options,
  encode(m.feature_set_sha256, 'hex') as feature_set_sha256, m.score_quantiles, m.thresholds
from detect.model m
join fleet.profile p using (tenant_id, profile_id)
left join fleet.stream st on st.tenant_id = m.tenant_id and st.stream_id = m.stream_id
left join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
left join fleet.site s on s.tenant_id = m.tenant_id and s.site_id = m.site_id;
comment on view api.models is
$$Trained models
A stream is scored by the narrowest active model that covers it: its own, its device model's, its site's, its profile's.$$;
comment on column api.models.score_quantiles is 'Quantiles of the scores of the training rows.';
comment on column api.models.thresholds is 'Scores from which an anomaly is low, medium, high and critical.';
