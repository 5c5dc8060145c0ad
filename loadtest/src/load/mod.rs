//! The load tool: load of a few shapes on a system that runs or that it starts, what that costs, and whether every
//! acknowledged message arrived once and in order. It speaks to the system as any client does, and to no code of it.
//! Top to bottom: what is asked for, the wire, the worker processes that hold the connections, the system, what is
//! measured, the run that joins them, its reports, and the same work for what people would use instead.

pub mod options;
pub mod wire;
pub mod worker;
pub mod system;
pub mod measure;
pub mod run;
pub mod report;
pub mod peers;
