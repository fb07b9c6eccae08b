create or replace view api.inhibitions with (security_invoker = true) as
select i.name, i.source_matchers, i.target_matchers, i.equal, i.below_site, i.enabled, i.created_at
from alerting.inhibition i;
comment on view api.inhibitions is
$$Alerts that explain others
While an open alert matches the source, nobody is told of those that match the target: a site that is down explains its devices. Set with POST /rpc/save_inhibition.$$;
comment on column api.inhibitions.equal is 'Labels whose values must be the same on both.';
comment on column api.inhibitions.below_site is 'The target''s site must be the source''s, or below it.';
