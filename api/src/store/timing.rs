//! What the database costs: how long requests wait for a connection to it, and how long its statements take.

use metrics::histogram;
use shared::metrics::{POOL_WAIT_SECONDS, QUERY_SECONDS};
use tokio::time::Instant;

/// Counts how long a request waits for its connection, with or without success.
pub(super) struct Waiting {
    pool: &'static str,
    since: Instant,
}

impl Waiting {
    pub fn in_pool(pool: &'static str) -> Self {
        Self { pool, since: Instant::now() }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        histogram!(POOL_WAIT_SECONDS, "pool" => self.pool).record(self.since.elapsed().as_secs_f64());
    }
}

/// Counts how long a statement takes, with or without success, and given up too.
pub(super) struct Running {
    statement: String,
    since: Instant,
}

impl Running {
    pub fn of(text: &str) -> Self {
        Self { statement: name(text), since: Instant::now() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        histogram!(QUERY_SECONDS, "query" => statement).record(self.since.elapsed().as_secs_f64());
    }
}

/// What a statement does, and to which table first: `select messages`. As few as there are tables.
fn name(text: &str) -> String {
    let mut words = text.split_ascii_whitespace().peekable();
    let mut name = words.peek().copied().unwrap_or_default().to_ascii_lowercase();
    while let Some(word) = words.next() {
        let names_a_table = ["FROM", "INTO", "UPDATE"].contains(&word);
        let table = words.peek().map(|word| word.trim_end_matches([',', ')']));
        // Another select in brackets is none.
        if let Some(table) = table.filter(|table| names_a_table && table.starts_with(char::is_alphabetic)) {
            name.push(' ');
            name.push_str(table);
            break;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn statements_are_named_by_what_they_do_and_where() {
        for (text, expected) in [
            ("SELECT id FROM messages WHERE seq > ?", "select messages"),
            ("SELECT x FROM (SELECT id FROM users) u, groups", "select users"),
            ("INSERT INTO users (id) VALUES (?) ON DUPLICATE KEY UPDATE name = 1", "insert users"),
            ("UPDATE conversations SET last_seq = 1", "update conversations"),
            ("DELETE sessions FROM sessions FORCE INDEX (PRIMARY)", "delete sessions"),
            ("SELECT c.id FROM conversations c ORDER BY c.id FOR UPDATE SKIP LOCKED", "select conversations"),
            ("SELECT 1", "select"),
            ("", ""),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }
}
