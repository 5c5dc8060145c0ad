//! The Redis of a cluster. It keeps nothing: killed and started again, it is empty.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use redis::{Client, RedisResult, Value};

use super::plan::random_secret;
use super::ready;
use crate::daemon::{Daemon, Recipe};
use crate::installed::find;
use crate::port::SteadyPort;

const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Redis, with all the verbs of [`Daemon`].
#[derive(Debug)]
pub struct ClusterRedis {
    /// What a node has as its `REDIS_URL`, but for the port when there are proxies.
    pub url: String,
    password: String,
    daemon: Daemon,
    port: SteadyPort,
    client: Client,
}

impl ClusterRedis {
    pub(super) async fn start(folder: &Path, logs: &Path) -> Self {
        let program = find("redis-server").expect("redis-server is needed: install it");
        let (port, password) = (SteadyPort::claim(), random_secret());
        let folder = folder.join("redis");
        fs::create_dir(&folder).expect("a folder in our own");
        let settings = folder.join("redis.conf");
        write_settings(&settings, &folder, port.number(), &password).expect("a file in our own folder");
        let daemon = Daemon::new(Recipe::new("redis", program, logs).arg(settings));
        daemon.start();
        let url = format!("redis://default:{password}@127.0.0.1:{}", port.number());
        let client = Client::open(url.as_str()).expect("the URL is well made");
        let redis = Self { url, password, daemon, port, client };
        redis.wait_ready().await;
        redis
    }

    /// Whether it answers PING.
    pub async fn is_ready(&self) -> bool {
        self.command(&["PING"]).await.is_ok()
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// When it ends instead, or does not answer in a minute: with what it wrote.
    pub async fn wait_ready(&self) {
        ready::wait(&self.daemon, async || self.is_ready().await).await;
    }

    /// Runs a command over a connection of its own: `command(&["CLIENT", "KILL", "TYPE", "pubsub"])`.
    ///
    /// # Errors
    /// What Redis says against it, or that it does not answer.
    pub async fn command(&self, words: &[&str]) -> RedisResult<Value> {
        let asking = async {
            let mut connection = self.client.get_multiplexed_async_connection().await?;
            let (name, arguments) = words.split_first().expect("a command has a name");
            redis::cmd(name).arg(arguments).query_async(&mut connection).await
        };
        tokio::time::timeout(ANSWER_LIMIT, asking)
            .await
            .unwrap_or_else(|late| Err(std::io::Error::from(late).into()))
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    pub(super) fn port(&self) -> u16 {
        self.port.number()
    }
}

impl Deref for ClusterRedis {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

/// In a file that only its owner reads: whoever lists processes sees their arguments. DEBUG, for tests that let it sleep.
fn write_settings(file: &Path, folder: &Path, port: u16, password: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    let folder = folder.display();
    write!(
        file,
        "bind 127.0.0.1\nport {port}\ndir \"{folder}\"\nsave \"\"\nappendonly no\nrequirepass {password}\n\
         enable-debug-command local\n"
    )
}
