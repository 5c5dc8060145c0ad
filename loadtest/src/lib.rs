//! The fault campaign: people who chat over the documented wire, a nemesis that breaks what they chat over, and a
//! checker that compares what everybody saw with what was promised. Top to bottom: what is noted, how it is judged,
//! who talks, what they are told to do, what is broken, and the run that joins them. Beside it `load`: a tool of its own,
//! which measures, and shares nothing with the rest.

pub mod history;
pub mod check;
pub mod client;
pub mod workload;
pub mod nemesis;
pub mod logs;
pub mod campaign;
pub mod rolling;
pub mod load;
