-- How each function of api is called: with what is the caller's own, and with what is another tenant's. The second may
-- fail, with the SQLSTATE given; whether or not, it shows and changes nothing of the other's. {me} and {them} become
-- alpha and omega, or omega and alpha.
insert into isolation.call (function, own, foreign_call, foreign_state) values
  ('api.ingest(json)',
    $$select api.ingest('[{"device": "{me}-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"{me}_a": 1}}]')$$,
    $$select api.ingest('[{"device": "{them}-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"{them}_a": 1}}]')$$, '00000'),
  ('api.register_device(text,text,text,text,text,jsonb)',
    $$select api.register_device('{me}-9', '{me}_profile', site => '{me}')$$,
    $$select api.register_device('{them}-1', '{them}_profile', 'renamed')$$, '42704'),
  -- Another tenant's names are free: neither the same profile nor an existing one is told apart.
  ('api.create_profile(text,jsonb)',
    $$select api.create_profile('{me}_new', '["a"]')$$,
    $$select api.create_profile('{them}_profile', '["a"]')$$, '00000'),
  ('api.train_model(text,jsonb,jsonb)',
    $$select api.train_model('{me}_profile', '{}', '{"n_trees": 5, "sample_size": 16, "exclude_anomalies": false}')$$,
    $$select api.train_model('{them}_profile', '{}', '{"n_trees": 5, "sample_size": 16}')$$, '42704'),
  ('api.score(text,jsonb,timestamp with time zone,text)',
    $$select api.score('{me}-1', '{"{me}_a": 5}')$$,
    $$select api.score('{them}-1', '{"{them}_a": 5}')$$, '42704'),
  ('api.explain(text,timestamp with time zone,text,integer)',
    $$select api.explain('{me}-1')$$,
    $$select api.explain('{them}-1')$$, '42704'),
  ('api.series(text,text,timestamp with time zone,timestamp with time zone,interval)',
    $$select api.series('{me}-1', '{me}_a', now() - interval '1 day', now())$$,
    $$select api.series('{them}-1', '{them}_a', now() - interval '1 day', now())$$, '42704'),
  ('api.acknowledge_anomaly(bigint,text)',
    $$select api.acknowledge_anomaly({my anomaly}, 'seen')$$,
    $$select api.acknowledge_anomaly({their anomaly}, 'seen')$$, 'PT404');
