create or replace view api.templates with (security_invoker = true) as
select t.name, t.kind, t.subject, t.body, t.html, t.created_at, t.changed_at
from alerting.template t;
comment on view api.templates is
$$Templates of messages
For tenant_admin. MiniJinja, in the place of the worker's own for the channels that name them. Set with POST /rpc/save_template.$$;
