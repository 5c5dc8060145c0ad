//! What proves that a fault was there.

use super::aim::{Aim, Break};
use super::field::Field;
use super::kind::Kind;
use super::premise;
use super::strike::Struck;
use crate::client::Face;
use testkit::proxy::Mode;

impl Field {
    /// What shows that it is there, or was.
    pub async fn proof(&self, aim: &Aim, struck: &Struck) -> Option<String> {
        if let Some((_, how)) = aim.link() {
            return self.link_proof(aim, how, struck);
        }
        match aim.kind {
            Kind::GatewayStop | Kind::GatewayStopLong | Kind::ApiStop | Kind::ApiStopLong => {
                stopped(self.node(aim).pid())
            }
            Kind::RedisStop => stopped(self.cluster.redis.pid()),
            Kind::DbStop => stopped(self.cluster.mariadb.pid()),
            Kind::SlowReaders => {
                let told = self.resyncs().await - struck.before;
                (told > 0).then(|| format!("{told} outboxes ran over or were closed as stuck"))
            }
            Kind::Reconnects => {
                self.count(|face| face.cuts, struck, "lines were cut", self.people.devices.len() / 2)
            }
            Kind::LogOuts => self.count(|face| face.log_outs, struck, "sessions ended", 4),
            Kind::Renewals => {
                self.count(|face| face.renewals, struck, "tokens were renewed", self.people.devices.len() / 2)
            }
            Kind::Expiries => {
                self.count(|face| face.expiries, struck, "tokens ran out", self.people.devices.len() / 2)
            }
            _ => struck.seen.clone(),
        }
    }

    fn link_proof(&self, aim: &Aim, how: Break, struck: &Struck) -> Option<String> {
        let (now, before) = (self.cluster.link(aim.link()?.0).counts(), struck.counts);
        let total = |bytes: [u64; 2]| bytes[0] + bytes[1];
        let (reset, dropped) = (now.reset - before.reset, total(now.dropped) - total(before.dropped));
        let dials = now.connections - before.connections;
        let passed = total(now.passed) - total(before.passed);
        let held = (total(now.taken) - total(now.passed) - total(now.dropped))
            .saturating_sub(total(before.taken) - total(before.passed) - total(before.dropped));
        match how {
            Break::Cut => (reset > 0).then(|| format!("{reset} connections reset")),
            Break::Half => (dropped > 0).then(|| format!("{dropped} bytes swallowed")),
            // Where nothing was open, as after a node's end, what is swallowed or held is the dialling.
            Break::Both(Mode::Drop) => {
                (dropped + dials > 0).then(|| format!("{dropped} bytes and {dials} dials swallowed"))
            }
            Break::Both(Mode::Stall) => {
                (held + dials > 0).then(|| format!("{held} bytes and {dials} dials held"))
            }
            Break::Both(_) => (passed > 0).then(|| format!("{passed} bytes passed late")),
        }
    }

    fn count(
        &self,
        count: impl Fn(&Face) -> u64,
        struck: &Struck,
        what: &str,
        least: usize,
    ) -> Option<String> {
        let number = self.total(count) - struck.before;
        (number >= least as u64).then(|| format!("{number} {what}"))
    }
}

fn stopped(pid: Option<u32>) -> Option<String> {
    let pid = pid?;
    (premise::state(pid)? == 'T').then(|| format!("pid {pid} stands still"))
}
