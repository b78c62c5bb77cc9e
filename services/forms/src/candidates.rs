//! What has to be corrected: what was filed and what would be filed today, side by side, recipient by recipient.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::correction::{self, Action, Change, FiledForm};
use formfeed_domain::form::FormType;
use formfeed_domain::rules::{self, YearRules};
use formfeed_domain::{Tin, VendorId, eligibility};
use formfeed_proto::convert::correction::{CorrectionsQuery, action_to, change_to};
use formfeed_proto::convert::form::form_type_to;
use formfeed_proto::convert::forms::FormOptions;
use formfeed_proto::forms as pb;
use formfeed_runtime::IntoStatus as _;
use formfeed_store::forms::FormsStore;
use tonic::Status;

use crate::correction_error::CorrectionError;
use crate::decide::decide;
use crate::draft::{DraftForm, Filer};
use crate::error::rule_status;
use crate::merge::Persons;
use crate::peers::{Peers, VendorVersionRef};
use crate::recipients::{Position, Recipient, Recipients};
use crate::standing::{Standing, Standings};
use crate::voided::Voided;

/// Recipients compared at once.
const BATCH: usize = 250;

/// What has to be filed for one recipient and form type.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) vendor_id: VendorId,
    pub(crate) form_type: FormType,
    pub(crate) action: Action,
    /// What was filed last.
    pub(crate) filed: Option<FiledForm>,
    /// What is due today.
    pub(crate) today: Option<DraftForm>,
    /// The last number given to this recipient and form type.
    pub(crate) last_sequence: i32,
    /// What must be settled first.
    pub(crate) waits_for: Option<String>,
    /// What was filed may stand.
    pub(crate) is_small: bool,
    /// The truncated numbers, as filed and today, where they differ.
    tins: Option<(String, String)>,
    filed_as: String,
}

/// A look through a payer's year; never more than some recipients in memory.
pub(crate) struct Search<'a> {
    store: &'a FormsStore,
    peers: &'a Peers,
    query: CorrectionsQuery,
    rules: &'static YearRules,
    filer: Filer,
    voided: Voided,
    standings: Standings,
    begun: BTreeSet<FormType>,
    /// Recipients under which persons with several vendor ids were filed.
    holders: BTreeSet<(VendorId, FormType)>,
    recipients: Recipients,
    /// The last recipient looked at.
    last: Option<String>,
    has_ended: bool,
}

/// The last word that counts about a recipient and form type.
struct Last {
    filed: FiledForm,
    waits_for: Option<String>,
}

/// What there is of one recipient.
#[derive(Default)]
struct Beside {
    last: BTreeMap<FormType, Last>,
    sequences: BTreeMap<FormType, i32>,
    today: BTreeMap<FormType, DraftForm>,
}

impl<'a> Search<'a> {
    /// Begins, where anything was filed at all.
    pub(crate) async fn begin(
        store: &'a FormsStore,
        peers: &'a Peers,
        query: CorrectionsQuery,
    ) -> Result<Self, Status> {
        let (payer_id, tax_year) = (&query.payer_id, query.tax_year);
        let rules = rules::for_year(tax_year).map_err(rule_status)?;
        let filer = Filer::of(peers, payer_id).await?;
        let standings = Standings::load(store, peers, payer_id, tax_year).await?;
        let begun = standings.begun();
        let is_begun = query
            .form_type
            .map_or(!begun.is_empty(), |t| begun.contains(&t));
        if !is_begun {
            return Err(CorrectionError::NothingFiled(query).into());
        }
        let merged = store.filed_merged(payer_id, tax_year).await;
        let merged = merged.map_err(|error| error.into_status())?.into_iter();
        let counts = |form: &FiledForm| standings.of(&form.key) != Standing::NotFiled;
        let holders = merged
            .filter(counts)
            .map(|form| (form.vendor_id, form.form.form_type));
        let page = i32::try_from(BATCH * 2).unwrap_or(i32::MAX);
        let whose = (payer_id, tax_year);
        Ok(Self {
            recipients: Recipients::new(&peers.calculation, whose, page, Position::default()),
            voided: Voided::load(store, payer_id, tax_year).await?,
            holders: holders.collect(),
            store,
            peers,
            rules,
            filer,
            standings,
            begun,
            query,
            last: None,
            has_ended: false,
        })
    }

    /// The candidates among the next recipients; none after the last recipient.
    pub(crate) async fn batch(&mut self) -> Result<Option<Vec<Candidate>>, Status> {
        if self.has_ended {
            return Ok(None);
        }
        let batch = self.recipients.batch(BATCH).await?;
        self.has_ended = batch.len() < BATCH;
        let up_to = match self.has_ended {
            true => None,
            false => batch.last().map(|last| last.vendor_id.to_string()),
        };
        let mut found = self.filed(up_to.as_deref()).await?;
        self.last = up_to;
        for (id, form_type, form) in self.today(batch).await? {
            found.entry(id).or_default().today.insert(form_type, form);
        }
        let wanted = &self.query.recipients;
        let is_wanted = |id: &VendorId| wanted.is_empty() || wanted.contains(id);
        found.retain(|id, beside| is_wanted(id) || beside.covered().any(is_wanted));
        let numbers = self.numbers(&found).await?;
        let candidates = found
            .into_iter()
            .flat_map(|(id, beside)| self.candidates(id, beside, &numbers));
        Ok(Some(candidates.collect()))
    }

    /// All of it.
    pub(crate) async fn all(mut self) -> Result<(Vec<Candidate>, Standings), Status> {
        let mut all = Vec::new();
        while let Some(batch) = self.batch().await? {
            all.extend(batch);
        }
        Ok((all, self.standings))
    }

    /// What was filed for the recipients after the last ones.
    async fn filed(&self, up_to: Option<&str>) -> Result<BTreeMap<VendorId, Beside>, Status> {
        let whose = (&self.query.payer_id, self.query.tax_year);
        let filed = self
            .store
            .filed_between(whose, (self.last.as_deref(), up_to));
        let mut found = BTreeMap::<VendorId, Beside>::new();
        for filed in filed.await.map_err(|error| error.into_status())? {
            let beside = found.entry(filed.vendor_id.clone()).or_default();
            let form_type = filed.form.form_type;
            beside.sequences.insert(form_type, filed.sequence);
            let waits_for = match self.standings.of(&filed.key) {
                Standing::NotFiled => continue,
                Standing::Filed => None,
                Standing::UnderWay(what) => Some(what),
            };
            beside.last.insert(form_type, Last { filed, waits_for });
        }
        Ok(found)
    }

    /// What is due today, made as the last filing of its type was.
    async fn today(
        &self,
        batch: Vec<Recipient>,
    ) -> Result<Vec<(VendorId, FormType, DraftForm)>, Status> {
        let mut due = Vec::new();
        let types = self.rules.forms.keys().copied();
        let by_type: Vec<_> = types
            .map(|form_type| (form_type, self.standings.options(form_type)))
            .collect();
        for (eligibility, types) in alike(&by_type) {
            let persons = Persons::without(&self.voided).filed_under(&self.holders);
            let batch = batch.clone();
            for mut decided in decide(self.peers, batch, self.rules, eligibility, persons).await? {
                self.voided.leave_out(&mut decided);
                for (form_type, options) in &types {
                    let form = DraftForm::of_decided(
                        &decided,
                        &self.filer,
                        *form_type,
                        options.assembly,
                        self.rules,
                    )?;
                    if let Some(form) = form {
                        due.push((form.vendor_id.clone(), *form_type, form));
                    }
                }
            }
        }
        Ok(due)
    }

    /// The numbers of the records that changed between filing and today.
    async fn numbers(
        &self,
        found: &BTreeMap<VendorId, Beside>,
    ) -> Result<BTreeMap<(String, i64), Option<Tin>>, Status> {
        let pairs = found.values().flat_map(Beside::pairs);
        let changed = pairs.filter(|(filed, today)| filed.version != today.version);
        let wanted: BTreeMap<_, _> = changed
            .flat_map(|(filed, today)| [filed, today])
            .map(|version| ((version.vendor_id.clone(), version.version), version))
            .collect();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (keys, refs): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let (payer, year) = (&self.query.payer_id, self.query.tax_year);
        let purpose = format!("corrections/{payer}/{year}");
        let mut numbers = BTreeMap::new();
        for (keys, refs) in keys.chunks(BATCH).zip(refs.chunks(BATCH)) {
            let vendors = &self.peers.vendors;
            let released = vendors.release_vendor_tins(refs.to_vec(), purpose.clone());
            numbers.extend(keys.iter().cloned().zip(released.await?));
        }
        Ok(numbers)
    }

    fn candidates(
        &self,
        id: VendorId,
        mut beside: Beside,
        numbers: &BTreeMap<(String, i64), Option<Tin>>,
    ) -> Vec<Candidate> {
        let number = |version: &VendorVersionRef| {
            let key = (version.vendor_id.clone(), version.version);
            numbers.get(&key).cloned().flatten()
        };
        let mut tins = BTreeMap::new();
        for (form_type, last) in &beside.last {
            let Some(today) = beside.today.get(form_type) else {
                continue;
            };
            let old = number(&DraftForm::of_filed(last.filed.clone()).version);
            let new = number(&today.version);
            if old != new {
                let truncated = |tin: Option<Tin>| tin.map_or_else(String::new, |t| t.truncated());
                tins.insert(*form_type, (truncated(old), truncated(new)));
            }
        }
        let filed = beside.last.iter().map(|(form_type, last)| {
            let filed = correction::Filed {
                form: &last.filed.form,
                step: last.filed.step,
                is_same_tin: !tins.contains_key(form_type),
            };
            (*form_type, filed)
        });
        let today = beside.today.iter();
        let actions = correction::decide(&correction::Recipient {
            filed: filed.collect(),
            today: today
                .map(|(form_type, form)| (*form_type, correction::Today(form.blank())))
                .collect(),
            begun: self.begun.clone(),
        });
        let of_type = |form_type: &FormType| self.query.form_type.is_none_or(|t| t == *form_type);
        let wanted = actions
            .into_iter()
            .filter(|(form_type, _)| of_type(form_type));
        let mut candidates = Vec::new();
        for (form_type, action) in wanted {
            let (filed, waits_for) = beside
                .last
                .remove(&form_type)
                .map_or((None, None), |last| (Some(last.filed), last.waits_for));
            let filed_as = filed
                .as_ref()
                .map(|filed| self.standings.name(&filed.key.0));
            let rules = self.rules.form(form_type).ok();
            let limits = self.rules.de_minimis.as_ref();
            let is_small =
                rules.is_some_and(|form| correction::need_not_be_made(&action, form, limits));
            candidates.push(Candidate {
                is_small,
                vendor_id: id.clone(),
                form_type,
                action,
                filed_as: filed_as.unwrap_or_default(),
                filed,
                today: beside.today.remove(&form_type),
                last_sequence: beside.sequences.get(&form_type).copied().unwrap_or(0),
                waits_for,
                tins: tins.remove(&form_type),
            });
        }
        candidates
    }
}

impl Beside {
    /// The vendor ids whose amounts are on its forms too, then or today.
    fn covered(&self) -> impl Iterator<Item = &VendorId> {
        let filed = self.last.values().flat_map(|last| &last.filed.covers);
        let today = self.today.values().flat_map(|today| &today.covers);
        filed.chain(today)
    }

    /// The versions of the record that were used, then and today.
    fn pairs(&self) -> Vec<(VendorVersionRef, VendorVersionRef)> {
        let pairs = self.last.iter().filter_map(|(form_type, last)| {
            let today = self.today.get(form_type)?;
            let filed = DraftForm::of_filed(last.filed.clone());
            Some((filed.version, today.version.clone()))
        });
        pairs.collect()
    }
}

/// The form types, together where the same recipients get a form.
fn alike(
    by_type: &[(FormType, FormOptions)],
) -> Vec<(eligibility::Options, Vec<(FormType, FormOptions)>)> {
    let mut groups: Vec<(eligibility::Options, Vec<(FormType, FormOptions)>)> = Vec::new();
    for (form_type, options) in by_type {
        let own = (*form_type, *options);
        match groups
            .iter_mut()
            .find(|(group, _)| *group == options.eligibility)
        {
            Some((_, types)) => types.push(own),
            None => groups.push((options.eligibility, vec![own])),
        }
    }
    groups
}

impl Candidate {
    /// As it is listed.
    pub(crate) fn message(&self) -> pb::Correction {
        let today = self.today.as_ref().map(DraftForm::blank);
        let form = self.filed.as_ref().map(|filed| &filed.form).or(today);
        let changes: &[Change] = match &self.action {
            Action::TypeOne(changes) | Action::TypeTwo(changes) | Action::StateOnly(changes) => {
                changes
            }
            Action::TakeBack { .. } | Action::New { .. } => &[],
        };
        let tins = self.tins.as_ref();
        let mut changes: Vec<_> = changes.iter().map(|c| change_to(c, tins)).collect();
        if changes.is_empty() {
            changes = self.amounts();
        }
        pb::Correction {
            recipient_id: self.vendor_id.to_string(),
            recipient_name: form.map_or_else(String::new, |form| form.recipient.name.clone()),
            form_type: form_type_to(self.form_type).into(),
            account_number: form.map_or_else(String::new, |form| form.account_number.clone()),
            action: action_to(&self.action).into(),
            changes,
            filed_as: self.filed_as.clone(),
            waits_for: self.waits_for.clone().unwrap_or_default(),
            covers: self.covers(),
            need_not_be_corrected: self.is_small,
        }
    }

    /// The other recipients whose amounts are on the form as filed, or on today's.
    fn covers(&self) -> Vec<String> {
        let filed = self.filed.iter().flat_map(|filed| &filed.covers);
        let today = self.today.iter().flat_map(|today| &today.covers);
        let all: BTreeSet<_> = filed.chain(today).collect();
        all.into_iter().map(VendorId::to_string).collect()
    }

    /// The amounts of a form that goes or comes as a whole.
    fn amounts(&self) -> Vec<pb::FieldChange> {
        let boxes = |form: Option<&formfeed_domain::form::Form>| {
            form.map(|form| form.boxes.clone()).unwrap_or_default()
        };
        let change = |id: String, old: String, new: String| pb::FieldChange {
            field: format!("box {id}"),
            old,
            new,
        };
        match self.action {
            Action::TakeBack { .. } => boxes(self.filed.as_ref().map(|filed| &filed.form))
                .iter()
                .map(|(id, amount)| change(id.to_string(), amount.to_string(), "0.00".to_owned()))
                .collect(),
            _ => boxes(self.today.as_ref().map(DraftForm::blank))
                .iter()
                .map(|(id, amount)| change(id.to_string(), String::new(), amount.to_string()))
                .collect(),
        }
    }
}
