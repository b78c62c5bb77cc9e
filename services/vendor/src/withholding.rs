//! What is kept back from one payment.

use formfeed_domain::IncomeType;
use formfeed_domain::backup::{Payee, compute};
use formfeed_domain::extract::File;
use formfeed_domain::rules::RuleError;
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::{IntoStatus as _, Refusal, incident, reason};
use tonic::Status;

use crate::Handlers;
use crate::refusal::{invalid, store, valid};

impl Handlers {
    pub(crate) async fn compute_withholding(
        &self,
        request: pb::ComputeWithholdingRequest,
    ) -> Result<pb::Withholding, Status> {
        let (vendor_id, income_type, mut asked) =
            convert::disbursement_from(&request).map_err(|bad| invalid(&bad))?;
        let mut bad = Violations::new();
        self.check_reference(&mut bad, "payer_id", File::Payers, &request.payer_id)
            .await?;
        valid(bad, Some(()))?;
        let record = self.vendor(&vendor_id).await?;
        let own = record.vendor.default_income_type;
        asked.income_type = income_type
            .or(own)
            .unwrap_or(IncomeType::NonemployeeCompensation);
        let notices = self.b_notices_of(&[vendor_id.to_string()]).await?;
        let orders = self.store.withholding_orders_of(vendor_id.as_str()).await;
        let orders = orders.map_err(store)?;
        let configured = self.store.withholding_configuration_on(asked.paid_on).await;
        let configured = configured.map_err(store)?.map(|stored| stored.value);
        let payee = Payee {
            vendor: &record.vendor,
            has_tin: record.tin.is_some(),
            notices: &notices,
            orders: &orders,
        };
        let answer = compute(&asked, payee, configured.as_ref()).map_err(|e| no_rule(&e))?;
        Ok(convert::withholding_to(
            asked.gross,
            &answer,
            configured.as_ref(),
        ))
    }
}

/// A date without rules: FAILED_PRECONDITION. A broken rule file is our bug.
fn no_rule(error: &RuleError) -> Status {
    match error {
        RuleError::NoRateForDate { .. } | RuleError::NoRuleForYear { .. } => {
            Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, error.to_string()).into_status()
        }
        other => incident::internal(other),
    }
}
