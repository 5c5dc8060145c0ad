//! What the process counts, read from the text that a node exports.

use shared::metrics::Program;

/// The value of a counter or gauge with exactly these labels, such as `name{cause="hole"}`; 0 before its first count.
/// It is the process's, whatever number of tests run in it: only what no other test moves can be compared.
pub fn value(series: &str) -> u64 {
    let installed = shared::metrics::install(Program::Gateway, None);
    let text = installed.expect("nobody else installs a recorder").render();
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.map_or(0, |value| value.parse::<f64>().expect("a number") as u64)
}
