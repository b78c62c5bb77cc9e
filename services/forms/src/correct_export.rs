//! Correction → electronic file: the forms that put right what was filed, recorded as filed with the file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::correction::{Action, FiledForm, FilingKind, Source, Step};
use formfeed_domain::export::{Export, Format};
use formfeed_domain::form::{Form, FormType};
use formfeed_domain::{VendorId, rules};
use formfeed_efile as efile;
use formfeed_proto::convert::correction::{CorrectionsQuery, ExportCorrectionsOrder};
use formfeed_proto::convert::export::export_to;
use formfeed_proto::convert::forms::FormOptions;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_forms_event::Event;
use formfeed_runtime::{IntoStatus as _, detached, incident, request_id};
use formfeed_store::forms::{FormsStore, ToFile};
use tonic::Status;
use uuid::Uuid;

use crate::answer;
use crate::candidates::{Candidate, Search};
use crate::correct::{meanwhile, to_file};
use crate::correction_error::CorrectionError;
use crate::draft::DraftForm;
use crate::duty::Leaving;
use crate::error::rule_status;
use crate::export::{changed_since, filed_form, filing_payer, not_combined};
use crate::filed::{filing_of_export, place};
use crate::peers::Peers;
use crate::print::Desk;
use crate::replace::{Alike, Rejected};
use crate::stream::{Outlet, Stop};
use crate::write_files::{Made, event, write};

/// Forms whose numbers are released at once.
const BATCH: usize = 500;

/// A request to export corrections.
pub(crate) struct Wish {
    /// Makes a retry safe.
    pub(crate) request_id: String,
    /// What was asked, in short, to know a retry by.
    pub(crate) fingerprint: String,
    /// What was asked.
    pub(crate) order: ExportCorrectionsOrder,
    /// Who asks.
    pub(crate) user: String,
}

/// The transmissions of a file or two, and which form each entry is.
#[derive(Default)]
struct Plan {
    transmissions: Vec<efile::Transmission>,
    /// By transmission, payer's group and entry: positions among the forms.
    positions: Vec<Vec<Vec<usize>>>,
}

/// Makes the file of a wish and streams it. A retry makes the file of the first time again.
pub(crate) async fn export(
    desk: &Arc<Desk>,
    wish: Wish,
    outlet: Outlet<pb::ExportFormsEvent>,
) -> Result<(), Stop> {
    let (store, peers, order) = (&desk.store, &desk.peers, &wish.order);
    let subject = order.subject.clone();
    let rules = rules::for_year(subject.tax_year).map_err(rule_status)?;
    rules.form(subject.form_type).map_err(rule_status)?;
    let known = store.export_of_request(&wish.request_id).await;
    let known = known.map_err(|error| error.into_status())?;
    match &known {
        Some((_, fingerprint)) => {
            let same = request_id::check(&wish.request_id, &wish.fingerprint, fingerprint);
            same.map_err(Status::from)?;
        }
        None => {
            let whose = (&subject.payer_id, subject.tax_year);
            desk.may_bring_out(whose, &wish.user, Leaving::Exported)
                .await?;
        }
    }
    let id = known.as_ref().map(|(first, _)| first.id.clone());
    let id = id.unwrap_or_else(|| Uuid::now_v7().to_string());
    let replaced = match &order.replaces {
        None => None,
        Some(replaced) => {
            let alike = Alike {
                subject: &subject,
                format: order.format,
                is_test: order.is_test,
                kind: FilingKind::Corrections,
            };
            Some(Rejected::of(store, replaced, &alike).await?)
        }
    };
    let (mut forms, options) = forms_of(desk, &wish, &id, known.is_some()).await?;
    let combining = order.combined.then_some(order.format);
    let not_all_combined = not_combined(forms.iter().map(|filed| &filed.form), combining);
    let behind = match &replaced {
        Some(replaced) => replaced.kind_behind_corrections(store).await?,
        None => efile::Kind::Original,
    };
    let plan = plan(store, peers, (order, behind), &forms, &id).await?;
    let outlet = Arc::new(outlet);
    let made = write(plan.transmissions, order.format, outlet.clone()).await?;
    let totals = made.totals(rules)?;
    let export = Export {
        id,
        request_id: wish.request_id,
        payer_id: subject.payer_id,
        tax_year: subject.tax_year,
        form_type: subject.form_type,
        format: order.format,
        is_test: order.is_test,
        forms: i64::try_from(totals.forms).unwrap_or(i64::MAX),
        total: totals.total,
        federal_withheld: totals.federal_withheld,
        files: made.files,
        digest: made.digest.clone(),
        user: wish.user,
        again_reason: replaced.as_ref().map_or_else(
            || order.reason.clone(),
            |replaced| replaced.reason(&order.reason),
        ),
        create_time: Utc::now().trunc_subsecs(6),
    };
    let export = match known {
        Some((first, _)) if first.digest == export.digest => first,
        Some((first, _)) => return Err(Stop::Failed(changed_since(&first))),
        None => {
            note_places(&mut forms, order.format, &plan.positions, &made);
            let filing = filing_of_export(&export, options, FilingKind::Corrections);
            let (desk, kept) = (desk.clone(), export.clone());
            let fingerprint = wish.fingerprint;
            let keeping = async move {
                let form_at = |at: usize| forms.get(at).cloned();
                let filed = (!kept.is_test).then_some(ToFile {
                    filing: &filing,
                    forms: &form_at,
                    seen: None,
                });
                let kept = desk.store.add_export(&kept, &fingerprint, filed).await;
                kept.map_err(meanwhile)
            };
            detached::finish(keeping).await?;
            export
        }
    };
    tracing::info!(
        export = export.id,
        forms = export.forms,
        format = export.format.as_str(),
        "Made an electronic file of {} corrections",
        export.forms
    );
    let mut finished = export_to(&export);
    finished.warnings = made.warnings();
    finished.warnings.extend(not_all_combined);
    finished
        .warnings
        .extend(replaced.as_ref().and_then(Rejected::at_upload));
    outlet.send(event(Event::Finished(finished))).await
}

/// The forms to file, and how they were made: those of the first time, or what is to be corrected now.
async fn forms_of(
    desk: &Desk,
    wish: &Wish,
    id: &str,
    is_known: bool,
) -> Result<(Vec<FiledForm>, FormOptions), Status> {
    if is_known {
        let forms = desk.store.filed_forms(id).await;
        let forms = forms.map_err(|error| error.into_status())?;
        if !forms.is_empty() {
            return Ok((forms, FormOptions::default()));
        }
    }
    let form_type = wish.order.subject.form_type;
    let query = CorrectionsQuery {
        payer_id: wish.order.subject.payer_id.clone(),
        tax_year: wish.order.subject.tax_year,
        form_type: None,
        recipients: wish.order.recipients.clone(),
        include_small: wish.order.include_small,
    };
    let search = Search::begin(&desk.store, &desk.peers, query.clone()).await?;
    let (candidates, standings) = search.all().await?;
    let candidates = of_type(candidates, form_type);
    let query = CorrectionsQuery {
        form_type: Some(form_type),
        ..query
    };
    let forms = to_file(id, candidates, &query)?;
    Ok((forms, standings.options(form_type)))
}

/// The candidates of a form type; a form of the right type goes with the one of the wrong type that it follows.
fn of_type(candidates: Vec<Candidate>, form_type: FormType) -> Vec<Candidate> {
    let is_first = |candidate: &Candidate| {
        matches!(
            candidate.action,
            Action::TakeBack {
                is_wrong_type: true
            }
        )
    };
    let firsts: BTreeSet<(VendorId, FormType)> = candidates
        .iter()
        .filter(|candidate| is_first(candidate))
        .map(|candidate| (candidate.vendor_id.clone(), candidate.form_type))
        .collect();
    let mut wanted: Vec<_> = candidates
        .into_iter()
        .filter(|candidate| {
            let mut others = FormType::ALL.into_iter();
            let first = others.find(|other| {
                *other != candidate.form_type
                    && firsts.contains(&(candidate.vendor_id.clone(), *other))
            });
            let follows = first.filter(|_| candidate.action == Action::New { is_second: true });
            follows.unwrap_or(candidate.form_type) == form_type
        })
        .collect();
    wanted.sort_by_key(|candidate| (candidate.vendor_id.clone(), !is_first(candidate)));
    wanted
}

/// Everything the files say.
async fn plan(
    store: &FormsStore,
    peers: &Peers,
    (order, behind): (&ExportCorrectionsOrder, efile::Kind),
    forms: &[FiledForm],
    id: &str,
) -> Result<Plan, Status> {
    let purpose = format!("exports/{id}");
    let records = match order.format {
        Format::IrisXml => records(store, order, forms).await?,
        Format::IrisCsv | Format::Fire => BTreeMap::new(),
    };
    let (transmitter, software) = peers.vendors.transmitter(purpose.clone()).await?;
    let mut filed = Vec::with_capacity(forms.len());
    let mut payer_tin = None;
    for batch in forms.chunks(BATCH) {
        let drafts = batch.iter().cloned().map(DraftForm::of_filed);
        let drafts: Vec<_> = drafts.collect();
        let versions = drafts.iter().map(|form| form.version.clone()).collect();
        let payer_id = &order.subject.payer_id;
        let released = peers
            .vendors
            .release_tins(versions, payer_id, purpose.clone());
        let released = released.await?;
        let payer = released.payer.as_ref();
        let full = drafts.iter().zip(released.vendors);
        filed.extend(full.map(|(form, tin)| form.with_tins(payer, tin)));
        payer_tin = released.payer;
    }
    let payer = filing_payer(peers, &order.subject, payer_tin).await?;
    let whole = efile::Transmission {
        tax_year: order.subject.tax_year,
        environment: match order.is_test {
            true => efile::Environment::Test,
            false => efile::Environment::Production,
        },
        kind: efile::Kind::Original,
        unique_id: id.to_owned(),
        transmitter,
        software,
        prior_year: order.prior_year,
        payers: Vec::new(),
    };
    let sorter = Sorter {
        order,
        behind,
        payer,
        forms,
        filed,
        records,
    };
    match order.format {
        Format::IrisXml => sorter.apart(whole, id),
        Format::IrisCsv | Format::Fire => Ok(sorter.together(whole)),
    }
}

/// What the entries are made of.
struct Sorter<'a> {
    order: &'a ExportCorrectionsOrder,
    /// What IRIS's file of originals behind the corrections is.
    behind: efile::Kind,
    payer: efile::FilingPayer,
    forms: &'a [FiledForm],
    /// The same in full.
    filed: Vec<Form>,
    /// What IRIS knows the corrected forms by, by position.
    records: BTreeMap<usize, efile::OriginalRecord>,
}

impl Sorter<'_> {
    /// One file: originals and corrections, the two forms of a type 2 correction as one entry.
    fn together(&self, whole: efile::Transmission) -> Plan {
        let mut entries = Vec::new();
        let mut at = 0;
        while let Some(form) = self.forms.get(at) {
            let second = self.forms.get(at + 1).filter(|second| {
                form.step == Step::TypeTwoFirst
                    && second.step == Step::TypeTwoSecond
                    && second.vendor_id == form.vendor_id
            });
            entries.push(match (form.step, second) {
                (_, Some(_)) => efile::Entry::type_two(self.form(at), self.form(at + 1), None),
                (step, None) if step.is_marked() => efile::Entry::type_one(self.form(at), None),
                _ => efile::Entry::original(self.form(at)),
            });
            at += if second.is_some() { 2 } else { 1 };
        }
        let form_type = self.order.subject.form_type;
        let has_corrections = self.forms.iter().any(|form| form.step.is_marked());
        Plan {
            transmissions: vec![efile::Transmission {
                kind: match has_corrections {
                    true => efile::Kind::Correction,
                    false => efile::Kind::Original,
                },
                payers: vec![self.group(form_type, entries)],
                ..whole
            }],
            positions: Vec::new(),
        }
    }

    /// IRIS: forms with CORRECTED in a transmission of corrections, the others in one of originals behind it.
    fn apart(&self, whole: efile::Transmission, id: &str) -> Result<Plan, Status> {
        let mut plan = Plan::default();
        for is_marked in [true, false] {
            let (mut payers, mut positions) = (Vec::new(), Vec::new());
            for form_type in FormType::ALL {
                let wanted = self.forms.iter().enumerate().filter(|(_, form)| {
                    form.step.is_marked() == is_marked && form.form.form_type == form_type
                });
                let at: Vec<usize> = wanted.map(|(at, _)| at).collect();
                let entries: Vec<_> = at.iter().map(|at| self.entry(*at, is_marked)).collect();
                if !entries.is_empty() {
                    payers.push(self.group(form_type, entries));
                    positions.push(at);
                }
            }
            if payers.is_empty() {
                continue;
            }
            let number = plan.transmissions.len();
            plan.positions.push(positions);
            plan.transmissions.push(efile::Transmission {
                kind: match is_marked {
                    true => efile::Kind::Correction,
                    false => self.behind.clone(),
                },
                unique_id: numbered(id, number)?,
                payers,
                ..whole.clone()
            });
        }
        Ok(plan)
    }

    fn entry(&self, at: usize, is_marked: bool) -> efile::Entry {
        match is_marked {
            true => efile::Entry::type_one(self.form(at), self.records.get(&at).cloned()),
            false => efile::Entry::original(self.form(at)),
        }
    }

    fn group(&self, form_type: FormType, entries: Vec<efile::Entry>) -> efile::PayerForms {
        efile::PayerForms {
            payer: self.payer.clone(),
            form_type,
            entries,
            replaces: None,
        }
    }

    fn form(&self, at: usize) -> efile::FiledForm {
        let form = self.filed[at].clone();
        filed_form(form, self.order.combined.then_some(self.order.format))
    }
}

/// The UUID of a transmission: the export's own, and one next to it for a second one.
fn numbered(id: &str, number: usize) -> Result<String, Status> {
    let uuid = Uuid::parse_str(id).map_err(|error| incident::internal(&error))?;
    let number = u128::try_from(number).unwrap_or_default();
    Ok(Uuid::from_u128(uuid.as_u128() ^ number).to_string())
}

/// What IRIS knows the corrected forms by; all that lack it are named at once.
async fn records(
    store: &FormsStore,
    order: &ExportCorrectionsOrder,
    forms: &[FiledForm],
) -> Result<BTreeMap<usize, efile::OriginalRecord>, Status> {
    let mut filings = BTreeMap::new();
    let mut records = BTreeMap::new();
    let (mut missing, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for (at, form) in forms.iter().enumerate() {
        let Some((filing_id, position)) = form.corrects.as_ref().filter(|_| form.step.is_marked())
        else {
            continue;
        };
        if !filings.contains_key(filing_id) {
            let filing = store.filing(filing_id).await;
            let is_export = filing
                .map_err(|error| error.into_status())?
                .is_some_and(|filing| filing.source == Source::Export);
            let is_xml =
                is_export && answer::export(store, filing_id).await?.format == Format::IrisXml;
            let forms = store.filed_forms(filing_id).await;
            let forms = forms.map_err(|error| error.into_status())?;
            filings.insert(filing_id.clone(), (is_xml, forms));
        }
        let position = usize::try_from(*position).unwrap_or(usize::MAX);
        let placed = filings.get(filing_id).and_then(|(is_xml, forms)| {
            let placed = forms.get(position)?.placed?;
            is_xml.then_some(placed)
        });
        let Some(placed) = placed else {
            unknown.insert(form.vendor_id.to_string());
            continue;
        };
        let given = order.receipts.get(&(filing_id.clone(), placed.file));
        let kept = match given {
            Some(receipt_id) => Some(receipt_id.clone()),
            None => receipt_of(store, filing_id, placed.file).await?,
        };
        match kept {
            Some(receipt_id) => {
                let submission = efile::OriginalSubmission {
                    receipt_id,
                    submission_id: placed.submission_id,
                };
                let record_id = placed.record_id;
                records.insert(
                    at,
                    efile::OriginalRecord {
                        submission,
                        record_id,
                    },
                );
            }
            None => {
                let file = placed.file;
                missing.insert(format!("exports/{filing_id} file {file}"));
            }
        }
    }
    let listed = |names: BTreeSet<String>| names.into_iter().collect();
    if !unknown.is_empty() {
        return Err(CorrectionError::NoIrisRecord(listed(unknown)).into());
    }
    if !missing.is_empty() {
        return Err(CorrectionError::ReceiptMissing(listed(missing)).into());
    }
    Ok(records)
}

/// The receipt of a file, where the IRS's answer was kept.
async fn receipt_of(store: &FormsStore, id: &str, file: u32) -> Result<Option<String>, Status> {
    let answers = store.answers(&[id.to_owned()]).await;
    let mut answers = answers.map_err(|error| error.into_status())?.into_iter();
    let answer = answers.find(|answer| answer.file == file);
    Ok(answer.map(|answer| answer.receipt_id))
}

/// Keeps where each form went, for IRIS to find it by when it is corrected again.
fn note_places(
    forms: &mut [FiledForm],
    format: Format,
    positions: &[Vec<Vec<usize>>],
    made: &Made,
) {
    if format != Format::IrisXml {
        return;
    }
    for (file, (written, positions)) in (1..).zip(made.written.iter().zip(positions)) {
        for placed in &written.placed {
            let group = positions.get(placed.payer);
            let at = group.and_then(|group| group.get(placed.entry)).copied();
            if let Some(form) = at.and_then(|at| forms.get_mut(at)) {
                form.placed = Some(place(file, placed));
            }
        }
    }
}
