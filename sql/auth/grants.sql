grant usage on schema auth to anon, viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs;
grant execute on function auth.claims(), auth.tenant_id(), auth.subject()
  to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs;
grant execute on function auth.request_header(text), auth.add_answer_header(text, text), auth.correlation_id() to vigil_api, vigil_jobs;
grant execute on function auth.claims(), auth.check_request()
  to anon, viewer, analyst, operator, tenant_admin, platform_admin;
