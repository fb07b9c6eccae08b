//! The audit trail's row diffs: triggers that write an entry for each row that a statement changed.
//!
//! `sql/audit/note_changes.sql` and `note_rows.sql` declare them, as functions of the one role that may write entries.

mod diff;
mod entry;
mod shown;

use crate::pg::{Json, JsonText, Statement};
use diff::{Difference, change, content, row};
use entry::{BATCH, write};
use pgrx::heap_tuple::PgHeapTuple;
use pgrx::pgbox::AllocatedByRust;
use pgrx::spi::SpiError;
use pgrx::trigger_support::{PgTrigger, PgTriggerOperation};
use pgrx::{pg_extern, pg_trigger};
use shown::without_secrets_in;

/// Nothing comes of a statement's trigger.
type Done<'a> = Result<Option<PgHeapTuple<'a, AllocatedByRust>>, SpiError>;

/// After an update: an entry for each row with the columns that changed. Arguments: the columns that name a row, those that
/// are masked, those that do not count.
#[pg_trigger(sql = false)]
fn note_changes<'a>(trigger: &'a PgTrigger<'a>) -> Done<'a> {
    let statement = Statement::new(trigger);
    let [key, masked, unnoted] = statement.arguments();
    // An update puts the old and the new form of a row into their tables in one go, so the two are in the same order; keys
    // would not do, since they may change.
    let rows = statement.former().zip(statement.present());
    let mut changes = rows.filter_map(|(former, present)| {
        change(&row(&former), &row(&present), &key, &masked, &unnoted)
    });
    write_all("update", &statement.table(), &mut changes)
}

/// After an insert or a delete: an entry for each row. Arguments: the columns that name a row, those that are masked.
#[pg_trigger(sql = false)]
fn note_rows<'a>(trigger: &'a PgTrigger<'a>) -> Done<'a> {
    let statement = Statement::new(trigger);
    let came = matches!(statement.operation(), PgTriggerOperation::Insert);
    let operation = if came { "insert" } else { "delete" };
    let table = statement.table();
    let [key, masked] = statement.arguments();
    let rows = statement.former().chain(statement.present());
    let mut contents = rows.map(|text| {
        let mut content = content(&row(&text), &key, &masked, came);
        // That a tenant went is in the trail of the platform's own people: its own goes with it.
        if !came && table == "fleet.tenant" {
            content.tenant_id = None;
        }
        content
    });
    write_all(operation, &table, &mut contents)
}

/// Some at a time, so that a large statement needs no more memory than a small one.
fn write_all<'a>(
    operation: &str,
    table: &str,
    rows: &mut impl Iterator<Item = Difference>,
) -> Done<'a> {
    loop {
        let batch: Vec<_> = rows.by_ref().take(BATCH).collect();
        let is_last = batch.len() < BATCH;
        write(operation, table, batch)?;
        if is_last {
            return Ok(None);
        }
    }
}

/// A JSON value with what looks like a secret masked.
#[pg_extern(strict, immutable, parallel_safe)]
fn without_secrets(value: Json<'_>) -> JsonText {
    JsonText(without_secrets_in(value.text()).into_owned())
}
