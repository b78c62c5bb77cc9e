//! The separation of duty: read and switched over the runtime's file of it.

use std::sync::Arc;

use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::duty_service_server::DutyService;
use formfeed_runtime::access::{self, Duty, DutySwitch};
use formfeed_runtime::detached;
use formfeed_store::audit::{Audited as _, Details};
use formfeed_store::vendor::VendorStore;
use tonic::{Request, Response, Status};

use crate::refusal::{store, valid};

/// What the audit trail calls the switch.
const SUBJECT: &str = "duty";
/// Most sheets that one person may be let call spoiled or lost within a day.
const MOST_ALONE: u32 = 100_000;

/// The handlers of the duty service.
#[derive(Clone)]
pub(crate) struct Duties {
    pub(crate) switch: DutySwitch,
    pub(crate) store: Arc<VendorStore>,
}

#[tonic::async_trait]
impl DutyService for Duties {
    async fn get_duty(&self, _: Request<pb::GetDutyRequest>) -> Result<Response<pb::Duty>, Status> {
        let duty = self.switch.read().map_err(access::duty::unreadable)?;
        Ok(Response::new(message(duty)))
    }

    async fn set_duty(
        &self,
        request: Request<pb::SetDutyRequest>,
    ) -> Result<Response<pb::Duty>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        if let Err(error) = formfeed_domain::text::check_required(&request.reason) {
            bad.add("reason", error);
        }
        let alone = request.sheets_alone.map(u32::try_from);
        let most = alone.filter(|sheets| !matches!(sheets, Ok(0..=MOST_ALONE)));
        if most.is_some() {
            bad.add("sheets_alone", format!("is 0 to {MOST_ALONE}"));
        }
        valid(bad, Some(()))?;
        let this = self.clone();
        let set = detached::finish(async move { this.set(&request, &user).await });
        set.await.map(Response::new)
    }
}

impl Duties {
    async fn set(&self, request: &pb::SetDutyRequest, user: &str) -> Result<pb::Duty, Status> {
        let word = if request.separate { "on" } else { "off" };
        let details = Details::new().word("separate", word);
        let details = match request.sheets_alone {
            Some(sheets) => details.number("sheets_alone", sheets),
            None => details,
        };
        self.note("duty.set", details.text("reason", &request.reason))
            .await?;
        let alone = request.sheets_alone.and_then(|it| u32::try_from(it).ok());
        match self.switch.set(request.separate, alone, user) {
            Ok(duty) => Ok(message(duty)),
            Err(error) => {
                let details = Details::new().word("separate", word);
                self.note("duty.fail", details).await?;
                Err(access::duty::unreadable(error))
            }
        }
    }

    async fn note(&self, action: &str, details: Details) -> Result<(), Status> {
        let trail = self.store.trail();
        trail.note(action, SUBJECT, details).await.map_err(store)
    }
}

fn message(duty: Duty) -> pb::Duty {
    pb::Duty {
        separate: duty.separate,
        user: duty.user,
        sheets_alone: i32::try_from(duty.sheets_alone).unwrap_or(i32::MAX),
        update_time: duty.changed.map(convert::timestamp_to),
    }
}
