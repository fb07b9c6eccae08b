-- A DBA's changes to schedule and enabled survive a deploy: only what a job is gets replaced.
insert into ops.job (job_name, description, schedule, expected_every)
values
  ('features', 'Computes feature vectors of new and changed readings.', '3 seconds', interval '1 minute'),
  ('scores', 'Scores new feature vectors with each stream''s narrowest active model.', '3 seconds', interval '1 minute'),
  ('anomalies', 'Turns scores into anomalies with explanations, and closes those that ended.', '3 seconds', interval '1 minute'),
  ('rules', 'Evaluates alert rules about readings, silence, trends, the system and views.', '3 seconds', interval '1 minute'),
  ('alerts', 'Raises alerts for anomalies and gives alerts to incidents.', '3 seconds', interval '1 minute'),
  ('escalations', 'Does what incidents are due for: escalation, reminders, updates, notes.', '1 second', interval '1 minute'),
  ('rollups', 'Summarises readings in the buckets that ended.', '3 seconds', interval '1 minute'),
  ('sources', 'Pulls readings from foreign tables.', '30 seconds', interval '2 minutes'),
  ('train', 'Trains every active model anew, and a first model where there is none.', '10 2 * * *', interval '1 day'),
  ('prune', 'Trims idempotency keys, requests with readings, and summaries past their retention.', '17 * * * *', interval '1 hour'),
  ('retention', 'Removes what is past its limit under ops.retention_policy.', '17 */6 * * *', interval '6 hours'),
  ('archive', 'Moves readings past the hot tier into files.', '27 * * * *', interval '1 hour'),
  ('verify', 'Reads every archive file and compares it with its SHA-256.', '20 3 * * *', interval '1 day'),
  ('storage', 'Measures what each tenant''s data takes.', '40 0 * * *', interval '1 day'),
  ('password_resets', 'Sends links to those who asked for a new password.', '5 seconds', interval '1 minute'),
  ('sessions', 'Removes what logins left behind, and notes when API keys were last used.', '* * * * *', interval '3 minutes'),
  ('audit_chain', 'Gives new entries of the audit trail their place in its chain.', '5 seconds', interval '1 minute'),
  ('audit_heads', 'Signs the ends of the audit trail''s chains.', '30 seconds', interval '2 minutes'),
  ('usage', 'Counts what each tenant uses, and warns where a quota is nearly used up.', '* * * * *', interval '5 minutes'),
  ('tenants', 'Exports tenants and deletes them, as staff asked for.', '10 seconds', interval '1 hour'),
  ('logins', 'Ends statements of SQL logins that run past their limit, and logins that have expired.', '15 seconds', interval '2 minutes'),
  ('dead_man', 'Tells on a second path that the worker is late, or back.', '30 seconds', interval '1 minute')
on conflict (job_name) do update
set description = excluded.description, expected_every = excluded.expected_every;
