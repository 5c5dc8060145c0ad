//! An authority that nobody knows, and a certificate of it for the loopback.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What each call of `openssl` is told, in a folder of its own.
const CALLS: [&str; 3] = [
    "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=testkit-authority -keyout ca.key -out ca.crt",
    "req -new -newkey rsa:2048 -nodes -subj /CN=testkit-redis -keyout tls.key -out tls.csr",
    "x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile tls.ext -out tls.crt",
];

/// Makes `ca.crt`, `tls.crt` and `tls.key` in the folder.
pub(super) fn make(folder: &Path) {
    let extensions = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    fs::write(folder.join("tls.ext"), extensions).expect("a file in the server's folder");
    for call in CALLS {
        let output = Command::new("openssl").args(call.split(' ')).current_dir(folder).output();
        let output = output.expect("openssl makes the certificates of a test: install it");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {call}:\n{said}");
    }
}
