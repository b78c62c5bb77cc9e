//! Every address of the console.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};

use super::{
    Console, align, answer, assets, guard, health, job, job_acts, job_list, live, metrics,
    overview, picture, printer, printer_acts, proposal, question, report, sheet, sign_in, stock,
};

/// What the console answers, with and without the prefix that a reverse proxy may leave.
pub(super) fn routes(console: Arc<Console>) -> Router {
    let pages = Router::new()
        .route("/", get(overview::show))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/jobs", get(job_list::show))
        .route("/jobs/{job}", get(job::show).post(job_acts::act))
        .route(
            "/jobs/{job}/question",
            get(question::show).post(answer::act),
        )
        .route("/jobs/{job}/question/device", get(question::device))
        .route("/jobs/{job}/sheets/{sheet}", get(sheet::show))
        .route("/jobs/{job}/sheets/{sheet}/picture", get(picture::show))
        .route(
            "/printers/{printer}",
            get(printer::show).post(printer_acts::act),
        )
        .route("/printers/{printer}/align", post(align::act))
        .route(
            "/proposals/{proposal}",
            get(proposal::show).post(proposal::act),
        )
        .route("/reports", get(report::list))
        .route("/reports.csv", get(report::list_csv))
        .route("/reports/{job}", get(report::show))
        .route("/stock", get(stock::show))
        .route("/stock.csv", get(stock::csv))
        .layer(from_fn_with_state(console.clone(), guard::signed_in));
    // What a page asks by itself is no act of its person.
    let quiet = Router::new()
        .route("/live", get(live::overview))
        .route("/waiting", get(overview::waiting))
        .route("/session", get(async || StatusCode::NO_CONTENT))
        .route("/jobs/{job}/live", get(live::job))
        .route("/jobs/{job}/question/live", get(live::question))
        .route("/printers/{printer}/live", get(live::printer))
        .layer(from_fn_with_state(console.clone(), guard::looked_at));
    let open = Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/assets/{version}/{name}", get(assets::serve))
        .route("/healthz", get(health::show))
        .route("/metrics", get(metrics::show));
    let all = pages
        .merge(quiet)
        .merge(open)
        .fallback(async || (StatusCode::NOT_FOUND, "There is no such page."));
    let all = match console.base.as_str() {
        "" => all,
        base => {
            // Nesting knows the prefix without a slash behind it only.
            let front = Router::new()
                .route(&format!("{base}/"), get(overview::show))
                .layer(from_fn_with_state(console.clone(), guard::signed_in))
                .layer(from_fn(at_root));
            Router::new()
                .nest(base, all.clone())
                .merge(front)
                .merge(all)
        }
    };
    all.layer(from_fn_with_state(console.clone(), guard::every))
        .with_state(console)
}

async fn at_root(mut request: Request, next: Next) -> Response {
    *request.uri_mut() = Uri::from_static("/");
    next.run(request).await
}
