//! nginx with `deploy/nginx`.

use super::{Node, Site};
use crate::daemon::Recipe;

const SETTINGS: &str = include_str!("../../../../deploy/nginx/nginx.conf");
const NODES: &str = include_str!("../../../../deploy/nginx/nodes.conf");
const TLS: &str = include_str!("../../../../deploy/nginx/listen-tls.conf");
const SHORTER: [(&str, &str); 2] = [
    ("proxy_read_timeout 60s", "proxy_read_timeout 1s"),
    ("proxy_send_timeout 60s", "proxy_send_timeout 1s"),
];

pub(super) fn recipe(site: &Site<'_>) -> Recipe {
    let settings = site.write("nginx.conf", &site.impatient(SETTINGS, &SHORTER));
    site.write("nodes.conf", &nodes(site));
    site.write("listen.conf", &listen(site));
    // Of one process, which is killed as one.
    let process = format!("daemon off; master_process off; pid {};", site.folder.join("nginx.pid").display());
    site.recipe("nginx").arg("-p").arg(&site.folder).arg("-c").arg(settings).arg("-g").arg(process)
}

/// The example with our nodes in the place of its own.
fn nodes(site: &Site<'_>) -> String {
    let mut text = NODES.to_owned();
    for (first, second, nodes) in [(11, 12, site.gateways), (21, 22, site.apis)] {
        let example = |host: u8| format!("    server 10.0.0.{host}:8080 max_fails=1 fail_timeout=1s;\n");
        assert!(text.contains(&example(first)), "the example has other nodes");
        let ours =
            |node: &Node| format!("    server 127.0.0.1:{} max_fails=1 fail_timeout=1s;\n", node.ports().0);
        text = text.replace(&example(second), "");
        text = text.replace(&example(first), &nodes.iter().map(ours).collect::<String>());
    }
    text
}

fn listen(site: &Site<'_>) -> String {
    let Some(certificate) = &site.certificate else { return format!("listen 127.0.0.1:{};\n", site.port) };
    let file = certificate.with_key.display().to_string();
    TLS.replace("listen 443 ", &format!("listen 127.0.0.1:{} ", site.port))
        .replace("/etc/ssl/imtt/site.pem", &file)
        .replace("/etc/ssl/imtt/site.key", &file)
}
