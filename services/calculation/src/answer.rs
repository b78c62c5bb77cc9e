//! What is stored, as it is answered.

use formfeed_proto::calculation as pb;
use formfeed_proto::convert::information::{PayerYear, information_name, method_to, run_name};
use formfeed_proto::convert::timestamp_to;
use formfeed_proto::vendor::FileCounts;
use formfeed_store::calculation::{
    ExceptionEntry, FileCount, Import, InformationEntry, Purpose, Run, RunState, SkippedEntry,
};

/// A published import.
pub(crate) fn import_to(import: &Import) -> pb::Import {
    let count = |count: &FileCount| FileCounts {
        file: count.file.clone(),
        new_records: count.new,
        changed_records: count.changed,
        same_records: count.same,
    };
    pb::Import {
        name: format!("imports/{}", import.import_id),
        sequence: import.sequence.unwrap_or_default(),
        user: import.user.clone(),
        publish_time: import.publish_time.map(timestamp_to),
        files: import.files.iter().map(count).collect(),
    }
}

/// A run.
pub(crate) fn run_to(run: &Run) -> pb::Run {
    let state = match run.state {
        RunState::Running => pb::run::State::Running,
        RunState::Completed => pb::run::State::Completed,
        RunState::Failed => pb::run::State::Failed,
        RunState::Canceled => pb::run::State::Canceled,
    };
    let (asked, totals) = (&run.asked, &run.totals);
    let (method, basis, source) = method_to(asked.method);
    let text =
        |key: Option<&formfeed_domain::VendorId>| key.map(ToString::to_string).unwrap_or_default();
    pb::Run {
        name: run_name(&asked.run_id),
        payer_id: asked.payer_id.to_string(),
        tax_year: asked.tax_year.year(),
        purpose: match asked.purpose {
            Purpose::Standing => pb::run::Purpose::Standing.into(),
            Purpose::Lab => pb::run::Purpose::Lab.into(),
        },
        method: method.into(),
        basis: basis.into(),
        source: source.into(),
        from_recipient_id: text(asked.from_recipient_id.as_ref()),
        to_recipient_id: text(asked.to_recipient_id.as_ref()),
        user: asked.user.clone(),
        state: state.into(),
        failure: run.failure.clone(),
        import_sequence: run.import_sequence,
        recipients: totals.recipients,
        rows: totals.rows,
        skipped: totals.skipped,
        exceptions: totals.exceptions,
        taxable_amount_cents: totals.taxable.cents(),
        federal_tax_withheld_cents: totals.federal_tax_withheld.cents(),
        state_tax_withheld_cents: totals.state_tax_withheld.cents(),
        create_time: Some(timestamp_to(asked.create_time)),
        end_time: run.end_time.map(timestamp_to),
    }
}

/// A row of 1099 information.
pub(crate) fn information_to(of: &PayerYear, entry: &InformationEntry) -> pb::Information {
    pb::Information {
        name: information_name(of, &entry.recipient_id, entry.income_type),
        payer_id: of.payer_id.to_string(),
        tax_year: of.tax_year.year(),
        recipient_id: entry.recipient_id.clone(),
        income_type: entry.income_type.to_string(),
        total_1099_amount_cents: entry.total_1099_amount.cents(),
        taxable_amount_cents: entry.taxable_amount.cents(),
        edited: false,
        vendor_version: entry.vendor_version,
        address_code: entry.address_code.clone(),
        recipient_name: entry.recipient_name.clone(),
        run: run_name(&entry.run_id),
    }
}

/// A recipient without a row.
pub(crate) fn skipped_to(entry: &SkippedEntry) -> pb::SkippedRecipient {
    pb::SkippedRecipient {
        recipient_id: entry.recipient_id.clone(),
        reason: entry.reason.clone(),
        explanation: entry.explanation.clone(),
        run: run_name(&entry.run_id),
        vendor_version: entry.vendor_version,
    }
}

/// Something a person should look at.
pub(crate) fn exception_to(entry: &ExceptionEntry) -> pb::CalculationException {
    pb::CalculationException {
        recipient_id: entry.recipient_id.clone(),
        reason: entry.reason.clone(),
        explanation: entry.explanation.clone(),
        payment_id: entry.payment_id.clone(),
        voucher_id: entry.voucher_id.clone(),
    }
}
