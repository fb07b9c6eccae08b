create or replace trigger _900_keep_held
  after delete on fleet.reading
  referencing old table as removed
  for each statement execute function ops.keep_held_rows();

create or replace trigger _900_keep_held_from_truncate
  before truncate on fleet.reading
  for each statement execute function ops.keep_held();

create or replace trigger _900_keep_held
  after delete on detect.device_feature
  referencing old table as removed
  for each statement execute function ops.keep_held_rows();

create or replace trigger _900_keep_held_from_truncate
  before truncate on detect.device_feature
  for each statement execute function ops.keep_held();

create or replace trigger _900_keep_held
  after delete on detect.score
  referencing old table as removed
  for each statement execute function ops.keep_held_rows();

create or replace trigger _900_keep_held_from_truncate
  before truncate on detect.score
  for each statement execute function ops.keep_held();

create or replace trigger _900_keep_held
  before delete on fleet.stream
  for each row execute function ops.keep_held();

create or replace trigger _900_keep_held
  before delete on ops.legal_hold
  for each row execute function ops.keep_held();
