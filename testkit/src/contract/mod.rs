//! What every implementation of a seam must do, as cases that know its trait and nothing else. The in-process bus and
//! presence pass them, and whatever stands in their place in a cluster has to pass the same ones.
//!
//! [`bus_contract!`](crate::bus_contract) and [`presence_contract!`](crate::presence_contract) make a test of each case.

pub mod bus;
pub mod presence;
