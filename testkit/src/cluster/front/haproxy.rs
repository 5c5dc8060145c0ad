//! HAProxy with `deploy/haproxy`.

use super::{Node, Site};
use crate::daemon::Recipe;

const SETTINGS: &str = include_str!("../../../../deploy/haproxy/haproxy.cfg");
const TLS: &str = include_str!("../../../../deploy/haproxy/tls.cfg");
const SHORTER: [(&str, &str); 2] =
    [("timeout client 60s", "timeout client 1s"), ("timeout server 60s", "timeout server 1s")];

pub(super) fn recipe(site: &Site<'_>) -> Recipe {
    let mut files = vec![
        site.write("haproxy.cfg", &site.impatient(SETTINGS, &SHORTER)),
        site.write("servers.cfg", &servers(site)),
    ];
    let mut bind = format!("127.0.0.1:{}", site.port);
    if let Some(certificate) = &site.certificate {
        files.push(site.write("tls.cfg", TLS));
        bind += &format!(" ssl crt {} alpn h2,http/1.1", certificate.with_key.display());
    }
    let recipe = site.recipe("haproxy").arg("-db");
    let recipe = files.into_iter().fold(recipe, |recipe, file| recipe.arg("-f").arg(file));
    // Nobody comes without TLS; where it would listen for them is as good as anywhere.
    let plain = format!("unix@{}", site.folder.join("plain").display());
    let stats = format!("127.0.0.1:{}", site.stats);
    recipe.env("IMTT_BIND", bind).env("IMTT_PLAIN_BIND", plain).env("IMTT_STATS_BIND", stats)
}

/// As `deploy/haproxy/servers.cfg` has it.
fn servers(site: &Site<'_>) -> String {
    let section = |name: &str, nodes: &[Node]| {
        let server = |node: &Node| {
            let (public, internal) = node.ports();
            format!("    server {} 127.0.0.1:{public} check port {internal}\n", node.name())
        };
        format!("backend {name} from {name}\n{}\n", nodes.iter().map(server).collect::<String>())
    };
    section("gateways", site.gateways) + &section("apis", site.apis)
}
