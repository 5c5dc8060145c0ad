//! What is measured, and with what: a clock that all processes share, histograms, and what the system says of the
//! processes' time and memory.

mod clock;
mod spread;
mod process;
mod machine;
mod scrape;
mod statistics;

pub use clock::{Micros, micros, sleep_until};
pub use machine::{Machine, Sockets};
pub use process::{cpu_of, raise_open_files, rss_of};
pub use scrape::{Scrape, fetch};
pub use spread::{Histogram, Latency, Spread};
pub use statistics::{Middle, line_through, median};
