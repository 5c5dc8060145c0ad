//! The wire as far as a load needs it: a handshake, frames of a client, and a look into events that builds nothing.

mod frame;
mod scan;
mod dial;

pub use dial::{Dialled, Refused, dial};
pub use frame::{BadFrame, Frame, Opcode, next_frame, put_frame};
pub use scan::{Scanned, leading_number, scan};
