//! One full TIN for a person who may see it, and vendors found by a number.

use chrono::{DateTime, Utc};
use formfeed_domain::{Tin, TinKind, VendorId};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::tin_service_server::TinService;
use formfeed_runtime::access::{self, Caller};
use formfeed_runtime::{IntoStatus as _, Refusal, detached, reason};
use formfeed_store::vendor::{Find, Reveal};
use tonic::{Code, Request, Response, Status};
use zeroize::Zeroizing;

use crate::Handlers;
use crate::refusal::{kept, not_found, valid};
use crate::tins::message;
use crate::vendors::KIND;

/// Look-ups by number within an hour for each number that may be revealed: a vendor shows four digits of nine, and whoever may
/// try the others at will has the number.
const LOOKS: u32 = 5;
/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 5..=200;

/// The handlers, and how many numbers a token may see within an hour.
#[derive(Clone)]
pub(crate) struct Reveals {
    pub(crate) handlers: Handlers,
    pub(crate) per_hour: u32,
}

#[tonic::async_trait]
impl TinService for Reveals {
    async fn reveal_tin(
        &self,
        request: Request<pb::RevealTinRequest>,
    ) -> Result<Response<pb::ReleasedTin>, Status> {
        let caller = access::caller(&request);
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { this.reveal(&request, &caller).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn find_vendors_by_tin(
        &self,
        request: Request<pb::FindVendorsByTinRequest>,
    ) -> Result<Response<pb::FindVendorsByTinResponse>, Status> {
        let caller = access::caller(&request);
        let mut bad = Violations::new();
        let asked = Zeroizing::new(request.into_inner().tin);
        let tin = Tin::parse(TinKind::Ein, &asked);
        let tin = tin.map_err(|error| bad.add("tin", error)).ok();
        let tin = valid(bad, tin)?;
        let most = self.per_hour.saturating_mul(LOOKS);
        let store = &self.handlers.store;
        let found = store.vendors_with_tin(tin.digits(), most, Utc::now()).await;
        let found = match found.map_err(|error| kept(error, "vendors", ""))? {
            Find::Vendors(found) => found,
            Find::TooMany { until } => {
                let told = format!("has looked for {most} TINs within an hour");
                return Err(too_many(&caller, until, most, &told));
            }
        };
        let vendors = found.into_iter().map(|twin| pb::VendorWithTin {
            name: format!("vendors/{}", twin.vendor_id),
            versions: twin.versions,
        });
        Ok(Response::new(pb::FindVendorsByTinResponse {
            vendors: vendors.collect(),
        }))
    }
}

impl Reveals {
    async fn reveal(
        &self,
        request: &pb::RevealTinRequest,
        caller: &Caller,
    ) -> Result<pb::ReleasedTin, Status> {
        let mut bad = Violations::new();
        let name = &request.name;
        let id = convert::key_in(&mut bad, "name", KIND.collection, name, VendorId::new);
        let reason = why(&mut bad, &request.reason);
        let id = valid(bad, id)?;
        let revealed = self
            .handlers
            .store
            .reveal_tin(id.as_str(), reason, self.per_hour, Utc::now())
            .await;
        match revealed.map_err(|error| kept(error, name, ""))? {
            Reveal::Tin(tin) => Ok(message(&tin)),
            Reveal::NoVendor => Err(not_found(KIND, name)),
            Reveal::NoTin => Err(Refusal::failed_precondition(
                reason::NO_TIN,
                format!("{name} has no TIN"),
            )
            .with("vendor", name)
            .into_status()),
            Reveal::TooMany { until } => {
                let most = self.per_hour;
                let told = format!("has seen {most} TINs within an hour");
                Err(too_many(caller, until, most, &told))
            }
        }
    }
}

fn too_many(caller: &Caller, until: DateTime<Utc>, most: u32, told: &str) -> Status {
    let token = caller.name.as_str();
    tracing::warn!(token, most, "{token} {told}, and wants more");
    let wait = (until - Utc::now()).to_std().unwrap_or_default();
    let at = until.format("%H:%M UTC");
    let message = format!(
        "{token} {told}, which is all it may; the next one from {at} on (FORMFEED_REVEALS_PER_HOUR)"
    );
    Refusal::new(Code::ResourceExhausted, reason::TOO_MANY_REVEALS, message)
        .with("limit", most)
        .retry_after(wait)
        .into_status()
}

/// Reads why a number is wanted.
fn why<'a>(bad: &mut Violations, sent: &'a str) -> &'a str {
    let sent = sent.trim();
    if let Err(error) = formfeed_domain::text::check_required(sent) {
        bad.add("reason", error);
    } else if !REASON.contains(&sent.chars().count()) {
        let (least, most) = (REASON.start(), REASON.end());
        bad.add("reason", format!("is {least} to {most} characters long"));
    }
    sent
}
