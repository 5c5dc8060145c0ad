//! Undoing a fault. Some need more after everybody has got over them, such as starting the node that was killed.

use super::aim::Aim;
use super::field::Field;
use super::kind::Kind;
use testkit::cluster::{Link, Node};

impl Field {
    /// Undoes it, as far as others must get over it with that.
    pub async fn undo(&self, aim: &Aim) {
        if let Some((link, _)) = aim.link() {
            return self.cluster.link(link).heal();
        }
        match aim.kind {
            Kind::GatewayStop
            | Kind::GatewayStopLong
            | Kind::ApiStop
            | Kind::ApiStopLong
            | Kind::ApiStopLocked => {
                self.node(aim).cont();
            }
            Kind::RedisKill | Kind::RedisTerm => {
                self.cluster.redis.start();
                self.cluster.redis.wait_ready().await;
            }
            Kind::RedisStop => self.cluster.redis.cont(),
            Kind::BufferOverflow => self.end_overflow(aim).await,
            Kind::DbKill | Kind::DbTerm => {
                self.cluster.mariadb.start();
                self.cluster.mariadb.wait_ready().await;
            }
            Kind::DbStop => self.cluster.mariadb.cont(),
            _ => {}
        }
    }

    /// Makes whole again what everybody had to do without.
    pub async fn repair(&self, aim: &Aim) {
        if matches!(
            aim.kind,
            Kind::GatewayKill | Kind::GatewayTerm | Kind::ApiKill | Kind::ApiKillUnheard | Kind::ApiTerm
        ) {
            let node = self.node(aim);
            node.start();
            node.wait_ready().await;
        }
    }

    async fn end_overflow(&self, aim: &Aim) {
        let limit = "pubsub 32mb 8mb 60";
        let _set = self.cluster.redis.command(&["CONFIG", "SET", "client-output-buffer-limit", limit]).await;
        self.cluster.link(Link::GatewayRedis(aim.gateway)).heal();
    }

    pub(super) fn node(&self, aim: &Aim) -> &Node {
        match aim.kind {
            Kind::GatewayKill | Kind::GatewayTerm | Kind::GatewayStop | Kind::GatewayStopLong => {
                &self.cluster.gateways[aim.gateway]
            }
            _ => &self.cluster.apis[aim.api],
        }
    }
}
