//! A worker: one process, one thread, as many connections as it is told to hold. Its orders come as JSON lines on the
//! standard input; what it tells goes to the standard output.

mod orders;
mod ledger;
mod tally;
mod shared;
mod line;
mod hear;
mod say;
mod catch_up;
mod live;

pub use ledger::{Ledger, Place, Taken, Troubles, mix};
pub use live::live;
pub use orders::{Acked, Away, Counts, LineTask, Order, Seen, Speech, Task, Tell, To};
