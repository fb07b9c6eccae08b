create or replace trigger _500_check_channel
  before insert or update of kind, config, secret_ref, allow_http, throttle, template_id on alerting.channel
  for each row execute function alerting.check_channel();
