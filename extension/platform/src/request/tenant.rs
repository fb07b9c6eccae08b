//! Whose rows the current session may see.

use crate::pg::{session_user, setting};
use pgrx::fn_call::fn_call;
use pgrx::pg_extern;

/// PostgREST's login. Only behind it does `request.tenant_id` hold what the hook found out: any other login can set it.
const TRUSTED: &str = "authenticator";

/// The tenant of the current session; `sql/auth/tenant_id.sql` declares it, among the functions of the schema.
#[pg_extern(sql = false)]
fn tenant_id() -> Option<i32> {
    let known = setting(c"request.tenant_id").filter(|_| session_user() == TRUSTED);
    known
        .and_then(|id| id.parse().ok())
        // It raises an error when there is none; NULL would be nobody's.
        .or_else(|| fn_call("auth.login_tenant", &[]).ok().flatten())
}
