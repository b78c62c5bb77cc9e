//! Styles and scripts, compiled in; an address changes with its content, so that browsers keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// A file as it is served.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Every file.
static ASSETS: [Asset; 5] = [
    Asset {
        name: "console.css",
        kind: CSS,
        bytes: include_bytes!("assets/console.css"),
    },
    Asset {
        name: "htmx.min.js",
        kind: JS,
        bytes: include_bytes!("assets/htmx.min.js"),
    },
    Asset {
        name: "htmx-ext-sse.js",
        kind: JS,
        bytes: include_bytes!("assets/htmx-ext-sse.js"),
    },
    Asset {
        name: "console.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("assets/console.svg"),
    },
    Asset {
        name: "console.js",
        kind: JS,
        bytes: include_bytes!("assets/console.js"),
    },
];

/// A word that changes with any of the files.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in &ASSETS {
        hash.update(asset.bytes);
    }
    let bytes: [u8; 32] = hash.finalize().into();
    bytes[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// The path of a file.
pub(super) fn path(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// Serves a file.
pub(super) async fn serve(Path((_version, name)): Path<(String, String)>) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
