//! Who listens where services are looked for, before anybody is sent an access token there.
//!
//! Any user of a machine may take a port of it while no service has it. Over TLS a certificate tells them from a service;
//! in clear the system does, which knows whose each listener is (proc(5), `net/tcp`), as of the moment before. Another machine is
//! sent nothing in clear.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
    time::Duration,
};

use http::Uri;

/// For the answer of another machine.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How the system writes that a socket listens.
const LISTENS: &str = "0A";
/// About a line of the system's table. Who reads more at a time makes the system look through all its connections.
const ABOUT_A_LINE: usize = 128;
const ROOT: u32 = 0;

/// Whether somebody listens at `http://host:port` or `https://…` who may be a service of this data directory. In clear only its
/// owner may, the caller, and root, on loopback.
pub fn may_serve(data_dir: &Path, url: &str) -> bool {
    let (in_clear, found) = resolved(url);
    let is_here = |address: &SocketAddr| address.ip().to_canonical().is_loopback();
    if in_clear && !found.iter().all(is_here) {
        return false;
    }
    let answers =
        |address: &&SocketAddr| TcpStream::connect_timeout(address, ANSWER_WITHIN).is_ok();
    let answered = found.iter().find(answers);
    answered.is_some_and(|address| !in_clear || is_of_one_of_us(data_dir, *address))
}

/// Whether `http://host:port` on this machine is another user's by now, whatever ran there: neither the caller's nor the data
/// directory's owner's, nor root's. Over TLS nobody needs to ask.
pub fn is_of_another(data_dir: &Path, url: &str) -> bool {
    let (in_clear, found) = resolved(url);
    let us = us(data_dir);
    let is_theirs = |address: &SocketAddr| whose(*address).iter().any(|owner| !us.contains(owner));
    in_clear && found.iter().any(is_theirs)
}

/// Whether a URL is spoken to in clear, and the addresses that it stands for.
fn resolved(url: &str) -> (bool, Vec<SocketAddr>) {
    let Ok(uri) = url.parse::<Uri>() else {
        return (true, Vec::new());
    };
    let in_clear = uri.scheme_str() != Some("https");
    let usual = if in_clear { 80 } else { 443 };
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = (host, uri.port_u16().unwrap_or(usual)).to_socket_addrs();
    (in_clear, found.into_iter().flatten().collect())
}

fn is_of_one_of_us(data_dir: &Path, address: SocketAddr) -> bool {
    let owners = whose(address);
    !owners.is_empty() && owners.iter().all(|owner| us(data_dir).contains(owner))
}

/// Who may listen for a data directory.
fn us(data_dir: &Path) -> [u32; 3] {
    let own = fs::metadata(data_dir).map(|folder| folder.uid());
    [
        ROOT,
        rustix::process::geteuid().as_raw(),
        own.unwrap_or(ROOT),
    ]
}

/// Whose the listeners at an address are, as the system knows.
fn whose(address: SocketAddr) -> Vec<u32> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let tables = tables.iter().filter_map(|table| File::open(table).ok());
    tables
        .flat_map(|it| owners(BufReader::with_capacity(ABOUT_A_LINE, it), address))
        .collect()
}

/// Whose the listeners are that a connection to an address may meet: at that very address, or at every one of the machine. The
/// table has a line of titles and all listeners before the connections, which are not read.
fn owners(table: impl BufRead, address: SocketAddr) -> Vec<u32> {
    let port = format!("{:04X}", address.port());
    let wanted = address.ip().to_canonical();
    let listens = |line: &str| line.split_ascii_whitespace().nth(3) == Some(LISTENS);
    let owner = |line: String| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (host, at) = fields.get(1)?.rsplit_once(':')?;
        let host = address_of(host)?;
        let is_met = at == port && (host == wanted || host.is_unspecified());
        (fields.get(7).filter(|_| is_met)?).parse::<u32>().ok()
    };
    let lines = table.lines().map_while(Result::ok).skip(1);
    lines
        .take_while(|line| listens(line))
        .filter_map(owner)
        .collect()
}

/// An address as the system writes it: words of eight hexadecimal digits, each in this machine's order of bytes.
fn address_of(digits: &str) -> Option<IpAddr> {
    let word = |word: &[u8]| {
        let word = std::str::from_utf8(word)
            .ok()
            .filter(|word| word.len() == 8)?;
        let word = u32::from_str_radix(word, 16).ok()?;
        Some(word.to_ne_bytes())
    };
    let words: Option<Vec<_>> = digits.as_bytes().chunks(8).map(word).collect();
    let bytes = words?.concat();
    let address = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => IpAddr::from(four),
        Err(_) => IpAddr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?),
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn somebody_listens_or_nobody_does() {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert!(may_serve(folder.path(), &format!("http://{address}")));
        assert!(may_serve(folder.path(), &format!("https://{address}")));
        drop(listener);
        assert!(!may_serve(folder.path(), &format!("http://{address}")));
        assert!(!may_serve(folder.path(), "no address"));
        // In clear to another machine, whoever answers there.
        assert!(!may_serve(folder.path(), "http://0.0.0.0:1"));
        assert!(!may_serve(folder.path(), "http://192.0.2.1:1"));
    }

    #[test]
    fn the_system_tells_whose_a_listener_is() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
            0: 0100007F:1B62 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0 100 0 0 10 0\n   \
            1: 0100007F:1B62 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1001        0 31338 1 0 20 4 30 10 -1\n";
        let at = |table: &str, address: &str| owners(table.as_bytes(), address.parse().unwrap());
        assert_eq!(at(table, "127.0.0.1:7010"), [1000], "not who is connected");
        assert_eq!(at(table, "[::ffff:127.0.0.1]:7010"), [1000]);
        assert_eq!(at(table, "127.0.0.1:7020"), [0_u32; 0]);
        assert_eq!(at(table, "127.0.0.2:7010"), [0_u32; 0], "nobody meets it");
        let everywhere = table.replace(
            "0100007F:1B62 00",
            "00000000000000000000000000000000:1B62 00",
        );
        assert_eq!(at(&everywhere, "127.0.0.2:7010"), [1000]);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn addresses_are_read_as_the_system_writes_them() {
        for (digits, address) in [
            ("0100007F", "127.0.0.1"),
            ("00000000000000000000000001000000", "::1"),
            ("0000000000000000FFFF00000100007F", "127.0.0.1"),
        ] {
            assert_eq!(address_of(digits), Some(address.parse().unwrap()));
        }
        assert_eq!(address_of("0100"), None);
    }
}
