//! Counting the current request against the limits of its bearer.
//!
//! The limits are rows of a table. Each session remembers those it has learned for two seconds, so that a request rarely
//! asks for them: that a DBA's change takes as long is nobody's loss, while a query in each request is everybody's.

use super::class::Class;
use crate::error::{Result, invalid};
use crate::pg::{Json, JsonText, set_for_transaction, setting};
use crate::rate_limit::{Limit, Taken, monotonic, take};
use pgrx::pg_extern;
use serde::Deserialize;
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;

/// How long learned limits are good, in nanoseconds.
const REMEMBERED: u64 = 2_000_000_000;
/// Of so many bearers in so many tenants; with more the session begins anew.
const MAX_REMEMBERED: usize = 4096;

/// How many requests of a class a kind of bearer may make.
#[derive(Clone, Deserialize)]
struct Allowance {
    bearer: String,
    burst: f64,
    per_second: f64,
}

/// Whose limits: the class of endpoints, the kind of bearer, the tenant (0: none).
type Whose = (&'static str, String, i32);

/// Until when they are good, and the limits.
type Learned = (u64, Vec<Allowance>);

thread_local! {
    static LEARNED: RefCell<HashMap<Whose, Learned>> = RefCell::default();
}

/// Remembers the limits of a kind of bearer in a tenant, for the class of the current request.
#[pg_extern(strict, volatile, parallel_restricted)]
fn learn_limits(bearer: &str, tenant_id: i32, limits: Json<'_>) -> Result<()> {
    let allowances: Vec<Allowance> = serde_json::from_str(limits.text()).map_err(|cause| {
        invalid(
            format!("limits are not usable: {cause}"),
            "Pass an array of objects with bearer, burst and per_second.",
        )
    })?;
    let whose = (
        Class::of_current_request().name(),
        bearer.to_owned(),
        tenant_id,
    );
    LEARNED.with_borrow_mut(|learned| {
        if learned.len() >= MAX_REMEMBERED {
            learned.clear();
        }
        learned.insert(whose, (monotonic() + REMEMBERED, allowances));
    });
    Ok(())
}

/// Counts the current request against the limits of its bearer, and tells the scarcest in the answer's headers.
#[pg_extern(strict, volatile, parallel_restricted)]
fn count_request(bearer: &str, tenant_id: i32, name: &str) -> Result<Option<JsonText>> {
    let class = Class::of_current_request().name();
    let whose = (class, bearer.to_owned(), tenant_id);
    let known = LEARNED.with_borrow(|learned| {
        let (until, allowances) = learned.get(&whose)?;
        (*until > monotonic()).then(|| allowances.clone())
    });
    let Some(allowances) = known else {
        return Ok(Some(JsonText(json!({"unknown": class}).to_string())));
    };
    let mut scarcest: Option<(Allowance, Taken)> = None;
    for allowance in allowances {
        let bucket = match allowance.bearer.as_str() {
            "tenant" => format!("tenant/{class}/{tenant_id}"),
            "user" | "key" => format!("{}/{class}/{tenant_id}/{name}", allowance.bearer),
            "strangers" => format!("strangers/{class}"),
            other => format!("{other}/{class}/{name}"),
        };
        let taken = take(
            &bucket,
            &Limit::usable(allowance.burst, allowance.per_second, 1.0)?,
        );
        if scarcest.as_ref().is_none_or(|(_, least)| {
            (taken.allowed, taken.remaining) < (least.allowed, least.remaining)
        }) {
            scarcest = Some((allowance, taken));
        }
    }
    Ok(match scarcest {
        None => None,
        Some((allowance, taken)) if taken.allowed => {
            tell(&allowance, &taken);
            None
        }
        Some((allowance, taken)) => Some(JsonText(
            json!({
                "bearer": allowance.bearer,
                "burst": allowance.burst.to_string(),
                "retry_after": taken.retry_after.unwrap_or(taken.reset_after).ceil().to_string(),
                "reset_after": taken.reset_after.ceil().to_string(),
            })
            .to_string(),
        )),
    })
}

/// More of the list of headers that opening the request began.
fn tell(allowance: &Allowance, taken: &Taken) {
    let headers = setting(c"response.headers").unwrap_or_default();
    let begun = headers.strip_suffix(']').filter(|begun| begun.len() > 1);
    set_for_transaction(
        c"response.headers",
        &format!(
            "{}{{\"X-RateLimit-Limit\": \"{}\"}}, {{\"X-RateLimit-Remaining\": \"{}\"}}, {{\"X-RateLimit-Reset\": \"{}\"}}]",
            begun.map_or_else(|| "[".to_owned(), |begun| format!("{begun}, ")),
            allowance.burst,
            taken.remaining.floor(),
            taken.reset_after.ceil()
        ),
    );
}
