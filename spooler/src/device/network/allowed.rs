//! Where network printers may be.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// Networks of one's own: this machine, RFC 1918, RFC 4193.
const PRIVATE: [&str; 6] = [
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
];

/// Bits of the widest network of IPv6 among them.
const PRIVATE_BITS: u8 = 7;

/// Where clouds keep their secrets on IPv6, amid the networks of one's own: Amazon's, Google's. On IPv4 they are on the
/// link: 169.254.169.254.
const CLOUDS: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// The word for them.
const PRIVATE_WORD: &str = "private";

/// Where printers may be on the network; by default `private`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<HostRule>);

/// One place where printers may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostRule {
    /// `private`: this machine, and the networks of RFC 1918 and RFC 4193, but for where clouds keep their secrets.
    Private,
    /// Every address of a network; where clouds keep their secrets only of one that is narrower than `private`.
    Network(IpNet),
    /// Wherever a name says, but for this machine, its own link and where clouds keep their secrets: whoever answers for
    /// the name could send us there.
    Name(String),
}

/// Not a place of printers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use private, an address, a network such as 10.1.0.0/16 or fd00::/8, or a host's name")]
pub struct HostRuleError;

impl Default for AllowedHosts {
    fn default() -> Self {
        Self(vec![HostRule::Private])
    }
}

impl AllowedHosts {
    /// These places and no others.
    pub fn new(rules: Vec<HostRule>) -> Self {
        Self(rules)
    }

    /// Whether a printer may be at an address, which a URI gave by `name` or, without one, as it is. No list admits an
    /// address that is no machine's.
    pub fn admits(&self, name: Option<&str>, address: IpAddr) -> bool {
        let address = address.to_canonical();
        !is_no_machine(address) && self.0.iter().any(|rule| rule.admits(name, address))
    }
}

impl HostRule {
    fn admits(&self, name: Option<&str>, address: IpAddr) -> bool {
        match self {
            Self::Private => {
                !is_of_a_cloud(address)
                    && PRIVATE.iter().any(|network| {
                        let network: IpNet = network.parse().expect("a network of the list above");
                        network.contains(&address)
                    })
            }
            Self::Network(network) => {
                let is_narrow = network.prefix_len() > PRIVATE_BITS;
                network.contains(&address) && (is_narrow || !is_of_a_cloud(address))
            }
            Self::Name(known) => {
                let of_itself = known == "localhost" && address.is_loopback();
                name.is_some_and(|name| plain(name) == *known) && (of_itself || !is_near(address))
            }
        }
    }
}

/// Nothing, everybody, many, or what only stands for a machine of IPv4.
fn is_no_machine(address: IpAddr) -> bool {
    let is_none = match address {
        IpAddr::V4(v4) => v4.is_broadcast() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => stands_for_ipv4(v6),
    };
    is_none || address.is_unspecified() || address.is_multicast()
}

/// NAT64 (RFC 6052, 2.1), 6to4 (RFC 3056, 2), or IPv4-compatible (RFC 4291, 2.5.5.1): whoever passes it on makes an address
/// of IPv4 of it, which no rule has seen.
fn stands_for_ipv4(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] | [0x2002, ..] => true,
        [0, 0, 0, 0, 0, 0, _, _] => !address.is_loopback(),
        _ => false,
    }
}

fn is_of_a_cloud(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if CLOUDS.contains(&v6))
}

/// This machine, a neighbour that no router stands before, or where clouds keep their secrets.
fn is_near(address: IpAddr) -> bool {
    let by_link = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    address.is_loopback() || by_link || is_of_a_cloud(address)
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

impl FromStr for HostRule {
    type Err = HostRuleError;

    fn from_str(word: &str) -> Result<Self, HostRuleError> {
        let word = word.trim();
        if word == PRIVATE_WORD {
            return Ok(Self::Private);
        }
        let bare = word.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Network(IpNet::from(address.to_canonical())));
        }
        if let Ok(network) = word.parse::<IpNet>() {
            return Ok(Self::Network(network.trunc()));
        }
        let name = plain(word);
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
            && name.bytes().any(|byte| byte.is_ascii_alphabetic());
        match is_name && name.len() <= 253 {
            true => Ok(Self::Name(name)),
            false => Err(HostRuleError),
        }
    }
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private => f.write_str(PRIVATE_WORD),
            Self::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                write!(f, "{}", network.addr())
            }
            Self::Network(network) => write!(f, "{network}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for AllowedHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&rules.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &str) -> AllowedHosts {
        let rules = words.split(',').map(|word| word.parse().unwrap());
        AllowedHosts::new(rules.collect())
    }

    fn admits(words: &str, name: Option<&str>, address: &str) -> bool {
        list(words).admits(name, address.parse().unwrap())
    }

    #[test]
    fn by_default_printers_are_on_networks_of_ones_own() {
        let usual = AllowedHosts::default();
        for (address, expected) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.1.2.3", true),
            ("172.31.255.255", true),
            ("192.168.7.20", true),
            ("fd12::1", true),
            ("fd00:ec2::253", true),
            ("fd00:ec2::254", false),
            ("fd20:ce::254", false),
            ("::ffff:10.1.2.3", true),
            ("169.254.169.254", false),
            ("::ffff:169.254.169.254", false),
            ("fe80::1", false),
            ("172.32.0.1", false),
            ("100.64.0.1", false),
            ("203.0.113.9", false),
            ("2001:db8::9", false),
            ("0.0.0.0", false),
            ("::", false),
            ("224.0.0.251", false),
            ("ff02::fb", false),
            ("255.255.255.255", false),
        ] {
            let found = usual.admits(Some("laser"), address.parse().unwrap());
            assert_eq!(found, expected, "{address}");
        }
    }

    #[test]
    fn a_list_takes_the_place_of_the_default() {
        assert!(admits("203.0.113.0/24", None, "203.0.113.9"));
        assert!(!admits("203.0.113.0/24", None, "10.0.0.1"));
        assert!(admits("private,203.0.113.9", None, "10.0.0.1"));
        assert!(admits("169.254.7.7", None, "169.254.7.7"));
        assert!(!admits("0.0.0.0/0,::/0", None, "0.0.0.0"));
        assert!(!admits("0.0.0.0/0,::/0", None, "224.0.0.1"));
        assert!(admits("10.9.8.7/8", None, "10.0.0.1"));
    }

    #[test]
    fn a_name_leads_anywhere_but_to_this_machine_and_its_link() {
        let laser = Some("Laser.Example.");
        assert!(admits("laser.example", laser, "203.0.113.9"));
        assert!(!admits("laser.example", laser, "127.0.0.1"));
        assert!(!admits("laser.example", laser, "169.254.169.254"));
        assert!(!admits("laser.example", laser, "fe80::1"));
        assert!(!admits("laser.example", laser, "fd00:ec2::254"));
        assert!(!admits("laser.example", laser, "fd20:ce::254"));
        assert!(!admits("laser.example", Some("other"), "203.0.113.9"));
        assert!(!admits("laser.example", None, "203.0.113.9"));
        assert!(admits("localhost", Some("localhost"), "::1"));
    }

    #[test]
    fn where_clouds_keep_their_secrets_is_a_place_only_where_somebody_says_so() {
        for address in ["fd00:ec2::254", "fd20:ce::254"] {
            for wide in ["private", "fc00::/7", "::/0", "0.0.0.0/0"] {
                assert!(!admits(wide, None, address), "{wide}: {address}");
            }
            assert!(admits(address, None, address), "{address}");
        }
        assert!(admits("fd00:ec2::/32", None, "fd00:ec2::254"));
        assert!(admits(
            "private,fd20:ce::254",
            Some("laser"),
            "fd20:ce::254"
        ));
        assert!(!admits("private,fd20:ce::254", None, "fd00:ec2::254"));
    }

    #[test]
    fn an_address_that_only_stands_for_one_of_ipv4_is_no_place() {
        for address in [
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::10.0.0.7",
            "2002:a9fe:a9fe::1",
            "2002:a00:7::1",
            "::169.254.169.254",
            "::10.0.0.7",
            "::2",
        ] {
            for list in ["private", "::/0", address] {
                assert!(!admits(list, None, address), "{list}: {address}");
            }
            assert!(!admits("laser.example", Some("laser.example"), address));
        }
        assert!(admits("private", None, "::1"));
        assert!(admits("::/0", None, "2003::1"));
    }

    #[test]
    fn what_is_no_place_is_refused_and_a_place_reads_back_the_same() {
        let words = "private,10.1.0.0/16,203.0.113.9,fd00::/8,laser.example";
        assert_eq!(list(words).to_string(), words);
        for word in [
            "",
            "10.1.0.0/33",
            "http://laser",
            "*.example",
            "1.2.3",
            "a b",
        ] {
            assert_eq!(word.parse::<HostRule>(), Err(HostRuleError), "{word}");
        }
    }
}
