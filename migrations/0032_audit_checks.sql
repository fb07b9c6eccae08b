-- migrate:up
set local role vigil_owner;

-- Each statement that inserts an entry reads the checks of its table anew, at an eighth of what the trail adds to a write. Only
-- functions of vigil_auth insert, which give action and operation themselves and have no right to the chain's columns; what
-- the chain may write audit.keep_entries checks.
alter table audit.entry
  drop constraint action_is_word,
  drop constraint operation_known,
  drop constraint sequence_is_positive,
  drop constraint chained_as_a_whole;

-- It returns a table from now on.
drop function if exists audit.origin();

reset role;

-- migrate:down
