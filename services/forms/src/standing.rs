//! Which forms of a payer's year count as filed: electronic files do, sheets do once they are good.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::correction::{Filing, FilingKind, FormKey, Source, Step};
use formfeed_domain::export::AnswerStatus;
use formfeed_domain::form::FormType;
use formfeed_domain::{PayerId, TaxYear};
use formfeed_proto::convert::correction::filing_name;
use formfeed_proto::convert::forms::FormOptions;
use formfeed_proto::spooler::{Job, Sheet, job::State as JobState, sheet::State as SheetState};
use formfeed_runtime::IntoStatus as _;
use formfeed_store::forms::FormsStore;
use tonic::Status;

use crate::peers::Peers;

/// What has become of a form that was to be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is filed.
    Filed,
    /// It never will be: its sheet was given up, or its batch was not sent.
    NotFiled,
    /// This job, or this printing, must be settled first.
    UnderWay(String),
}

/// The batches of a payer and year, and how each of their forms stands.
pub(crate) struct Standings(BTreeMap<String, (Filing, Forms)>);

/// How the forms of a batch stand.
enum Forms {
    Alike(Standing),
    /// By position; what the job does not know was never filed.
    Apart(Vec<Standing>),
}

impl Standings {
    /// Reads the batches, and what the spooler says of their sheets.
    pub(crate) async fn load(
        store: &FormsStore,
        peers: &Peers,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Self, Status> {
        let filings = store.filings(payer_id, tax_year).await;
        let mut standings = BTreeMap::new();
        for filing in filings.map_err(|error| error.into_status())? {
            let forms = forms_of(store, peers, &filing).await?;
            standings.insert(filing.id.clone(), (filing, forms));
        }
        Ok(Self(standings))
    }

    /// How a form stands.
    pub(crate) fn of(&self, key: &FormKey) -> Standing {
        match self.0.get(&key.0) {
            Some((_, Forms::Alike(standing))) => standing.clone(),
            Some((_, Forms::Apart(standings))) => {
                let at = usize::try_from(key.1).unwrap_or(usize::MAX);
                standings.get(at).cloned().unwrap_or(Standing::NotFiled)
            }
            // Made since the batches were read: whoever looks now must not correct the same once more.
            None => Standing::UnderWay(key.0.clone()),
        }
    }

    /// The name of a batch; blank when there is none.
    pub(crate) fn name(&self, id: &str) -> String {
        let filing = self.0.get(id).map(|(filing, _)| filing);
        filing.map_or_else(String::new, |filing| filing_name(filing.source, &filing.id))
    }

    /// Whether a batch went out as an electronic file.
    pub(crate) fn is_export(&self, id: &str) -> bool {
        let filing = self.0.get(id);
        filing.is_some_and(|(filing, _)| filing.source == Source::Export)
    }

    /// Whether a printing or an export holds corrections instead of the year's forms.
    pub(crate) fn holds_corrections(&self, id: &str) -> bool {
        let filing = self.0.get(id);
        filing.is_some_and(|(filing, _)| filing.kind != FilingKind::Originals)
    }

    /// The form types of which the year's forms were filed, or are about to be.
    pub(crate) fn begun(&self) -> BTreeSet<FormType> {
        self.originals().map(|filing| filing.form_type).collect()
    }

    /// How the forms of a type were made when they were filed last.
    pub(crate) fn options(&self, form_type: FormType) -> FormOptions {
        let mut filings = self.originals().filter(|own| own.form_type == form_type);
        let last = filings.next_back();
        last.map_or_else(FormOptions::default, |filing| FormOptions {
            eligibility: filing.eligibility,
            assembly: filing.assembly,
        })
    }

    /// A first filing of a type that treated persons with several vendor ids the other way.
    pub(crate) fn with_other_twins(
        &self,
        form_type: FormType,
        merge_twins: bool,
    ) -> Option<&Filing> {
        self.originals().find(|filing| {
            filing.form_type == form_type && filing.eligibility.merge_twins != merge_twins
        })
    }

    /// The key of an electronic file, not `own`, that filed the year's forms of a type for the first time and stands.
    pub(crate) fn filed_by_file(&self, form_type: FormType, own: &str) -> Option<&str> {
        let mut filings = self.originals();
        let stands = filings.find(|filing| {
            filing.source == Source::Export && filing.form_type == form_type && filing.id != own
        });
        stands.map(|filing| filing.id.as_str())
    }

    /// The batches of corrections, newest first.
    pub(crate) fn corrections(&self) -> impl Iterator<Item = &Filing> {
        let filings = self.0.values().rev().map(|(filing, _)| filing);
        filings.filter(|filing| filing.kind == FilingKind::Corrections)
    }

    /// How many corrected forms were filed, by type; a type 2 correction counts once.
    pub(crate) async fn corrected(
        &self,
        store: &FormsStore,
    ) -> Result<BTreeMap<FormType, i64>, Status> {
        let mut corrected = BTreeMap::new();
        for filing in self.corrections() {
            let forms = store.filed_forms(&filing.id).await;
            for form in forms.map_err(|error| error.into_status())? {
                let counts = matches!(form.step, Step::TypeOne | Step::TypeTwoFirst);
                if counts && self.of(&form.key) == Standing::Filed {
                    *corrected.entry(form.form.form_type).or_default() += 1;
                }
            }
        }
        Ok(corrected)
    }

    /// First filings of which anything was filed or is under way, oldest first.
    fn originals(&self) -> impl DoubleEndedIterator<Item = &Filing> {
        let alive = self.0.values().filter(|(_, forms)| match forms {
            Forms::Alike(standing) => *standing != Standing::NotFiled,
            Forms::Apart(forms) => forms.iter().any(|form| *form != Standing::NotFiled),
        });
        alive
            .map(|(filing, _)| filing)
            .filter(|filing| filing.kind == FilingKind::Originals)
    }
}

async fn forms_of(store: &FormsStore, peers: &Peers, filing: &Filing) -> Result<Forms, Status> {
    if filing.not_sent.is_some() || filing.kind == FilingKind::Copies {
        return Ok(Forms::Alike(Standing::NotFiled));
    }
    if filing.source == Source::Export {
        return of_export(store, &filing.id).await;
    }
    let printing = store.get(&filing.id).await;
    let printing = printing.map_err(|error| error.into_status())?;
    let Some(name) = printing.and_then(|printing| printing.job) else {
        let name = filing_name(filing.source, &filing.id);
        return Ok(Forms::Alike(Standing::UnderWay(name)));
    };
    let job = peers.spooler.job(&name).await?;
    let printed = job.report.as_ref().map_or(0, |report| report.forms_printed);
    if job.state() == JobState::Completed && printed == job.forms {
        return Ok(Forms::Alike(Standing::Filed));
    }
    let sheets = peers.spooler.sheets(&name).await?;
    let forms = sheets.iter().flat_map(|sheet| {
        let standing = of_sheet(&job, sheet);
        sheet.account_numbers.iter().map(move |_| standing.clone())
    });
    Ok(Forms::Apart(forms.collect()))
}

/// What the IRS rejected was not filed.
async fn of_export(store: &FormsStore, id: &str) -> Result<Forms, Status> {
    let answers = store.answers(&[id.to_owned()]).await;
    let answers = answers.map_err(|error| error.into_status())?.into_iter();
    let rejected: BTreeSet<u32> = answers
        .filter(|answer| answer.status == AnswerStatus::Rejected)
        .map(|answer| answer.file)
        .collect();
    if rejected.is_empty() {
        return Ok(Forms::Alike(Standing::Filed));
    }
    let export = store
        .export(id)
        .await
        .map_err(|error| error.into_status())?;
    let files = export.map_or(0, |export| u32::try_from(export.files).unwrap_or(0));
    if (1..=files).all(|file| rejected.contains(&file)) {
        return Ok(Forms::Alike(Standing::NotFiled));
    }
    let forms = store
        .filed_forms(id)
        .await
        .map_err(|error| error.into_status())?;
    let standings = forms.iter().map(|form| {
        let file = form.placed.map(|placed| placed.file);
        match file.is_some_and(|file| rejected.contains(&file)) {
            true => Standing::NotFiled,
            false => Standing::Filed,
        }
    });
    Ok(Forms::Apart(standings.collect()))
}

fn of_sheet(job: &Job, sheet: &Sheet) -> Standing {
    let has_ended = matches!(
        job.state(),
        JobState::Completed | JobState::Canceled | JobState::Aborted
    );
    match sheet.state() {
        SheetState::Good => Standing::Filed,
        SheetState::Abandoned => Standing::NotFiled,
        SheetState::Pending | SheetState::Spoiled | SheetState::Lost if has_ended => {
            Standing::NotFiled
        }
        _ => Standing::UnderWay(job.name.clone()),
    }
}
