//! A shelf in memory, that nodes of a test share; it can be away, lose what it has, and be written to by anybody.

use async_trait::async_trait;
use bytes::Bytes;
use shared::shelf::{Shelf, ShelfAway};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[derive(Default)]
pub struct MemoryShelf {
    pub things: Mutex<BTreeMap<String, Bytes>>,
    pub is_away: AtomicBool,
    /// How often something was looked for.
    pub asked: AtomicUsize,
}

impl MemoryShelf {
    fn there(&self) -> Result<(), ShelfAway> {
        let is_away = self.is_away.load(Ordering::SeqCst);
        if is_away { Err(ShelfAway("as the test says".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl Shelf for MemoryShelf {
    async fn renew(&self, name: &str) -> Result<bool, ShelfAway> {
        self.there().map(|()| self.things.lock().unwrap().contains_key(name))
    }

    async fn put(&self, name: &str, bytes: &Bytes) -> Result<(), ShelfAway> {
        self.there()?;
        self.things.lock().unwrap().insert(name.to_owned(), bytes.clone());
        Ok(())
    }

    async fn find(&self, name: &str) -> Result<Option<Bytes>, ShelfAway> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // As any other shelf, it has others go on meanwhile.
        tokio::task::yield_now().await;
        self.there().map(|()| self.things.lock().unwrap().get(name).cloned())
    }
}
