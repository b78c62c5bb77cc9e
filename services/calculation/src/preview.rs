//! What a payment would mean, before it is made: the history so far, the year's rules, and the vendor service's word on
//! backup withholding. The deciding is the domain's.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use formfeed_domain::history::PaymentMethod;
use formfeed_domain::preview::{Planned, Preview, Recipient, preview};
use formfeed_domain::rules::{self, aggregate_test};
use formfeed_domain::vendor::Vendor;
use formfeed_domain::{IncomeType, Money, PayerId, TaxYear, VendorId};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::payment_preview_service_server::PaymentPreviewService;
use formfeed_proto::convert::{self, Violations, read};
use formfeed_proto::vendor;
use formfeed_runtime::{IntoStatus as _, incident};
use formfeed_store::calculation::{CalculationStore, PaidTo};
use tonic::{Request, Response, Status};

use crate::error::rule_status;
use crate::vendors::Vendors;

/// The handlers.
pub(crate) struct PreviewHandlers {
    store: Arc<CalculationStore>,
    vendors: Vendors,
}

/// What is asked about.
struct Asked {
    payer_id: PayerId,
    vendor_id: VendorId,
    gross: Money,
    method: PaymentMethod,
    paid_on: NaiveDate,
    tax_year: TaxYear,
    income_type: Option<IncomeType>,
}

/// A vendor as the vendor service answers it, and as the domain knows it.
struct Known {
    message: vendor::Vendor,
    vendor: Vendor,
}

/// What the history says of a recipient.
struct Before {
    this_year: PaidTo,
    /// `None` when the history does not reach back.
    last_year: Option<PaidTo>,
}

impl PreviewHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>, vendors: Vendors) -> Self {
        Self { store, vendors }
    }

    async fn preview(&self, asked: Asked) -> Result<pb::PaymentPreview, Status> {
        let rules = rules::for_year(asked.tax_year).map_err(|e| rule_status(&e, asked.tax_year))?;
        self.vendors.payer_exists(&asked.payer_id).await?;
        let owed = self.known(&asked.vendor_id).await?;
        let instead = match &owed.vendor.pay_vendor_id {
            Some(pay_vendor) if pay_vendor != &asked.vendor_id => {
                Some(self.known(pay_vendor).await?)
            }
            _ => None,
        };
        let recipient = instead.as_ref().unwrap_or(&owed);
        let own = owed.vendor.default_income_type;
        let income_type = asked
            .income_type
            .or(own)
            .unwrap_or(IncomeType::NonemployeeCompensation);
        let before = self.before(&asked, &recipient.vendor.vendor_id).await?;
        let withholding = match asked.method.is_direct() {
            false => None,
            true => {
                let request = withholding_request(&asked, recipient, income_type, &before);
                Some(self.vendors.compute_withholding(request).await?)
            }
        };
        let planned = Planned {
            gross: asked.gross,
            method: asked.method,
            paid_on: asked.paid_on,
            income_type,
        };
        let seen = Recipient {
            vendor: &recipient.vendor,
            is_active: recipient.message.state() == vendor::vendor::State::Active,
            has_tin: !recipient.message.truncated_tin.is_empty(),
            is_tin_doubtful: !recipient.message.tin_warnings.is_empty(),
            is_pay_vendor: instead.is_some(),
            is_withheld_from: withholding.as_ref().is_some_and(|answer| answer.due),
        };
        let paid = before.this_year.gross;
        let seen = preview(&planned, &seen, paid, rules);
        Ok(answer(
            &asked,
            recipient,
            &planned,
            &seen,
            paid,
            withholding,
        ))
    }

    async fn known(&self, vendor_id: &VendorId) -> Result<Known, Status> {
        let message = self.vendors.get(vendor_id).await?;
        let vendor = convert::vendor_from(&message).map_err(|bad| incident::internal(&bad))?;
        Ok(Known { message, vendor })
    }

    /// What the payer paid the recipient in the year up to the payment's day, and in the year before.
    async fn before(&self, asked: &Asked, recipient: &VendorId) -> Result<Before, Status> {
        let accounts = self.vendors.cash_accounts().await?;
        let own = accounts.with_payer.into_iter();
        let own = own.filter(|(_, payer)| payer == asked.payer_id.as_str());
        let accounts: Vec<_> = own.map(|(account, _)| account).collect();
        let paid = |dates| self.store.paid_to(recipient, &accounts, dates);
        let so_far = (asked.tax_year.first_day(), asked.paid_on);
        let this_year = paid(so_far).await.map_err(|e| e.into_status())?;
        let last_year = match TaxYear::new(asked.tax_year.year() - 1) {
            Err(_) => None,
            Ok(year) => {
                let whole = (year.first_day(), year.last_day());
                let reaches_back = self.store.has_payments(&accounts, whole).await;
                match reaches_back.map_err(|e| e.into_status())? {
                    false => None,
                    true => Some(paid(whole).await.map_err(|e| e.into_status())?),
                }
            }
        };
        Ok(Before {
            this_year,
            last_year,
        })
    }
}

#[tonic::async_trait]
impl PaymentPreviewService for PreviewHandlers {
    async fn preview_payment(
        &self,
        request: Request<pb::PreviewPaymentRequest>,
    ) -> Result<Response<pb::PaymentPreview>, Status> {
        let asked = asked_from(&request.into_inner()).map_err(|bad| bad.into_status())?;
        self.preview(asked).await.map(Response::new)
    }
}

fn asked_from(request: &pb::PreviewPaymentRequest) -> Result<Asked, Violations> {
    let mut bad = Violations::new();
    let payer_id = read(&mut bad, "payer_id", PayerId::new(&request.payer_id));
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&request.vendor_id));
    let gross = convert::gross_from(&mut bad, request.gross_cents);
    let method = read(&mut bad, "method", request.method.parse());
    let paid_on = convert::required_date(&mut bad, "payment_date", request.payment_date.as_ref());
    let tax_year = paid_on.and_then(|date| TaxYear::new(date.year()).ok());
    let income_type = convert::income_type_from(&mut bad, "income_type", &request.income_type);
    let keys = payer_id.zip(vendor_id).zip(method);
    let asked = keys.zip(paid_on.zip(tax_year)).map(
        |(((payer_id, vendor_id), method), (paid_on, tax_year))| Asked {
            payer_id,
            vendor_id,
            gross,
            method,
            paid_on,
            tax_year,
            income_type,
        },
    );
    bad.finish(asked)
}

/// Asks with what the history knows. What was paid in the year before may have been for anything, so that a 1099 counts
/// as required once all of it reaches the amount: the safe side.
fn withholding_request(
    asked: &Asked,
    recipient: &Known,
    income_type: IncomeType,
    before: &Before,
) -> vendor::ComputeWithholdingRequest {
    let required = before.last_year.and_then(|paid| {
        let last_day = asked.tax_year.first_day().pred_opt()?;
        let test = aggregate_test(last_day, income_type).ok()??;
        Some(paid.gross >= test.amount)
    });
    let withheld = before
        .last_year
        .map(|paid| paid.federal_tax_withheld.is_positive());
    vendor::ComputeWithholdingRequest {
        payer_id: asked.payer_id.to_string(),
        vendor_id: recipient.vendor.vendor_id.to_string(),
        gross_cents: asked.gross.cents(),
        payment_date: Some(convert::date_to(asked.paid_on)),
        income_type: income_type.as_str().to_owned(),
        paid_before_cents: Some(before.this_year.gross.cents()),
        required_last_year: required,
        withheld_last_year: withheld,
    }
}

fn answer(
    asked: &Asked,
    recipient: &Known,
    planned: &Planned,
    seen: &Preview<'_>,
    before: Money,
    withholding: Option<vendor::Withholding>,
) -> pb::PaymentPreview {
    let after = match seen.counts {
        true => before + planned.gross,
        false => before,
    };
    let crossed = |threshold: &rules::Threshold| pb::CrossedThreshold {
        income_type: threshold.income_type.as_str().to_owned(),
        threshold_cents: threshold.amount.cents(),
        boxes: rules::boxes_of(asked.tax_year, threshold.income_type),
    };
    let warning = |caution: &formfeed_domain::preview::Caution| pb::PreviewWarning {
        warning: caution.as_str().to_owned(),
        text: caution.to_string(),
    };
    pb::PaymentPreview {
        recipient_id: recipient.vendor.vendor_id.to_string(),
        tax_year: asked.tax_year.year(),
        income_type: planned.income_type.as_str().to_owned(),
        counts: seen.counts,
        year_to_date_cents: before.cents(),
        year_to_date_after_cents: after.cents(),
        crossed: seen.crossed.map(crossed).into_iter().collect(),
        warnings: seen.cautions.iter().map(warning).collect(),
        withholding,
    }
}
