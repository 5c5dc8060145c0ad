//! Why a server cannot be reached. A page hears only that a request failed; whoever typed the address wants to know
//! whether the name is wrong, nobody listens there, or nothing answers. Asked after a failure, never before: a proxy of
//! the system's may reach what we cannot.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Nobody watches a form for longer.
const PATIENCE: Duration = Duration::from_secs(6);
/// Names have more addresses than one wants to wait for.
const ADDRESSES: usize = 3;

/// `open`: somebody listens; `dns`: the name has no address; `refused`: nobody listens there; `silent`: no answer.
#[tauri::command]
pub async fn server_reach(host: String, port: u16) -> &'static str {
    tauri::async_runtime::spawn_blocking(move || reach(&host, port)).await.unwrap_or("silent")
}

fn reach(host: &str, port: u16) -> &'static str {
    let Ok(addresses) = (host, port).to_socket_addrs() else { return "dns" };
    let addresses: Vec<SocketAddr> = addresses.take(ADDRESSES).collect();
    let mut found = "dns";
    for address in &addresses {
        match TcpStream::connect_timeout(address, PATIENCE / u32::try_from(addresses.len()).unwrap_or(1)) {
            Ok(_) => return "open",
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => found = "refused",
            Err(_) if found == "refused" => {}
            Err(_) => found = "silent",
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_port_is_open_or_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(reach("127.0.0.1", port), "open");
        drop(listener);
        assert_eq!(reach("127.0.0.1", port), "refused");
    }

    #[test]
    fn a_name_without_an_address_is_a_matter_of_names() {
        // Reserved for this: RFC 6761.
        assert_eq!(reach("chat.invalid", 443), "dns");
        assert_eq!(reach("", 443), "dns");
    }
}
