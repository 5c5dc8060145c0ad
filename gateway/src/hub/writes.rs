//! ⑩ What a worker has delivered and not yet written. It writes to the sockets itself when it has taken what the bus
//! had for it, so what came together goes out together; and a socket that was written to again and again waits a moment
//! for more, since a write costs the same whatever it carries. ADR 10 has the figures.

use crate::connection::{Due, Meters};
use tokio::task::{unconstrained, yield_now};
use tokio::time::{Instant, sleep_until};

/// After so many sockets others get a turn.
const TURN: usize = 64;

/// To whom something is to be written.
#[derive(Default)]
pub(super) struct Writes {
    /// Now.
    pub due: Due,
    /// When their pace allows it.
    later: Due,
    /// When the first of those may be.
    later_at: Option<Instant>,
    meters: Meters,
}

impl Writes {
    /// Writes to all that are due. Each socket takes what it takes at once; nobody is waited for.
    pub async fn write(&mut self) {
        if self.later_at.is_some_and(|at| at <= Instant::now()) {
            self.later_at = None;
            self.due.0.append(&mut self.later.0);
        }
        // The budget of a task is for what it reads; here it ends by itself.
        unconstrained(self.write_due()).await;
    }

    /// Waits until some may be written to whose pace did not allow it.
    pub fn paced(&self) -> impl Future<Output = ()> + use<> {
        let at = self.later_at;
        async move {
            match at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        }
    }

    async fn write_due(&mut self) {
        while !self.due.0.is_empty() {
            let turn = self.due.0.len().saturating_sub(TURN);
            for connection in self.due.0.drain(turn..) {
                if let Some(at) = connection.write_now(&self.meters) {
                    self.later_at.get_or_insert(at);
                    self.later.0.push(connection);
                }
            }
            yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::outbox::{MUCH, OutboxBounds, Worth};
    use crate::connection::{AT_ONCE, Commands, Connection, Input, PACE, Rest, converse, push_to_all};
    use bytes::Bytes;
    use futures_util::FutureExt;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use shared::close::Close;
    use shared::ids::{SessionId, UserId};
    use shared::metrics as names;
    use shared::time::{Clock, Timestamp};
    use shared::token::Claims;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};

    struct Silence;

    impl Commands for Silence {
        fn max_frame(&self) -> usize {
            0
        }

        fn run<'a>(&'a self, _: &'a Arc<Connection>, _: &str) -> Result<Rest<'a>, Close> {
            Ok(None)
        }

        fn count(&self, _: &Connection) -> Result<(), Close> {
            Ok(())
        }
    }

    /// A connection whose task waits for something to do, and its client. `room`: what the socket takes at once.
    async fn connected(room: usize) -> (Arc<Connection>, DuplexStream) {
        let claims = Claims { user_id: UserId(1), session_id: SessionId(1), expires_at: Timestamp(i64::MAX) };
        let bounds = OutboxBounds { bytes: 4 * MUCH, frames: 512 };
        let clock = Clock::manual(Timestamp(0));
        let connection = Arc::new(Connection::new(claims, &clock, bounds, Duration::from_secs(25)));
        let (client, server) = duplex(room);
        let talking = connection.clone();
        tokio::spawn(async move { converse(server, &mut Input::default(), &Silence, &talking).await });
        connection.outbox.release(Bytes::new());
        settled().await;
        // The pace of that release is over.
        tokio::time::advance(PACE).await;
        (connection, client)
    }

    /// Every task has done what it can. On this runtime a task that yields is behind all that are awake.
    async fn settled() {
        for _ in 0..8 {
            yield_now().await;
        }
    }

    fn deliver(connection: &Arc<Connection>, frame: &[u8], due: &mut Due) {
        push_to_all([connection], &Bytes::copy_from_slice(frame), Worth::Durable, None, due);
    }

    /// As many frames as go out at once after a while without any.
    async fn talk(connection: &Arc<Connection>, writes: &mut Writes, client: &mut DuplexStream) {
        for _ in 0..AT_ONCE {
            deliver(connection, b"1", &mut writes.due);
            writes.write().await;
            assert_eq!(look(client), b"1");
        }
    }

    /// What the client finds in one look.
    fn look(client: &mut DuplexStream) -> Vec<u8> {
        let mut found = vec![0; 4 * MUCH];
        let count = client.read(&mut found).now_or_never().map_or(0, |read| read.expect("it is open"));
        found.truncate(count);
        found
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_go_out_at_once_and_what_comes_faster_than_the_pace_together_and_none_waits_longer() {
        let (connection, mut client) = connected(4 * MUCH).await;
        let mut writes = Writes::default();
        talk(&connection, &mut writes, &mut client).await;
        for frame in [b"2", b"3"] {
            deliver(&connection, frame, &mut writes.due);
            writes.write().await;
            settled().await;
            assert_eq!(look(&mut client), b"");
        }
        let began = Instant::now();
        writes.paced().await;
        writes.write().await;
        assert!(began.elapsed() <= PACE + Duration::from_millis(1), "the clock's next step at most");
        assert_eq!(look(&mut client), b"23");
        assert!(writes.paced().now_or_never().is_none(), "nothing is left to wait for");
        deliver(&connection, b"4", &mut writes.due);
        writes.write().await;
        assert_eq!(look(&mut client), b"", "one for each pace");
        tokio::time::advance(PACE * (AT_ONCE + 1)).await;
        writes.write().await;
        assert_eq!(look(&mut client), b"4");
        tokio::time::advance(PACE * AT_ONCE).await;
        talk(&connection, &mut writes, &mut client).await;
    }

    #[tokio::test(start_paused = true)]
    async fn much_waits_for_no_pace_and_neither_does_an_answer() {
        let (connection, mut client) = connected(4 * MUCH).await;
        let mut writes = Writes::default();
        talk(&connection, &mut writes, &mut client).await;
        deliver(&connection, b"2", &mut writes.due);
        writes.write().await;
        assert_eq!(look(&mut client), b"");
        deliver(&connection, &[3; MUCH], &mut writes.due);
        writes.write().await;
        assert_eq!(look(&mut client).len(), 1 + MUCH);
        deliver(&connection, b"4", &mut writes.due);
        writes.write().await;
        connection.answer(Bytes::from_static(b"5"));
        settled().await;
        assert_eq!(look(&mut client), b"45");
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_socket_does_not_take_at_once_follows_in_order() {
        let (connection, mut client) = connected(4).await;
        let mut writes = Writes::default();
        for frame in [&b"123456"[..], b"789", b"abc"] {
            deliver(&connection, frame, &mut writes.due);
            writes.write().await;
        }
        let mut all = [0; 12];
        client.read_exact(&mut all).await.expect("all of it");
        assert_eq!(&all, b"123456789abc");
    }

    #[tokio::test(start_paused = true)]
    async fn a_delivery_lasts_from_the_commit_until_the_socket_has_taken_it_and_never_less_than_nothing() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _counting = metrics::set_default_local_recorder(&recorder);
        let counted = || {
            let text = recorder.handle().render();
            let value =
                |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            let of = |part: &str| value(&format!("{}_{part}", names::DELIVERY_SECONDS)).unwrap_or(0.0);
            (of("count"), of("sum"))
        };
        let (connection, mut client) = connected(4).await;
        let mut writes = Writes::default();
        let committed_at = connection.clock.now();
        let entry = Bytes::from_static(b"123456");
        push_to_all([&connection], &entry, Worth::Durable, Some(committed_at), &mut writes.due);
        push_to_all([&connection], &entry, Worth::Ephemeral, None, &mut writes.due);
        connection.clock.advance(Duration::from_secs(1));
        writes.write().await;
        assert_eq!(counted(), (0.0, 0.0), "queued, and partly written");
        connection.clock.advance(Duration::from_secs(2));
        client.read_exact(&mut [0; 12]).await.expect("both");
        settled().await;
        assert_eq!(counted(), (1.0, 3.0), "the entry, and nothing else");
        tokio::time::advance(PACE).await;
        let ahead = connection.clock.now().plus(Duration::from_secs(60));
        push_to_all([&connection], &entry, Worth::Durable, Some(ahead), &mut writes.due);
        writes.write().await;
        client.read_exact(&mut [0; 6]).await.expect("the next");
        settled().await;
        assert_eq!(counted(), (2.0, 3.0), "committed by a clock that is ahead of ours");
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_writes_is_written_by_the_connection_itself() {
        let (connection, mut client) = connected(4 * MUCH).await;
        deliver(&connection, b"1", &mut Due::default());
        settled().await;
        assert_eq!(look(&mut client), b"1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_fails_ends_the_connection() {
        let (connection, client) = connected(4).await;
        let mut writes = Writes::default();
        drop(client);
        deliver(&connection, b"123456", &mut writes.due);
        writes.write().await;
        settled().await;
        assert_eq!(Arc::strong_count(&connection), 1, "its task is over");
    }

    #[tokio::test(start_paused = true)]
    async fn a_closing_connection_sends_what_was_delivered_and_then_its_reason() {
        let (connection, mut client) = connected(4).await;
        let mut writes = Writes::default();
        deliver(&connection, b"123456", &mut writes.due);
        writes.write().await;
        connection.outbox.close(Close::Restarting);
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.expect("the end");
        assert_eq!(&all[..6], b"123456");
        assert_eq!(all[6..8], [0x88, all[7]], "a close frame");
    }
}
