//! A bad network before a printer: passes requests on and loses chosen replies.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

/// IPP's number of Send-Document.
pub const SEND_DOCUMENT: [u8; 2] = [0x00, 0x06];

/// Starts a proxy before `port` that passes everything on, but closes the connection instead of
/// bringing the reply to an IPP operation `lost`. Returns the proxy's port. It ends with the
/// process.
///
/// # Panics
/// Loopback has no free port.
pub fn start(port: u16, lost: [u8; 2]) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    let own = listener.local_addr().expect("a bound port").port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || carry(client, port, lost));
        }
    });
    own
}

fn carry(mut client: TcpStream, port: u16, lost: [u8; 2]) -> Option<()> {
    let mut printer = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let mut head = Vec::new();
    let operation = loop {
        let mut bytes = [0; 4096];
        let count = client.read(&mut bytes).ok().filter(|count| *count > 0)?;
        printer.write_all(&bytes[..count]).ok()?;
        head.extend_from_slice(&bytes[..count]);
        if let Some(operation) = operation_of(&head) {
            break operation;
        }
    };
    let (mut from, mut to) = (client.try_clone().ok()?, printer.try_clone().ok()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
    });
    if operation == lost {
        let mut reply = [0; 1];
        let _ = printer.read(&mut reply); // The printer has it all, and answers.
    } else {
        let _ = std::io::copy(&mut printer, &mut client);
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = printer.shutdown(Shutdown::Both);
    None
}

/// The operation in an IPP request that has come far enough, chunked or not.
fn operation_of(request: &[u8]) -> Option<[u8; 2]> {
    let body = request.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let chunked = String::from_utf8_lossy(&request[..body])
        .to_ascii_lowercase()
        .contains("chunked");
    let start = match chunked {
        true => body + request[body..].windows(2).position(|it| it == b"\r\n")? + 2,
        false => body,
    };
    request.get(start + 2..start + 4)?.try_into().ok()
}
