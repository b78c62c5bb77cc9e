//! Who we are, told to a printer that asks: Basic and Digest (RFC 7617, RFC 7616).
//!
//! A question that carries no document may be asked again with the answer to a challenge; a document never is. So the
//! challenge is had before a document leaves.

use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use digest_auth::{AuthContext, Qop, WwwAuthenticateHeader};
use formfeed_domain::spool::PrinterLogin;
use reqwest::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use zeroize::Zeroizing;

/// Tells one printer who we are.
pub(super) struct Login {
    user: Option<PrinterLogin>,
    tls: bool,
    /// Of the printer's URL, as it stands in the first line of a request.
    path: String,
    asked: Mutex<Option<Challenge>>,
}

/// What a printer asked for.
enum Challenge {
    Basic,
    Digest(Box<WwwAuthenticateHeader>),
}

/// Why a printer that asks gets no answer, or none that it takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LoginError {
    /// Nobody said whom to be.
    #[error(
        "the printer asks for a user and password: formfeed printer access NAME --user USER --password -"
    )]
    Wanted,
    /// It does not take what it was given.
    #[error(
        "the printer does not take the user and password it was given; give it others: formfeed printer access NAME --user USER --password -"
    )]
    Refused,
    /// Whoever listens would have the password.
    #[error(
        "the printer wants the password in clear over a connection without encryption: print to it by ipps:, or allow it: formfeed printer access NAME --user USER --password - --password-in-clear"
    )]
    InClear,
    /// Neither Basic nor a Digest that is known.
    #[error(
        "the printer asks who we are in a way that is not spoken here; it must take Basic or Digest"
    )]
    Unknown,
    /// The question came when the document had left already.
    #[error("the printer asked for a user and password only after the document had been sent")]
    TooLate,
}

impl Login {
    pub(super) fn new(user: Option<PrinterLogin>, tls: bool, path: &str) -> Self {
        Self {
            user,
            tls,
            path: path.to_owned(),
            asked: Mutex::new(None),
        }
    }

    /// What goes with the next request, if the printer asked before.
    pub(super) fn answer(&self) -> Option<HeaderValue> {
        let user = self.user.as_ref()?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match asked.as_mut()? {
            Challenge::Basic => Zeroizing::new(basic(user)),
            Challenge::Digest(challenge) => Zeroizing::new(digest(challenge, user, &self.path)?),
        };
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Whether each request needs a number of its own under the printer's challenge, which grows old.
    pub(super) fn is_digest(&self) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*asked, Some(Challenge::Digest(_)))
    }

    /// Takes the challenge of an answer with HTTP status 401.
    ///
    /// # Errors
    /// There is none that may be answered.
    pub(super) fn learn(&self, headers: &HeaderMap) -> Result<(), LoginError> {
        let Some(user) = &self.user else {
            return Err(LoginError::Wanted);
        };
        let chosen = choose(headers).ok_or(LoginError::Unknown)?;
        if matches!(chosen, Challenge::Basic) && !self.tls && !user.in_clear {
            return Err(LoginError::InClear);
        }
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(chosen);
        Ok(())
    }
}

fn basic(user: &PrinterLogin) -> String {
    let pair = Zeroizing::new(format!("{}:{}", user.user, user.password.as_str()));
    format!("Basic {}", STANDARD.encode(pair.as_bytes()))
}

fn digest(
    challenge: &mut WwwAuthenticateHeader,
    user: &PrinterLogin,
    path: &str,
) -> Option<String> {
    let (name, password) = (user.user.as_str(), user.password.as_str());
    let context = AuthContext::new_post(name, password, path, None::<&[u8]>);
    let answer = challenge.respond(&context).ok()?;
    Some(answer.to_header_string())
}

/// The strongest challenge: Digest before Basic, by SHA before MD5.
fn choose(headers: &HeaderMap) -> Option<Challenge> {
    let mut digests = Vec::new();
    let mut basic = false;
    for header in headers.get_all(WWW_AUTHENTICATE) {
        // Only visible ASCII: the parser below counts characters as bytes.
        let Ok(header) = header.to_str() else {
            continue;
        };
        for challenge in challenges(header) {
            let scheme = challenge.split([' ', '\t']).next().unwrap_or_default();
            if scheme.eq_ignore_ascii_case("basic") {
                basic = true;
            } else if scheme.eq_ignore_ascii_case("digest") {
                let parameters = &challenge[scheme.len()..];
                digests.extend(read_digest(parameters));
            }
        }
    }
    digests.sort_by_key(|it| it.algorithm.to_string().starts_with("MD5"));
    match digests.into_iter().next() {
        Some(digest) => Some(Challenge::Digest(Box::new(digest))),
        None => basic.then_some(Challenge::Basic),
    }
}

/// A Digest challenge that can be answered without the whole body at hand.
fn read_digest(parameters: &str) -> Option<WwwAuthenticateHeader> {
    let mut challenge = digest_auth::parse(parameters).ok()?;
    if let Some(qop) = &mut challenge.qop {
        qop.retain(|qop| *qop == Qop::AUTH);
        if qop.is_empty() {
            return None;
        }
    }
    Some(challenge)
}

/// The challenges of one `WWW-Authenticate` header: commas part them, and their parameters too (RFC 9110, 11.6.1).
fn challenges(header: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in parts(header) {
        let part = part.trim();
        let token = part.find([' ', '\t', '=']).unwrap_or(part.len());
        let is_parameter = part[token..].trim_start().starts_with('=');
        match found.last_mut() {
            Some(last) if is_parameter => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ if part.is_empty() || is_parameter => {}
            _ => found.push(part.to_owned()),
        }
    }
    found
}

/// What stands between commas that are not in quotes.
fn parts(header: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    let mut parts = Vec::new();
    for (at, byte) in header.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                parts.push(&header[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(headers: &[&str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(WWW_AUTHENTICATE, HeaderValue::from_str(header).unwrap());
        }
        map
    }

    fn login(tls: bool, in_clear: bool) -> Login {
        let user = PrinterLogin::new("office", "secret", in_clear);
        Login::new(Some(user), tls, "/ipp/print")
    }

    fn answered(headers: &[&str]) -> String {
        let login = login(true, false);
        login.learn(&asking(headers)).unwrap();
        let answer = login.answer().unwrap();
        assert!(answer.is_sensitive());
        answer.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_password_goes_in_clear_only_where_that_was_allowed_or_the_line_is_encrypted() {
        let basic = asking(&["Basic realm=\"printer\""]);
        assert_eq!(login(false, false).learn(&basic), Err(LoginError::InClear));
        for (tls, in_clear) in [(true, false), (false, true)] {
            let login = login(tls, in_clear);
            assert_eq!(login.answer(), None, "before it is asked for");
            assert_eq!(login.learn(&basic), Ok(()));
            assert_eq!(login.answer().unwrap(), "Basic b2ZmaWNlOnNlY3JldA==");
        }
        let nobody = Login::new(None, true, "/");
        assert_eq!(nobody.learn(&basic), Err(LoginError::Wanted));
    }

    #[test]
    fn the_strongest_of_several_challenges_is_answered() {
        let md5 = "Digest realm=\"p, q=1\", qop=\"auth, auth-int\", nonce=\"n1\", algorithm=MD5";
        let sha = "Digest realm=\"p\", qop=\"auth\", nonce=\"n2\", algorithm=SHA-256";
        let one = answered(&["Basic realm=\"p\"", md5, sha]);
        assert!(one.contains("nonce=\"n2\""), "{one}");
        let joined = format!("Negotiate, Basic realm=\"p\", {md5}");
        let one = answered(&[&joined]);
        assert!(one.starts_with("Digest username=\"office\""), "{one}");
        assert!(
            one.contains("realm=\"p, q=1\"") && one.contains("qop=auth,"),
            "{one}"
        );
        assert!(!one.contains("secret"));
    }

    #[test]
    fn each_answer_to_a_digest_has_a_number_of_its_own() {
        let login = login(false, false);
        let challenge = "Digest realm=\"p\", qop=\"auth\", nonce=\"n\"";
        login.learn(&asking(&[challenge])).unwrap();
        for number in ["nc=00000001", "nc=00000002"] {
            let answer = login.answer().unwrap();
            assert!(answer.to_str().unwrap().contains(number));
        }
    }

    #[test]
    fn what_is_not_spoken_here_is_said() {
        let login = login(true, true);
        for header in [
            "Negotiate",
            "",
            "Digest",
            "Digest realm=\"p\"",
            "Digest realm=\"p\", nonce=\"n\", algorithm=ROT13",
            "Digest realm=\"p\", nonce=\"n\", qop=\"auth-int\"",
            "Digest realm=\"p\\",
        ] {
            assert_eq!(
                login.learn(&asking(&[header])),
                Err(LoginError::Unknown),
                "{header}"
            );
        }
    }
}
