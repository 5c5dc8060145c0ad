//! What a fault is aimed at.

use super::kind::Kind;
use rand::Rng;
use rand::rngs::StdRng;
use std::time::Duration;
use testkit::cluster::Link;
use testkit::proxy::{Direction, Mode};

/// A kind, and what it hits.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    /// The kind.
    pub kind: Kind,
    /// A gateway.
    pub gateway: usize,
    /// An api node.
    pub api: usize,
    /// One direction of a link.
    pub direction: Direction,
}

/// What is done to a link.
#[derive(Debug, Clone, Copy)]
pub enum Break {
    /// Reset, and nothing connects.
    Cut,
    /// This, in both directions or in one.
    Both(Mode),
    /// One direction swallows.
    Half,
}

const DELAY: Duration = Duration::from_millis(150);

impl Aim {
    /// A new aim of this kind, at one of these gateways.
    pub fn take(kind: Kind, gateways: &[usize], apis: usize, rng: &mut StdRng) -> Self {
        let direction = if rng.random_bool(0.5) { Direction::ToServer } else { Direction::ToClient };
        Self {
            kind,
            gateway: gateways[rng.random_range(0..gateways.len())],
            api: rng.random_range(0..apis),
            direction,
        }
    }

    /// The link that it breaks, if that is what it does.
    #[must_use]
    pub fn link(&self) -> Option<(Link, Break)> {
        let (drop, stall, delay) =
            (Break::Both(Mode::Drop), Break::Both(Mode::Stall), Break::Both(Mode::Delay(DELAY)));
        let gateway_redis = Link::GatewayRedis(self.gateway);
        let api_redis = Link::ApiRedis(self.api);
        let gateway_api = Link::GatewayApi(self.gateway, self.api);
        let api_db = Link::ApiMariaDb(self.api);
        Some(match self.kind {
            Kind::GatewayRedisCut => (gateway_redis, Break::Cut),
            Kind::GatewayRedisHalf => (gateway_redis, Break::Half),
            Kind::GatewayRedisDrop => (gateway_redis, drop),
            Kind::GatewayRedisStall => (gateway_redis, stall),
            Kind::GatewayRedisDelay => (gateway_redis, delay),
            Kind::ApiRedisCut => (api_redis, Break::Cut),
            Kind::ApiRedisHalf => (api_redis, Break::Half),
            Kind::ApiRedisDrop => (api_redis, drop),
            Kind::ApiRedisStall => (api_redis, stall),
            Kind::GatewayApiCut => (gateway_api, Break::Cut),
            Kind::GatewayApiHalf => (gateway_api, Break::Half),
            Kind::GatewayApiDrop => (gateway_api, drop),
            Kind::GatewayApiDelay => (gateway_api, delay),
            Kind::ApiDbCut => (api_db, Break::Cut),
            Kind::ApiDbHalf => (api_db, Break::Half),
            Kind::ApiDbStall => (api_db, stall),
            Kind::ApiDbDelay => (api_db, Break::Both(Mode::Delay(DELAY / 3))),
            _ => return None,
        })
    }

    /// What it hits, in words.
    #[must_use]
    pub fn target(&self) -> String {
        if let Some((link, how)) = self.link() {
            return match how {
                Break::Half => format!("{link} ({:?})", self.direction),
                _ => link.to_string(),
            };
        }
        match self.kind {
            Kind::GatewayKill
            | Kind::GatewayTerm
            | Kind::GatewayStop
            | Kind::GatewayStopLong
            | Kind::BufferOverflow => {
                format!("gateway-{}", self.gateway + 1)
            }
            Kind::ApiKill
            | Kind::ApiKillUnheard
            | Kind::ApiTerm
            | Kind::ApiStop
            | Kind::ApiStopLong
            | Kind::ApiStopLocked => {
                format!("api-{}", self.api + 1)
            }
            Kind::RedisKill | Kind::RedisTerm | Kind::RedisStop | Kind::PubsubKill => "redis".to_owned(),
            Kind::DbKill | Kind::DbTerm | Kind::DbStop => "mariadb".to_owned(),
            _ => "clients".to_owned(),
        }
    }
}
