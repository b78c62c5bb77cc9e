//! What a posted form says.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
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

    /// A whole number; `None` when there is none, or it is none.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.text(name).parse().ok()
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

    #[tokio::test]
    async fn a_form_beyond_its_size_is_refused() {
        let long = vec![b'a'; MOST_BYTES + 1];
        let refused = Form::read(Body::from(long)).await.unwrap_err();
        assert_eq!(refused, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
