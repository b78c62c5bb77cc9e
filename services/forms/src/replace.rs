//! In the place of an electronic file that the IRS rejected: when one may be made, and what it is then.

use std::collections::BTreeMap;

use formfeed_domain::correction::FilingKind;
use formfeed_domain::export::{AnswerStatus, Export, Format};
use formfeed_domain::printing::Subject;
use formfeed_efile as efile;
use formfeed_runtime::{IntoStatus as _, Refusal, reason};
use formfeed_store::forms::FormsStore;
use tonic::Status;

use crate::answer::export;
use crate::peers::Peers;
use crate::standing::Standings;

/// What the new file is, and the rejected one must have been.
pub(crate) struct Alike<'a> {
    /// Whose forms.
    pub(crate) subject: &'a Subject,
    /// What the file is.
    pub(crate) format: Format,
    /// A test file.
    pub(crate) is_test: bool,
    /// First filing or corrections.
    pub(crate) kind: FilingKind,
}

/// An export of which the IRS rejected a file or more.
pub(crate) struct Rejected {
    export: Export,
    /// Receipts of the rejected files, by their numbers.
    receipts: BTreeMap<u32, String>,
}

impl Rejected {
    /// The export with this key, once it may be replaced by such a file.
    pub(crate) async fn of(
        store: &FormsStore,
        id: &str,
        alike: &Alike<'_>,
    ) -> Result<Self, Status> {
        let export = export(store, id).await?;
        let filing = store.filing(id).await;
        let filing = filing.map_err(|error| error.into_status())?;
        let subject = alike.subject;
        let is_alike = (&export.payer_id, export.tax_year, export.form_type)
            == (&subject.payer_id, subject.tax_year, subject.form_type)
            && (export.format, export.is_test) == (alike.format, alike.is_test)
            && filing.is_none_or(|filing| filing.kind == alike.kind);
        if !is_alike {
            let why = match alike.kind {
                FilingKind::Corrections => {
                    "it is of other forms, another format, or holds no corrections"
                }
                FilingKind::Originals | FilingKind::Copies => {
                    "it is of other forms, another format, or holds corrections, which formfeed correct replaces"
                }
            };
            return Err(not_replaced(id, why));
        }
        let answers = store.answers(&[id.to_owned()]).await;
        let answers = answers.map_err(|error| error.into_status())?.into_iter();
        let rejected = answers.filter(|answer| answer.status == AnswerStatus::Rejected);
        let receipts: BTreeMap<_, _> = rejected
            .map(|answer| (answer.file, answer.receipt_id))
            .collect();
        if receipts.is_empty() {
            let why = "the IRS's rejection and its receipt were not kept; keep them with formfeed exports answer";
            return Err(not_replaced(id, why));
        }
        Ok(Self { export, receipts })
    }

    /// Refuses unless all of a first filing was rejected and nothing was filed since in its place, `own` apart.
    pub(crate) async fn check_whole(
        &self,
        store: &FormsStore,
        peers: &Peers,
        own: &str,
    ) -> Result<(), Status> {
        let export = &self.export;
        let files = u32::try_from(export.files).unwrap_or(0);
        if (1..=files).any(|file| !self.receipts.contains_key(&file)) {
            let numbers: Vec<_> = self.receipts.keys().map(u32::to_string).collect();
            let why = format!(
                "of its {files} files the IRS rejected only {}; file their forms with formfeed correct, where they are listed",
                numbers.join(", ")
            );
            return Err(not_replaced(&export.id, &why));
        }
        let standings = Standings::load(store, peers, &export.payer_id, export.tax_year).await?;
        match standings.filed_by_file(export.form_type, own) {
            Some(stands) if !export.is_test => {
                let why = format!(
                    "exports/{stands} has filed its forms already; keep the IRS's answer to that one first"
                );
                Err(not_replaced(&export.id, &why))
            }
            _ => Ok(()),
        }
    }

    /// What a file of originals is to the IRS in the place of this one. FIRE and the portal are told at the upload.
    pub(crate) fn kind_of_originals(&self) -> efile::Kind {
        match self.receipts.first_key_value() {
            Some((_, receipt_id)) if self.export.format == Format::IrisXml => {
                replacement(receipt_id)
            }
            _ => efile::Kind::Original,
        }
    }

    /// What the originals behind corrections are to IRIS, which replaces originals and takes corrections as corrections
    /// again: a replacement where the file that held the originals was rejected.
    pub(crate) async fn kind_behind_corrections(
        &self,
        store: &FormsStore,
    ) -> Result<efile::Kind, Status> {
        let forms = store.filed_forms(&self.export.id).await;
        let forms = forms.map_err(|error| error.into_status())?;
        let mut originals = forms.iter().filter(|form| !form.step.is_marked());
        let file = originals.find_map(|form| form.placed).map(|at| at.file);
        let receipt_id = file.and_then(|file| self.receipts.get(&file));
        Ok(receipt_id.map_or(efile::Kind::Original, |receipt_id| replacement(receipt_id)))
    }

    /// Why a file is made again, behind the caller's own reason.
    pub(crate) fn reason(&self, given: &str) -> String {
        let own = format!(
            "replaces exports/{}, which the IRS rejected",
            self.export.id
        );
        match given {
            "" => own,
            given => format!("{given} ({own})"),
        }
    }

    /// What has to be said at the upload.
    pub(crate) fn at_upload(&self) -> Option<String> {
        let receipts: Vec<_> = self.receipts.values().map(String::as_str).collect();
        let receipts = receipts.join(", ");
        (self.export.format == Format::Fire)
            .then(|| format!("tell FIRE at the upload that it is a replacement of {receipts}"))
    }
}

fn replacement(receipt_id: &str) -> efile::Kind {
    efile::Kind::Replacement(efile::Replaced::Transmission {
        receipt_id: receipt_id.to_owned(),
    })
}

fn not_replaced(id: &str, why: &str) -> Status {
    let message = format!("exports/{id} is not replaced: {why}");
    Refusal::failed_precondition(reason::NOT_REJECTED, message)
        .with("export", format!("exports/{id}"))
        .into_status()
}
