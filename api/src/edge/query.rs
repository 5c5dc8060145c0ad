//! What stands in a request's address: ids in its path and the query after `?`, read as strictly as bodies.

use crate::error::ApiError;
use salvo::Request;
use shared::error::Code;

/// The parameters of a query, each known and named once.
pub struct Query<'r>(&'r Request);

impl<'r> Query<'r> {
    /// Takes the query of a request that may have these parameters and no others.
    ///
    /// # Errors
    /// `bad_request` for one that is unknown or named twice.
    pub fn of(req: &'r Request, known: &[&str]) -> Result<Self, ApiError> {
        let strange =
            |(name, values): (&String, &Vec<String>)| !known.contains(&name.as_str()) || values.len() != 1;
        if req.queries().iter_all().any(strange) {
            return Err(Code::BadRequest.into());
        }
        Ok(Self(req))
    }

    /// The text of a parameter.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'r str> {
        self.0.queries().get(name).map(String::as_str)
    }

    /// A whole number.
    ///
    /// # Errors
    /// `code`, when it is something else.
    pub fn number(&self, name: &str, code: Code) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| code.into())
    }
}

/// The id in a request's path.
///
/// # Errors
/// `bad_id`, when it is no whole number above zero.
pub fn path_id(req: &Request) -> Result<i64, ApiError> {
    let id = req.params().get("id").and_then(|text| text.parse().ok());
    id.filter(|id| *id > 0).ok_or_else(|| Code::BadId.into())
}

/// An id in a body.
///
/// # Errors
/// `bad_id`, for a number that no row has.
pub fn checked_id(id: i64) -> Result<i64, ApiError> {
    if id > 0 { Ok(id) } else { Err(Code::BadId.into()) }
}
