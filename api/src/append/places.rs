//! Which row a conversation is: found before the batch, in statements of its own, so that the transaction
//! only ever locks rows that are there. What was found is remembered, for rows are never deleted.

use crate::store::{Db, accounts, conversations};
use shared::draft::ConversationKey;
use shared::ids::{ConversationId, UserId};
use shared::time::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many conversations each of the two generations remembers.
const GENERATION: usize = 32_768;

/// The conversations that were met lately.
#[derive(Default)]
pub(super) struct Places {
    /// Guards the memory alone, never held over an await.
    memory: Mutex<Memory>,
}

/// Two generations: when the young one is full it becomes the old one, and what is not asked for until the
/// next is full is forgotten.
#[derive(Default)]
struct Memory {
    young: HashMap<ConversationKey, ConversationId>,
    old: HashMap<ConversationKey, ConversationId>,
}

/// The conversations of a batch. One that is missing does not exist for whoever asked.
pub(super) type Resolved = HashMap<ConversationKey, ConversationId>;

impl Places {
    /// The conversations of those keys. Direct ones that nobody has written to yet are made, if both users
    /// are there to talk.
    pub async fn resolve(
        &self,
        db: &Db,
        keys: &BTreeSet<ConversationKey>,
        now: Timestamp,
    ) -> Result<Resolved, sqlx::Error> {
        let mut resolved = self.remembered(keys);
        let missing: Vec<_> = keys.iter().filter(|key| !resolved.contains_key(key)).copied().collect();
        if !missing.is_empty() {
            let found = look_up(db, &missing, now).await?;
            self.remember(&found);
            resolved.extend(found);
        }
        Ok(resolved)
    }

    fn remembered(&self, keys: &BTreeSet<ConversationKey>) -> Resolved {
        let mut memory = self.lock();
        keys.iter().filter_map(|key| memory.get(*key).map(|id| (*key, id))).collect()
    }

    fn remember(&self, found: &Resolved) {
        let mut memory = self.lock();
        for (key, id) in found {
            memory.put(*key, *id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        // A panic between two inserts leaves a memory that is whole.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn get(&mut self, key: ConversationKey) -> Option<ConversationId> {
        if let Some(id) = self.young.get(&key) {
            return Some(*id);
        }
        let id = self.old.remove(&key)?;
        self.put(key, id);
        Some(id)
    }

    fn put(&mut self, key: ConversationKey, id: ConversationId) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, id);
    }
}

async fn look_up(db: &Db, keys: &[ConversationKey], now: Timestamp) -> Result<Resolved, sqlx::Error> {
    let (mut pairs, mut groups) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            ConversationKey::Pair(low, high) => pairs.push((*low, *high)),
            ConversationKey::Group(group) => groups.push(*group),
        }
    }
    let mut conn = db.read().await?;
    let mut found = conversations::find_pairs(&mut conn, &pairs).await?;
    found.extend(conversations::find_groups(&mut conn, &groups).await?);
    let known: Resolved = found.iter().map(|c| (c.key, c.id)).collect();
    pairs.retain(|(low, high)| !known.contains_key(&ConversationKey::Pair(*low, *high)));
    let users: Vec<UserId> = pairs.iter().flat_map(|(low, high)| [*low, *high]).collect();
    let open = accounts::open_among(&mut conn, &users).await?;
    pairs.retain(|(low, high)| open.contains(low) && open.contains(high));
    if pairs.is_empty() {
        return Ok(known);
    }
    // Let go first: a task that holds a connection and waits for a second one can starve itself.
    drop(conn);
    conversations::ensure_pairs(&mut db.write().await?, &pairs, now).await?;
    let made = conversations::find_pairs(&mut db.read().await?, &pairs).await?;
    Ok(known.into_iter().chain(made.iter().map(|c| (c.key, c.id))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ids::GroupId;

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_asked_for() {
        let mut memory = Memory::default();
        let key = |number| ConversationKey::Group(GroupId(number));
        for number in 0..300_000 {
            memory.put(key(number), ConversationId(number));
            assert_eq!(memory.get(key(0)), Some(ConversationId(0)));
        }
        assert!(memory.young.len() + memory.old.len() <= 2 * GENERATION);
        assert_eq!(memory.get(key(1)), None);
    }
}
