//! Whose address a request came from: the peer's own, or the one that a trusted proxy says it forwards.

use crate::config::AddressRange;
use salvo::Request;
use std::net::{IpAddr, Ipv4Addr};

/// The address of the client of this request. `X-Forwarded-For` is read from its end, and only as far as
/// each hop is one of `trusted`: what a client wrote there itself is never believed.
#[must_use]
pub fn client_address(req: &Request, trusted: &[AddressRange]) -> IpAddr {
    let peer = req.remote_addr().ip().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let headers = req.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = headers.flat_map(|value| value.split(',')).map(str::trim).collect();
    walk_back(peer, &hops, trusted)
}

fn walk_back(peer: IpAddr, hops: &[&str], trusted: &[AddressRange]) -> IpAddr {
    let mut client = peer;
    for hop in hops.iter().rev() {
        if !trusted.iter().any(|range| range.contains(client)) {
            break;
        }
        let Ok(next) = hop.parse() else { break };
        client = next;
    }
    client.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, hops: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<AddressRange> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        walk_back(peer.parse().unwrap(), hops, &trusted).to_string()
    }

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        assert_eq!(seen("9.9.9.9", &["1.1.1.1"], &[]), "9.9.9.9");
        assert_eq!(seen("9.9.9.9", &["1.1.1.1"], &["10.0.0.0/8"]), "9.9.9.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
    }

    #[test]
    fn what_the_client_wrote_before_the_proxy_is_not_believed() {
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "10.0.0.2"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &["junk"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", &[], &[]), "10.0.0.1");
    }
}
