//! The wire as far as a load needs it: a handshake, frames of a client, and a look into events that builds nothing.

mod frame;
mod scan;
mod dial;

pub use dial::{Dialled, Refused, dial, dial_peer};
pub use frame::{BadFrame, Frame, Opcode, next_frame, next_masked, put_frame, put_unmasked};
pub use scan::{Scanned, leading_number, scan};
