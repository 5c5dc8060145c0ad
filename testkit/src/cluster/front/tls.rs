//! A certificate for one run, and a tunnel for clients who speak no TLS: an HAProxy that does, and that believes this
//! certificate alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::net::TcpStream;

use crate::cluster::ready;
use crate::daemon::{Daemon, Recipe};
use crate::installed::find;
use crate::port::SteadyPort;

/// A certificate of its own authority, for 127.0.0.1.
#[derive(Debug)]
pub(super) struct Certificate {
    alone: PathBuf,
    /// The certificate and its key in one file.
    pub(super) with_key: PathBuf,
}

impl Certificate {
    pub(super) fn make(folder: &Path) -> Self {
        let (alone, key, with_key) =
            (folder.join("site.crt"), folder.join("site.key"), folder.join("site.pem"));
        let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
            -addext subjectAltName=IP:127.0.0.1,DNS:localhost";
        let mut openssl = Command::new(find("openssl").expect("openssl is needed: install it"));
        openssl.args(words.split_whitespace()).arg("-out").arg(&alone).arg("-keyout").arg(&key);
        let made = openssl.output().expect("openssl starts");
        assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
        let read = |file: &Path| fs::read_to_string(file).expect("openssl wrote it");
        fs::write(&with_key, read(&alone) + &read(&key)).expect("a file in our own folder");
        Self { alone, with_key }
    }
}

/// From a port without TLS to one with it.
#[derive(Debug)]
pub(super) struct Tunnel {
    port: SteadyPort,
    _daemon: Daemon,
}

impl Tunnel {
    /// What comes in goes to `target`, as long as that has the certificate.
    pub(super) async fn start(certificate: &Certificate, target: u16, folder: &Path, logs: &Path) -> Self {
        let port = SteadyPort::claim();
        let number = port.number();
        let settings = format!(
            "defaults\n    mode tcp\n    timeout connect 5s\n    timeout client 1h\n    timeout server 1h\n\
             listen tunnel\n    bind 127.0.0.1:{number}\n    server front 127.0.0.1:{target} ssl verify required \
             ca-file {} verifyhost localhost sni str(localhost) alpn http/1.1\n",
            certificate.alone.display()
        );
        let file = folder.join("tunnel.cfg");
        fs::write(&file, settings).expect("a file in our own folder");
        let program = find("haproxy").expect("haproxy is needed: install it");
        let daemon = Daemon::new(Recipe::new("tunnel", program, logs).arg("-db").arg("-f").arg(file));
        daemon.start();
        ready::wait(&daemon, async || TcpStream::connect(("127.0.0.1", number)).await.is_ok()).await;
        Self { port, _daemon: daemon }
    }

    pub(super) fn port(&self) -> u16 {
        self.port.number()
    }
}
