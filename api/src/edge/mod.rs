//! What every request passes on its way to a handler, and every answer on its way back: measuring, headers,
//! other origins, limits, bodies and queries. No rule about accounts or conversations lives here.

pub mod measure;
pub mod headers;
pub mod origin;
pub mod limits;
pub mod body;
pub mod query;
pub mod reply;
