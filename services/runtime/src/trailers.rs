//! How much of a refusal fits: a status travels in the trailers of a call, for which some clients have room for 8 KiB
//! in all. A larger one would not be cut: it would break the connection, and the calls beside it.

/// Room for the message, as it is encoded: three bytes for a blank or for anything but ASCII.
const MESSAGE: usize = 1_200;
/// Room for what is listed, before it is encoded with a third more.
const LISTED: usize = 3_600;
/// What an entry takes beside its texts.
const ENTRY: usize = 8;
/// The last entry of a list that is cut.
const OTHERS: &str = "there are others; mend these first";

/// The beginning of a message that fits.
pub(crate) fn message(text: String) -> String {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += match c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | ':' | ';' | '-' | '_') {
            true => 1,
            false => 3 * c.len_utf8(),
        };
        taken > MESSAGE
    });
    match end {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

/// The first entries that fit; where others are left out, a last one says so.
pub(crate) fn entries<const N: usize>(entries: Vec<[String; N]>) -> Vec<[String; N]> {
    let all = entries.len();
    let mut taken = 0;
    let mut listed: Vec<_> = entries
        .into_iter()
        .take_while(|entry| {
            taken += ENTRY + entry.iter().map(String::len).sum::<usize>();
            taken <= LISTED
        })
        .collect();
    if listed.len() < all {
        let mut last = [const { String::new() }; N];
        if let Some(description) = last.last_mut() {
            OTHERS.clone_into(description);
        }
        listed.push(last);
    }
    listed
}
