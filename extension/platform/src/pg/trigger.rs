//! Triggers of statements, and the rows in their transition tables.

use pgrx::memcxt::PgMemoryContexts;
use pgrx::trigger_support::{PgTrigger, PgTriggerOperation};
use pgrx::{direct_function_call, pg_sys};

/// A statement that changed a table, as its trigger sees it.
pub(crate) struct Statement<'a>(&'a PgTrigger<'a>);

impl<'a> Statement<'a> {
    pub(crate) fn new(trigger: &'a PgTrigger<'a>) -> Self {
        Self(trigger)
    }

    /// Schema and name of the table.
    pub(crate) fn table(&self) -> String {
        let schema = self.0.table_schema().expect("the table is open");
        let name = self.0.table_name().expect("the table is open");
        format!("{schema}.{name}")
    }

    /// What it did.
    pub(crate) fn operation(&self) -> PgTriggerOperation {
        self.0.op().expect("a trigger is of one operation")
    }

    /// The first of the trigger's arguments, each an array of names of columns; one that is not given has none.
    pub(crate) fn arguments<const N: usize>(&self) -> [Vec<String>; N] {
        let arguments = self.0.extra_args().expect("arguments are UTF-8");
        let names = |list: &String| {
            list.trim_matches(['{', '}'])
                .split(',')
                .map(|name| name.trim_matches('"').to_owned())
                .filter(|name| !name.is_empty())
                .collect()
        };
        std::array::from_fn(|number| arguments.get(number).map(names).unwrap_or_default())
    }

    /// The rows as they were; none for an insert.
    pub(crate) fn former(&self) -> Rows {
        Rows::of(self.0.trigger_data().tg_oldtable, self.0)
    }

    /// The rows as they are; none for a delete.
    pub(crate) fn present(&self) -> Rows {
        Rows::of(self.0.trigger_data().tg_newtable, self.0)
    }
}

/// Rows of a transition table, each as the text of a JSON object.
pub(crate) struct Rows {
    /// Null for a table that the statement does not have.
    store: *mut pg_sys::Tuplestorestate,
    /// A table may be read by several at once, each from a place of its own.
    place: i32,
    slot: *mut pg_sys::TupleTableSlot,
    memory: PgMemoryContexts,
}

impl Rows {
    fn of(store: *mut pg_sys::Tuplestorestate, trigger: &PgTrigger<'_>) -> Self {
        let (mut place, mut slot) = (0, std::ptr::null_mut());
        if !store.is_null() {
            // SAFETY: the transition table and the trigger's table are there as long as the trigger runs, and rows of the one
            // are of the other's type. A new place is at the beginning once the table is rewound.
            unsafe {
                place =
                    pg_sys::tuplestore_alloc_read_pointer(store, pg_sys::EXEC_FLAG_REWIND as i32);
                pg_sys::tuplestore_select_read_pointer(store, place);
                pg_sys::tuplestore_rescan(store);
                slot = pg_sys::MakeSingleTupleTableSlot(
                    (*trigger.trigger_data().tg_relation).rd_att,
                    &raw const pg_sys::TTSOpsMinimalTuple,
                );
            }
        }
        let memory = PgMemoryContexts::new("a row of a statement");
        Self {
            store,
            place,
            slot,
            memory,
        }
    }
}

impl Iterator for Rows {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.store.is_null() {
            return None;
        }
        // SAFETY: as above; the row is a value of the table's row type, which `row_to_json` takes.
        let text = unsafe {
            pg_sys::tuplestore_select_read_pointer(self.store, self.place);
            pg_sys::tuplestore_gettupleslot(self.store, true, false, self.slot).then(|| {
                self.memory.switch_to(|_| {
                    let row = pg_sys::ExecFetchSlotHeapTupleDatum(self.slot);
                    direct_function_call::<String>(pg_sys::row_to_json, &[Some(row)])
                        .expect("the text of a row is not null")
                })
            })
        };
        // SAFETY: what was made of the row is copied.
        unsafe { self.memory.reset() };
        text
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        if !self.slot.is_null() {
            // SAFETY: made in `of`, and no longer used.
            unsafe { pg_sys::ExecDropSingleTupleTableSlot(self.slot) };
        }
    }
}
