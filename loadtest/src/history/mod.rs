//! The history of a campaign: one list of events in the order in which they happened, in memory for the checker and
//! as JSON lines for whoever wants to look closer.

mod event;
mod ending;

pub use ending::{ConversationRow, Ending, History as UserHistory, Listed, MemberRow, MessageRow, ReadRow};
pub use event::{
    Change, ClientId, ConnectionId, Event, Head, Key, Kind, Micros, Moment, Seen, SessionNo, Via, What,
    hash_of,
};

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Where everybody notes what happened. Cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    began: Instant,
    /// Guards the list and its file, so that both have one order; never held over an await.
    kept: Arc<Mutex<Kept>>,
    numbers: Arc<AtomicU32>,
}

#[derive(Default)]
struct Kept {
    events: Vec<Event>,
    file: Option<BufWriter<File>>,
    /// The file took no more: said once, at the end.
    failed: Option<io::Error>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// A history in memory alone.
    #[must_use]
    pub fn new() -> Self {
        Self { began: Instant::now(), kept: Arc::default(), numbers: Arc::new(AtomicU32::new(1)) }
    }

    /// A history that is written to a file too.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn to_file(path: &Path) -> io::Result<Self> {
        let recorder = Self::new();
        recorder.lock().file = Some(BufWriter::with_capacity(1 << 20, File::create(path)?));
        Ok(recorder)
    }

    /// Now, by this history's clock.
    #[must_use]
    pub fn now(&self) -> Micros {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// A number that nothing else in this history has.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes something that happens now.
    pub fn note(&self, what: What) -> Micros {
        let mut kept = self.lock();
        // Read under the lock: the list's order is the order of the times in it.
        let event = Event { at: self.now(), what };
        let at = event.at;
        kept.write(&event);
        kept.events.push(event);
        at
    }

    /// Writes the end behind the events, and gives both to the checker.
    ///
    /// # Errors
    /// The file took not all of it.
    pub fn finish(&self, ending: &Ending) -> io::Result<Vec<Event>> {
        let mut kept = self.lock();
        if let Some(mut file) = kept.file.take() {
            serde_json::to_writer(&mut file, ending)?;
            file.write_all(b"\n")?;
            file.flush()?;
        }
        kept.failed.take().map_or(Ok(()), Err)?;
        Ok(std::mem::take(&mut kept.events))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // A panic between two pushes leaves a list that is whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn write(&mut self, event: &Event) {
        let Some(file) = &mut self.file else { return };
        let written = serde_json::to_writer(&mut *file, event)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"));
        if let Err(error) = written {
            self.failed = Some(error);
            self.file = None;
        }
    }
}

/// Reads what [`Recorder::finish`] wrote.
///
/// # Errors
/// The file cannot be read, or was cut short.
pub fn read(path: &Path) -> io::Result<(Vec<Event>, Ending)> {
    let mut events = Vec::new();
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line?;
        match serde_json::from_str(&line) {
            Ok(event) => events.push(event),
            Err(_) => return Ok((events, serde_json::from_str(&line)?)),
        }
    }
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the history has no end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_read_back_as_it_was_written() {
        let folder = std::env::temp_dir().join(format!("imtt-history-{}", std::process::id()));
        let recorder = Recorder::to_file(&folder).unwrap();
        recorder.note(What::Client { client: 1, user: 7 });
        recorder.note(What::Quiet);
        let reads = vec![ReadRow { conv: 1, user: 7, read_seq: 3 }];
        let ending = Ending { reads, ..Ending::default() };
        let events = recorder.finish(&ending).unwrap();
        assert_eq!(events.len(), 2);
        assert!(events.is_sorted_by_key(|event| event.at));
        let read = read(&folder).unwrap();
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(read, (events, ending));
    }
}
