//! What a posted form says.

use std::str::FromStr;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use tonic::Status;
use url::form_urlencoded;

/// Most bytes of a form.
const MOST_BYTES: usize = 64 * 1024;
/// Time for a form to come whole.
const WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Names and values, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form to its end.
    ///
    /// # Errors
    /// The status to answer when it is too large, or does not come.
    pub(super) async fn read(body: Body) -> Result<Self, StatusCode> {
        let bytes = tokio::time::timeout(WITHIN, to_bytes(body, MOST_BYTES)).await;
        let bytes = bytes.map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
        let bytes = bytes.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    /// Reads the query of an address.
    pub(super) fn query(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// A value without the space around it; blank when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// Whether a box is ticked.
    pub(super) fn is_set(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// A whole number of an address; `None` when there is none, or it is none.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.text(name).parse().ok()
    }

    /// A whole number that may be left out.
    ///
    /// # Errors
    /// What stands there is none, or is too large.
    pub(super) fn whole<T: FromStr>(&self, name: &str) -> Result<Option<T>, Status> {
        let text = self.text(name);
        let wrong = || Status::invalid_argument(format!("{name} is a whole number, not “{text}”"));
        match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| wrong()),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn must<T: FromStr>(&self, name: &str) -> Result<T, Status> {
        let none = || Status::invalid_argument(format!("{name} is a whole number, and is missing"));
        self.whole(name)?.ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let form = Form::query(Some("reason=two+words%21&sheet=7&ok=on&sheet=8"));
        assert_eq!(form.text("reason"), "two words!");
        assert_eq!(form.number("sheet"), Some(7));
        assert!(form.is_set("ok") && !form.is_set("missing"));
    }

    #[test]
    fn a_number_that_cannot_be_read_is_refused() {
        let form = Form::query(Some("a=99999999999999999999&b=1.5&c=two&d=&e=7"));
        for name in ["a", "b", "c"] {
            let refused = form.whole::<i64>(name).unwrap_err();
            assert!(refused.message().contains(name), "{refused}");
            assert!(form.must::<i64>(name).is_err());
        }
        assert_eq!(form.whole::<i64>("d").unwrap(), None);
        assert!(form.must::<i64>("d").is_err(), "a blank one is missing");
        assert_eq!(form.must::<i64>("e").unwrap(), 7);
    }

    #[tokio::test]
    async fn a_form_beyond_its_size_is_refused() {
        let long = vec![b'a'; MOST_BYTES + 1];
        let refused = Form::read(Body::from(long)).await.unwrap_err();
        assert_eq!(refused, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
