//! ⑤ The door over HTTP, before api nodes that fail exactly as a test says. What the real api answers through it
//! is tested with the all-in-one, which has both sides.

mod addresses;
mod failing;
mod look_ups;
mod node;
mod refusing;
mod support;
