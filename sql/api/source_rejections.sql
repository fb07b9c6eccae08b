create or replace view api.source_rejections with (security_invoker = true) as
select s.name as source, r.device, r.ts, r.code, r.message, r.hint, r.first_seen_at, r.last_seen_at
from fleet.source_rejection r
join fleet.source s using (tenant_id, source_id);
comment on view api.source_rejections is
$$Rows of sources that were refused
The latest 1,000 of each source, and why.$$;
comment on column api.source_rejections.device is 'Empty where the row names none.';
comment on column api.source_rejections.last_seen_at is 'When the row was last pulled: it is read again while it lies within the overlap.';
