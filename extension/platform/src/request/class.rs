//! What kind of endpoint a request asks.

use super::Refusal;
use crate::pg::setting;

/// A class of endpoints, as `auth.rate_limit` names them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// What takes no token, and makes one.
    Login,
    /// Asking for a link to choose a new password.
    Reset,
    Ingest,
    Read,
    Write,
    /// Writing to a view, which nothing allows.
    WrittenView,
}

impl Class {
    pub(super) fn of_current_request() -> Self {
        let method = setting(c"request.method");
        let path = setting(c"request.path");
        Self::of(method.as_deref(), path.as_deref().unwrap_or_default())
    }

    fn of(method: Option<&str>, path: &str) -> Self {
        let reads = matches!(method, Some("GET" | "HEAD" | "OPTIONS"));
        match path {
            "/rpc/login"
            | "/rpc/refresh"
            | "/rpc/accept_invite"
            | "/rpc/reset_password"
            | "/rpc/set_password_page"
            | "/rpc/set_password" => Self::Login,
            "/rpc/request_password_reset" => Self::Reset,
            "/rpc/ingest" => Self::Ingest,
            _ if reads => Self::Read,
            _ if method.is_none() || path.starts_with("/rpc/") => Self::Write,
            _ => Self::WrittenView,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Reset => "reset",
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Write | Self::WrittenView => "write",
        }
    }

    /// Writing to a view over a join is an error of the server to PostgREST (500); here it is one of the client.
    pub(super) fn refusal(self) -> Option<Refusal> {
        (self == Self::WrittenView).then_some(Refusal {
            code: "PT405",
            message: "views are only read",
            hint: "Change things with POST /rpc/…; GET / lists the procedures.",
        })
    }
}
