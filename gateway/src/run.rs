//! The program `gateway`: the node, Redis and the door over HTTP in their seams, two ports, and the way down.
//! Neither Redis nor an api has to be there at the start: the links are made when they can be, and until this
//! gateway has heard itself over the bus it says that it is not ready.

use crate::api::http::HttpApi;
use crate::config::Settings;
use crate::node::{Node, NodeParts};
use crate::{shutdown, upgrade};
use shared::bus::redis::RedisBus;
use shared::config::RateLimiting;
use shared::metrics::{self, Program};
use shared::presence::redis::RedisPresence;
use shared::program::{Signals, announce};
use shared::rate::redis::RedisRateLimits;
use shared::rate::{RateLimits, Unlimited};
use shared::serve::{bind, health, serve};
use shared::time::Clock;
use shared::token::Tokens;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the links may take to end.
const LAST: Duration = Duration::from_secs(5);

/// Runs until SIGTERM or Ctrl-C, and then drains. A second one ends the process at once.
///
/// # Errors
/// Why it cannot start: one line.
pub async fn live(settings: Settings) -> Result<(), Box<dyn Error + Send + Sync>> {
    let Settings { node: told, api_urls, gateway: config } = settings;
    told.log.start();
    told.rate_limits.warn();
    let (public, internal) = (bind(told.listen)?, bind(told.internal_listen)?);
    let signals = Signals::listen()?;
    let exporter = metrics::install(Program::Gateway, None)?;
    tokio::spawn(metrics::runtime::feel());

    let clock = Clock::system();
    let (links, links_end) = (TaskTracker::new(), CancellationToken::new());
    let limits: Arc<dyn RateLimits> = match told.rate_limits {
        RateLimiting::On => Arc::new(RedisRateLimits::new(told.redis.clone(), clock.clone())),
        RateLimiting::Off => Arc::new(Unlimited),
    };
    let node = Node::start(NodeParts {
        config,
        api: HttpApi::start(api_urls, told.internal_secret, &links, &links_end),
        bus: RedisBus::new(told.redis.clone(), &links, &links_end),
        presence: Arc::new(RedisPresence::new(told.redis)),
        limits,
        tokens: Arc::new(Tokens::new(told.jwt_secret.expose(), clock.clone())),
        clock,
    })
    .await;

    let stop = CancellationToken::new();
    announce("IM-TT gateway", public.local_addr()?);
    let serving = tokio::spawn(serve(public, upgrade::router(node.clone()), stop.clone()));
    let watching = tokio::spawn(serve(internal, health::router(node.clone(), exporter), stop.clone()));

    signals.told_to_stop().await;
    shutdown::drain(&node).await;
    stop.cancel();
    for server in [serving, watching] {
        server.await??;
    }
    links_end.cancel();
    links.close();
    // A link that hangs is no reason to stay.
    drop(tokio::time::timeout(LAST, links.wait()).await);
    Ok(())
}
