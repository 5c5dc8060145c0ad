//! A MariaDB of our own: real SQL, real locks, real fsync, and nothing of it outlives the tests.
//!
//! One server a test process, started by the first test that asks; one fresh database a test. `TEST_MYSQL_URL`
//! (`mysql://user:password@host:port`) names a server to use instead: `make test` starts one for all test processes,
//! and `make test-mysql` points the same tests at a MySQL.

mod database;
pub(crate) mod install;
mod server;

use tokio::sync::OnceCell;

pub use database::Database;
use server::PrivateServer;

/// The server that the tests of this process share.
#[derive(Debug)]
pub struct MariaDb {
    url: String,
    /// `None` when `TEST_MYSQL_URL` named the server: then it is not ours to stop.
    _private: Option<PrivateServer>,
}

static SHARED: OnceCell<MariaDb> = OnceCell::const_new();

impl MariaDb {
    /// The server of this test process; the first call starts it (some 3 s), the others wait for that.
    ///
    /// # Panics
    /// When there is no server to start, or it does not come up: with its log.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::given_or_private).await
    }

    /// Creates an empty utf8mb4 database with a name that nobody else has, dropped together with the guard.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn database(&self) -> Database {
        Database::create(&self.url).await
    }

    /// Where the server is: `mysql://user@host:port`, without a database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn given_or_private() -> Self {
        if let Some(url) = given_url() {
            return Self { url, _private: None };
        }
        let private = PrivateServer::start().await;
        Self { url: private.url(), _private: Some(private) }
    }
}

#[allow(clippy::disallowed_methods, reason = "which server to test on is no setting of the program")]
fn given_url() -> Option<String> {
    std::env::var("TEST_MYSQL_URL").ok().filter(|url| !url.is_empty())
}
