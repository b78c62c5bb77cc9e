//! What is stored, as it is answered.

use formfeed_domain::Money;
use formfeed_domain::edit::Edit;
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::edit::parts_to;
use formfeed_proto::convert::information::{PayerYear, information_name, method_to, run_name};
use formfeed_proto::convert::timestamp_to;
use formfeed_proto::vendor::FileCounts;
use formfeed_runtime::etag::etag;
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

/// A row of 1099 information as it stands.
pub(crate) fn information_to(of: &PayerYear, entry: &InformationEntry) -> pb::Information {
    let name = information_name(of, &entry.recipient_id, entry.income_type);
    let standing = entry.standing();
    let edit = entry.edit.as_ref();
    let run = |id: &Option<String>| id.as_deref().map(run_name).unwrap_or_default();
    pb::Information {
        etag: information_etag(&name, entry),
        name,
        payer_id: of.payer_id.to_string(),
        tax_year: of.tax_year.year(),
        recipient_id: entry.recipient_id.clone(),
        income_type: entry.income_type.to_string(),
        total_1099_amount_cents: entry.total_1099_amount.cents(),
        taxable_amount_cents: standing.as_ref().map_or(0, |value| value.amount.cents()),
        edited: edit.is_some() || entry.address_code_edit.is_some(),
        vendor_version: entry.vendor_version,
        address_code: entry.address_code().to_owned(),
        recipient_name: entry.recipient_name.clone(),
        run: match entry.run_id.is_empty() {
            true => String::new(),
            false => run_name(&entry.run_id),
        },
        calculated_taxable_amount_cents: entry.calculated.map(Money::cents),
        states: entry.states.iter().map(state_to).collect(),
        added_by_hand: edit.is_some_and(|edit| matches!(edit.edit, Edit::Added(_))),
        deleted: standing.is_none(),
        parts: standing.and_then(|value| parts_to(&value.parts)),
        edit: edit.map(|edit| pb::InformationEdit {
            user: edit.by.user.clone(),
            time: Some(timestamp_to(edit.by.time)),
            reason: edit.by.reason.clone(),
            calculated_taxable_amount_cents: edit.calculated_then.map(Money::cents),
            kept_by_run: run(&edit.kept_by_run),
        }),
        address_code_edit: entry
            .address_code_edit
            .as_ref()
            .map(|edit| pb::AddressCodeEdit {
                user: edit.by.user.clone(),
                time: Some(timestamp_to(edit.by.time)),
                reason: edit.by.reason.clone(),
                calculated_address_code: entry.vendor_address_code.clone(),
                kept_by_run: run(&edit.kept_by_run),
            }),
    }
}

fn state_to((state, amount): &(String, Money)) -> pb::StateAmount {
    pb::StateAmount {
        state: state.clone(),
        amount_cents: amount.cents(),
    }
}

/// Changes with what was calculated and with every edit; a run that calculates the same leaves it as it is.
pub(crate) fn information_etag(name: &str, entry: &InformationEntry) -> String {
    let calculated = entry.calculated.map(|amount| amount.to_string());
    let edit = entry.edit.as_ref().map_or(0, |edit| edit.version);
    let address = entry.address_code_edit.as_ref();
    let version = format!(
        "{}/{}/{}/{edit}/{}",
        entry.total_1099_amount,
        calculated.unwrap_or_default(),
        entry.vendor_address_code,
        address.map_or(0, |edit| edit.version)
    );
    etag(name, version)
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
    let kept = entry.kept.as_ref();
    pb::CalculationException {
        recipient_id: entry.recipient_id.clone(),
        reason: entry.reason.clone(),
        explanation: entry.explanation.clone(),
        payment_id: entry.payment_id.clone(),
        voucher_id: entry.voucher_id.clone(),
        income_type: kept
            .map(|kept| kept.income_type.to_string())
            .unwrap_or_default(),
        calculated_taxable_amount_cents: kept.and_then(|kept| kept.calculated).map(Money::cents),
        edited_taxable_amount_cents: kept.and_then(|kept| kept.edited).map(Money::cents),
    }
}
