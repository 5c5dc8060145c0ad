//! Why a request is refused. The client gets a code and nothing of what went wrong inside; that is logged
//! here, once, with the request's id.

use salvo::http::header::CONTENT_TYPE;
use salvo::oapi::{Components, EndpointOutRegister, Operation, Response as Documented, ToSchema};
use salvo::{Depot, Request, Response, Writer, async_trait};
use serde::Serialize;
use shared::door::Refusal;
use shared::error::Code;
use shared::rate::TooFast;
use shared::serve::refuse::refuse;
use std::error::Error;
use std::time::Duration;

/// A refusal on its way to the client.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    retry_after: Option<Duration>,
    /// For the log only.
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// The node's own fault: a thing that cannot be, was.
    #[must_use]
    pub fn bug(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: Code::Internal, retry_after: None, cause: Some(cause.into()) }
    }

    /// The code that the client gets.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self { code, retry_after: None, cause: None }
    }
}

impl From<TooFast> for ApiError {
    fn from(limit: TooFast) -> Self {
        Self { code: Code::TooFast, retry_after: Some(limit.retry_after), cause: None }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let retry_after = refusal.retry_after_ms.map(Duration::from_millis);
        Self { code: refusal.code, retry_after, cause: None }
    }
}

/// A database that does not do its part may do it later; a row that is not what the code takes it for is a
/// bug of ours.
impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let is_bug = matches!(
            error,
            E::RowNotFound
                | E::ColumnNotFound(_)
                | E::ColumnIndexOutOfBounds { .. }
                | E::ColumnDecode { .. }
                | E::TypeNotFound { .. }
                | E::Decode(_)
                | E::Encode(_)
                | E::InvalidArgument(_)
        );
        let code = if is_bug { Code::Internal } else { Code::Unavailable };
        Self { code, retry_after: (!is_bug).then_some(Duration::from_secs(1)), cause: Some(Box::new(error)) }
    }
}

#[async_trait]
impl Writer for ApiError {
    async fn write(self, req: &mut Request, _: &mut Depot, res: &mut Response) {
        if let Some(cause) = &self.cause {
            let request_id = res.headers().get("x-request-id").and_then(|id| id.to_str().ok());
            let route = req.matched_path();
            if self.code == Code::Internal {
                tracing::error!(request_id, route, %cause, "a request failed");
            } else {
                tracing::warn!(request_id, route, %cause, "a request was put off");
            }
        }
        res.headers_mut().remove(CONTENT_TYPE);
        refuse(res, self.code, self.retry_after);
    }
}

/// The body of every refusal.
#[derive(Serialize, ToSchema)]
#[salvo(schema(name = "Error"))]
pub struct ErrorBody {
    /// What it says.
    pub error: ErrorFields,
}

/// What a refusal says.
#[derive(Serialize, ToSchema)]
pub struct ErrorFields {
    /// Stable; the protocol's table lists them all.
    pub code: String,
    /// For whoever debugs.
    pub message: String,
    /// The request's name in the server's log.
    pub request_id: String,
    /// How long to wait before the next try; with `too_fast` and `unavailable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl EndpointOutRegister for ApiError {
    fn register(components: &mut Components, operation: &mut Operation) {
        let body = ErrorBody::to_schema(components);
        operation.responses.insert(
            "default",
            Documented::new("Refused: the code says why.").add_content("application/json", body),
        );
    }
}
