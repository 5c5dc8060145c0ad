//! Answers other than "200 with JSON".

use salvo::http::StatusCode;
use salvo::oapi::{Components, EndpointOutRegister, Operation, Response as Documented, ToSchema};
use salvo::writing::Json;
use salvo::{Response, Scribe};
use serde::Serialize;

/// 201 with JSON.
pub struct Created<T>(pub T);

/// 204.
pub struct NoContent;

impl<T: Serialize + Send> Scribe for Created<T> {
    fn render(self, res: &mut Response) {
        res.status_code(StatusCode::CREATED);
        Json(self.0).render(res);
    }
}

impl Scribe for NoContent {
    fn render(self, res: &mut Response) {
        res.status_code(StatusCode::NO_CONTENT);
    }
}

impl<T: ToSchema> EndpointOutRegister for Created<T> {
    fn register(components: &mut Components, operation: &mut Operation) {
        let body = T::to_schema(components);
        operation.responses.insert("201", Documented::new("Made.").add_content("application/json", body));
    }
}

impl EndpointOutRegister for NoContent {
    fn register(_: &mut Components, operation: &mut Operation) {
        operation.responses.insert("204", Documented::new("Done."));
    }
}
