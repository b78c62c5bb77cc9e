//! Whether each service's tables answer, asked at each scrape.

use std::time::Duration;

use futures::future::join_all;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Of;
use crate::life::Member;

/// Who scrapes waits no longer.
const WITHIN: Duration = Duration::from_secs(2);

/// Asks all of them at once.
pub(super) async fn register(registry: &mut Registry, members: &[Member]) {
    let up = Family::<Of, Gauge>::default();
    let asked = members.iter().map(|member| async {
        let answered = tokio::time::timeout(WITHIN, member.ask()).await;
        let service = member.service().name();
        let gauge = up.get_or_create(&Of { service }).clone();
        gauge.set(i64::from(matches!(answered, Ok(Ok(())))));
    });
    join_all(asked).await;
    registry.register(
        "formfeed_database_up",
        "1 while the service's tables answer",
        up,
    );
}
