//! `GET /api/about`: that this is an IM-TT server, and how it speaks. A client that was given an address asks before
//! anything else.

use crate::error::ApiError;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use serde::Serialize;

/// The protocol of `docs/protocol.md`. It goes up when a client that does not know has to stop.
const PROTOCOL: u32 = 1;

/// What everybody may know of a server.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "About"))]
pub struct AboutAnswer {
    /// Always `im-tt`.
    product: &'static str,
    /// The protocol that it speaks.
    protocol: u32,
}

/// Says that this is an IM-TT server.
#[endpoint]
pub async fn show_about() -> Result<Json<AboutAnswer>, ApiError> {
    // Refused only by what stands before it, its rate rule.
    Ok(Json(AboutAnswer { product: "im-tt", protocol: PROTOCOL }))
}
