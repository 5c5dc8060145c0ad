//! `imtt-chaos`.
fn main() {}
