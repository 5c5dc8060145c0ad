//! A request's body as a typed value. Strict: JSON by name and by content, one object, every field known. What
//! the types themselves cannot say (a name's length, a target) is checked by the handler.

use crate::app::App;
use crate::error::ApiError;
use salvo::extract::Metadata;
use salvo::http::ParseError;
use salvo::oapi::{Components, EndpointArgRegister, Operation, RequestBody, Required, ToSchema};
use salvo::{Depot, Extractible, Request};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use shared::error::Code;

/// The body, which must be there.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The body, which may be left out.
#[derive(Debug)]
pub struct OptionalBody<T>(pub Option<T>);

impl<'ex, T: DeserializeOwned + Send> Extractible<'ex> for Body<T> {
    fn metadata() -> &'static Metadata {
        static METADATA: Metadata = Metadata::new("Body");
        &METADATA
    }

    #[allow(refining_impl_trait)]
    async fn extract(req: &'ex mut Request, depot: &'ex mut Depot) -> Result<Self, ApiError> {
        let is_json = is_json(req);
        let bytes = read(req, depot).await?;
        if !is_json {
            return Err(Code::UnsupportedMediaType.into());
        }
        parse(bytes).map(Self).map_err(ApiError::from)
    }
}

impl<'ex, T: DeserializeOwned + Send> Extractible<'ex> for OptionalBody<T> {
    fn metadata() -> &'static Metadata {
        static METADATA: Metadata = Metadata::new("OptionalBody");
        &METADATA
    }

    #[allow(refining_impl_trait)]
    async fn extract(req: &'ex mut Request, depot: &'ex mut Depot) -> Result<Self, ApiError> {
        if read(req, depot).await?.is_empty() {
            return Ok(Self(None));
        }
        Ok(Self(Some(Body::<T>::extract(req, depot).await?.0)))
    }
}

fn is_json(req: &Request) -> bool {
    req.content_type().is_some_and(|mime| mime.essence_str() == "application/json")
}

async fn read<'r>(req: &'r mut Request, depot: &Depot) -> Result<&'r [u8], ApiError> {
    let limit = App::of(depot)?.config.max_body;
    match req.payload_with_max_size(limit).await {
        Ok(bytes) => Ok(bytes),
        Err(ParseError::PayloadTooLarge) => Err(Code::BodyTooLarge.into()),
        // The client broke off, or sent what is no HTTP body.
        Err(_) => Err(Code::BadRequest.into()),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Code> {
    // Structs can be read from arrays too, field by field; bodies are objects.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        let is_json = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
        return Err(if is_json { Code::BadRequest } else { Code::BadJson });
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => Code::BadRequest,
        Category::Syntax | Category::Eof | Category::Io => Code::BadJson,
    })
}

impl<T: ToSchema> EndpointArgRegister for Body<T> {
    fn register(components: &mut Components, operation: &mut Operation, _: &str) {
        operation.request_body = Some(documented::<T>(components, Required::True));
    }
}

impl<T: ToSchema> EndpointArgRegister for OptionalBody<T> {
    fn register(components: &mut Components, operation: &mut Operation, _: &str) {
        operation.request_body = Some(documented::<T>(components, Required::False));
    }
}

fn documented<T: ToSchema>(components: &mut Components, required: Required) -> RequestBody {
    RequestBody::new().required(required).add_content("application/json", T::to_schema(components))
}
