//! Writing entries.

use super::diff::Difference;
use pgrx::pg_sys::BuiltinOid;
use pgrx::spi::{OwnedPreparedStatement, Spi, SpiError};
use std::cell::OnceCell;

/// Entries that are written in one statement.
pub(super) const BATCH: usize = 256;

// What goes with its tenant goes without an entry: the trail goes too. What belongs to no tenant is in the trail of the tenant of
// the platform's own people. The tenant is looked up for each row: a join would read all of them for one.
const INSERT: &str = "
    insert into audit.entry (
      tenant_id, actor, role, session_id, address, correlation_id, action, operation, object, object_key, before, after)
    select r.tenant_id, o.actor, o.role, o.session_id, o.address, o.correlation_id, $1, $1, $2,
      r.object_key::jsonb, r.before::jsonb, r.after::jsonb
    from audit.origin() o
    cross join lateral (
      select (
          select t.tenant_id from fleet.tenant t
          where t.tenant_id = coalesce(u.tenant_id, (select p.tenant_id from fleet.tenant p where p.name = 'platform'))
        ) as tenant_id, u.object_key, u.before, u.after
      from unnest($3::int[], $4::text[], $5::text[], $6::text[]) u (tenant_id, object_key, before, after)
      offset 0
    ) r
    where r.tenant_id is not null";

thread_local! {
    static PLAN: OnceCell<OwnedPreparedStatement> = const { OnceCell::new() };
}

/// Writes the entries of a table's rows.
pub(super) fn write(operation: &str, table: &str, rows: Vec<Difference>) -> Result<(), SpiError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut tenants, mut keys) = (Vec::new(), Vec::new());
    let (mut befores, mut afters) = (Vec::new(), Vec::new());
    for row in rows {
        tenants.push(row.tenant_id);
        keys.push(row.key);
        befores.push(row.before);
        afters.push(row.after);
    }
    Spi::connect_mut(|client| {
        PLAN.with(|plan| {
            if plan.get().is_none() {
                let types = [
                    BuiltinOid::TEXTOID,
                    BuiltinOid::TEXTOID,
                    BuiltinOid::INT4ARRAYOID,
                    BuiltinOid::TEXTARRAYOID,
                    BuiltinOid::TEXTARRAYOID,
                    BuiltinOid::TEXTARRAYOID,
                ];
                let made = client.prepare_mut(INSERT, &types.map(Into::into))?.keep();
                // Nobody else sets it: the session does one thing at a time.
                let _ = plan.set(made);
            }
            let arguments = [
                operation.into(),
                table.into(),
                tenants.into(),
                keys.into(),
                befores.into(),
                afters.into(),
            ];
            client.update(plan.get().expect("it was made"), None, &arguments)?;
            Ok(())
        })
    })
}
