create or replace trigger _500_check_silence
  before insert or update on alerting.silence
  for each row execute function alerting.check_silence();
create or replace trigger _500_check_inhibition
  before insert or update on alerting.inhibition
  for each row execute function alerting.check_inhibition();
create or replace trigger _510_forget_inhibited
  after update or delete on alerting.inhibition
  for each row execute function alerting.forget_inhibited();
create or replace trigger _500_check_route
  before insert or update on alerting.route
  for each row execute function alerting.check_route();
