//! The release of full TINs, for a form and for the forms service alone.

use formfeed_domain::{PayerId, Tin};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::access::Caller;
use formfeed_store::audit::{Audited as _, Details};
use formfeed_store::vendor::{OpenedTin, VersionRef};
use tonic::Status;

use crate::Handlers;
use crate::refusal::{store, valid};
use crate::versions::{missing, version_refs};

/// Longest purpose, in characters.
const LONGEST_PURPOSE: usize = 100;

impl Handlers {
    /// Who may call is decided before: see the table of roles. Every release is logged by key, never by number.
    pub(crate) async fn release_tins(
        &self,
        request: pb::ReleaseTinsRequest,
        caller: &Caller,
    ) -> Result<pb::ReleaseTinsResponse, Status> {
        let mut bad = Violations::new();
        let refs = version_refs(&mut bad, "vendors", &request.vendors);
        let payer = &request.payer_id;
        let payer = convert::read_optional(&mut bad, "payer_id", payer, PayerId::new);
        let purpose = purpose(&mut bad, &request.purpose);
        let (refs, payer) = valid(bad, payer.map(|payer| (refs, payer)))?;
        let mut released = pb::ReleaseTinsResponse::default();
        let opened = self.store.open_vendor_tins(&refs).await.map_err(store)?;
        for (wanted, tin) in refs.iter().zip(opened) {
            let tin = match tin {
                OpenedTin::NoVendor => return Err(missing(wanted)),
                OpenedTin::NoTin => pb::ReleasedTin::default(),
                OpenedTin::Tin(tin) => message(&tin),
            };
            released.vendors.push(tin);
        }
        if let Some(payer) = &payer {
            let tin = self
                .store
                .open_payer_tin(payer.as_str())
                .await
                .map_err(store)?;
            released.payer = tin.as_ref().map(message);
        }
        if request.transmitter {
            let tin = self.store.open_transmitter_tin().await.map_err(store)?;
            released.transmitter = tin.as_ref().map(message);
        }
        self.note_release(&refs, payer.is_some(), request.transmitter, purpose)
            .await?;
        let (user, service) = (caller.acting_user(), caller.name.as_str());
        for wanted in &refs {
            let (vendor_id, version) = (wanted.vendor_id.as_str(), wanted.version);
            tracing::info!(
                vendor_id,
                version,
                purpose,
                user,
                service,
                "Released a vendor's TIN"
            );
        }
        if let Some(payer) = &payer {
            tracing::info!(payer_id = %payer, purpose, user, service, "Released a payer's TIN");
        }
        if request.transmitter {
            tracing::info!(purpose, user, service, "Released the transmitter's TIN");
        }
        Ok(released)
    }
}

impl Handlers {
    /// One entry of the audit trail for each call, before the numbers leave.
    async fn note_release(
        &self,
        vendors: &[VersionRef],
        payer: bool,
        transmitter: bool,
        purpose: &str,
    ) -> Result<(), Status> {
        let vendors = i64::try_from(vendors.len()).unwrap_or(i64::MAX);
        let details = Details::new()
            .number("vendors", vendors)
            .number("payers", i64::from(payer))
            .number("transmitters", i64::from(transmitter))
            .text("purpose", purpose);
        let trail = self.store.trail();
        let noted = trail.note("tin.release", "vendors", details).await;
        noted.map_err(store)
    }
}

/// Reads the purpose, which goes into the log: short, and without anything a terminal would obey.
fn purpose<'a>(bad: &mut Violations, sent: &'a str) -> &'a str {
    if let Err(error) = formfeed_domain::text::check_required(sent) {
        bad.add("purpose", error);
    } else if sent.chars().count() > LONGEST_PURPOSE {
        bad.add(
            "purpose",
            format!("is longer than {LONGEST_PURPOSE} characters"),
        );
    }
    sent
}

/// A number in full.
pub(crate) fn message(tin: &Tin) -> pb::ReleasedTin {
    pb::ReleasedTin {
        digits: tin.digits().to_owned(),
        tin_type: tin.kind().as_str().to_owned(),
    }
}
