//! The forms of a printing before they have their numbers: gathered, counted, put in order.

use std::collections::BTreeSet;

use formfeed_domain::assembly::{self, assemble};
use formfeed_domain::correction::FiledForm;
use formfeed_domain::eligibility::{Content, Decision};
use formfeed_domain::form::{Form, FormType};
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::printing::SortOrder;
use formfeed_domain::rules::{FormRules, YearRules};
use formfeed_domain::state_rows::{Remark, StateRows};
use formfeed_domain::totals::Totals;
use formfeed_domain::{IncomeType, PayerId, Tin, VendorId};
use formfeed_proto::convert::forms::PrintOrder;
use formfeed_runtime::IntoStatus as _;
use formfeed_store::forms::FormsStore;
use formfeed_store::panic_point;
use tonic::Status;

use crate::decide::{Decided, decide};
use crate::error::{PrintError, rule_status};
use crate::merge::Persons;
use crate::peers::{Peers, VendorVersionRef};
use crate::recipients::{Position, Recipients};
use crate::voided::Voided;
use crate::warnings::Findings;

/// Recipients read and decided at once.
const BATCH: usize = 500;

/// The forms of a printing, without TINs.
#[derive(Default)]
pub(crate) struct Draft {
    /// In the order they are printed.
    pub(crate) forms: Vec<DraftForm>,
    /// Quantity and sums.
    pub(crate) totals: Totals,
    /// What to know.
    pub(crate) warnings: Vec<String>,
    /// What of that is about the states of the forms.
    pub(crate) about_states: Vec<String>,
    /// Some are of a person with several vendor ids.
    pub(crate) has_twins: bool,
    /// The mark at which it was gathered: nothing may be filed or left out between that and its own filing.
    pub(crate) seen: i64,
}

/// One form but for its numbers.
#[derive(Debug, Clone)]
pub(crate) struct DraftForm {
    /// Whom it reports.
    pub(crate) vendor_id: VendorId,
    /// The version of the vendor whose number it shows.
    pub(crate) version: VendorVersionRef,
    /// What to look at in its state rows.
    pub(crate) remarks: Vec<Remark>,
    /// The IRS gets no such form.
    pub(crate) is_for_states_only: bool,
    /// The other vendor ids of the same person whose amounts are on it.
    pub(crate) covers: Vec<VendorId>,
    /// What its amounts are made of, where that is known.
    pub(crate) incomes: BTreeSet<IncomeType>,
    form: Form,
}

/// Who files, and what it prints by.
pub(crate) struct Filer {
    /// Without its number.
    pub(crate) payer: Payer,
    states: Vec<PayerState>,
    has_tin: bool,
}

impl Filer {
    /// The payer of that key.
    pub(crate) async fn of(peers: &Peers, payer_id: &PayerId) -> Result<Self, Status> {
        let (payer, states, has_tin) = peers.vendors.payer(payer_id).await?;
        Ok(Self {
            payer,
            states,
            has_tin,
        })
    }

    /// The states of a form with this content.
    pub(crate) fn state_rows(&self, content: &Content, form: &FormRules) -> StateRows {
        StateRows::of(&self.payer, &self.states, content, form)
    }
}

impl DraftForm {
    /// The form of that type which was decided for a recipient; none if it gets none.
    pub(crate) fn of_decided(
        decided: &Decided,
        filer: &Filer,
        form_type: FormType,
        options: assembly::Options,
        rules: &YearRules,
    ) -> Result<Option<Self>, Status> {
        let Some(Decision::Form(content)) = decided.decisions.get(&form_type) else {
            return Ok(None);
        };
        Self::of_content(decided, filer, (form_type, content), options, rules).map(Some)
    }

    /// The form of that type which only states want of a recipient; none if no state does.
    pub(crate) fn for_states(
        decided: &Decided,
        filer: &Filer,
        form_type: FormType,
        options: assembly::Options,
        rules: &YearRules,
    ) -> Result<Option<Self>, Status> {
        let Some(content) = decided.for_states.get(&form_type) else {
            return Ok(None);
        };
        let form = Self::of_content(decided, filer, (form_type, content), options, rules)?;
        Ok(Some(form).filter(|form| !form.form.states.is_empty()))
    }

    fn of_content(
        decided: &Decided,
        filer: &Filer,
        (form_type, content): (FormType, &Content),
        options: assembly::Options,
        rules: &YearRules,
    ) -> Result<Self, Status> {
        let of_form = rules.form(form_type).map_err(rule_status)?;
        let rows = filer.state_rows(content, of_form);
        let form = assemble(
            &filer.payer,
            &filer.states,
            &decided.facts,
            (form_type, rules.tax_year),
            content,
            of_form,
            options,
        );
        Ok(Self {
            vendor_id: decided.facts.vendor_id.clone(),
            version: decided.version.clone(),
            remarks: rows.remarks().to_vec(),
            is_for_states_only: content.for_states_only,
            incomes: decided.incomes(form_type),
            covers: decided.covers.get(&form_type).cloned().unwrap_or_default(),
            form,
        })
    }

    /// The form as it was filed.
    pub(crate) fn of_filed(filed: FiledForm) -> Self {
        Self {
            version: VendorVersionRef {
                vendor_id: filed.vendor_id.to_string(),
                version: filed.vendor_version,
                address_code: filed.address_code,
            },
            vendor_id: filed.vendor_id,
            remarks: Vec::new(),
            is_for_states_only: false,
            incomes: BTreeSet::new(),
            covers: filed.covers,
            form: filed.form,
        }
    }

    /// The form without its numbers.
    pub(crate) fn blank(&self) -> &Form {
        &self.form
    }

    /// The form in full.
    pub(crate) fn with_tins(&self, payer_tin: Option<&Tin>, recipient_tin: Option<Tin>) -> Form {
        let number = recipient_tin.as_ref();
        panic_point("forms-hand-over", number.map_or("none", Tin::digits));
        let mut form = self.form.clone();
        form.payer.tin = payer_tin.cloned();
        form.recipient.tin = recipient_tin;
        form
    }
}

impl Draft {
    /// Gathers the forms that an order asks for, but those left out.
    pub(crate) async fn gather(
        store: &FormsStore,
        peers: &Peers,
        order: &PrintOrder,
        rules: &YearRules,
    ) -> Result<Self, Status> {
        let subject = &order.subject;
        let whose = (&subject.payer_id, subject.tax_year, subject.form_type);
        let mark = store.filing_mark(whose).await;
        let mark = mark.map_err(|error| error.into_status())?;
        let filer = Filer::of(peers, &subject.payer_id).await?;
        let voided = Voided::load(store, &subject.payer_id, subject.tax_year).await?;
        let mut draft = Self {
            seen: mark,
            ..Self::default()
        };
        let mut findings = Findings::default();
        let mut recipients = Recipients::new(
            &peers.calculation,
            (&subject.payer_id, subject.tax_year),
            i32::try_from(BATCH).unwrap_or(i32::MAX),
            Position::default(),
        );
        let mut seen = 0;
        loop {
            let batch = recipients.batch(BATCH).await?;
            if batch.is_empty() {
                break;
            }
            seen += batch.len();
            let persons = Persons::without(&voided);
            let eligibility = order.options.eligibility;
            for mut decided in decide(peers, batch, rules, eligibility, persons).await? {
                voided.leave_out(&mut decided);
                findings.look_at(&decided, subject.form_type);
                let (of_type, options) = (subject.form_type, order.options.assembly);
                let mut form = DraftForm::of_decided(&decided, &filer, of_type, options, rules)?;
                if form.is_none() && subject.copy.is_for_states() {
                    form = DraftForm::for_states(&decided, &filer, of_type, options, rules)?;
                }
                if let Some(form) = form {
                    findings.look_at_states(&form);
                    draft.has_twins |= !decided.twins.is_empty();
                    draft.add(form, rules)?;
                }
            }
        }
        if draft.forms.is_empty() {
            return Err(nothing(peers, order, seen).await);
        }
        draft.sort(order);
        draft.about_states = findings.about_states();
        draft.warnings = findings.warnings(subject, &rules.filing, filer.has_tin);
        Ok(draft)
    }

    /// The forms of a printing as they were recorded: none if they were not.
    pub(crate) async fn recorded(
        store: &FormsStore,
        printing_id: &str,
        rules: &YearRules,
    ) -> Result<Option<Self>, Status> {
        let forms = store.filed_forms(printing_id).await;
        let forms = forms.map_err(|error| error.into_status())?;
        if forms.is_empty() {
            return Ok(None);
        }
        let mut draft = Self::default();
        for form in forms {
            draft.add(DraftForm::of_filed(form), rules)?;
        }
        Ok(Some(draft))
    }

    /// Adds a form at the end.
    pub(crate) fn add(&mut self, form: DraftForm, rules: &YearRules) -> Result<(), Status> {
        let rules = rules.form(form.form.form_type).map_err(rule_status)?;
        self.totals += Totals::of_form(&form.form, rules);
        self.forms.push(form);
        Ok(())
    }

    /// Recipients come in the order of their keys, which stays among equals.
    fn sort(&mut self, order: &PrintOrder) {
        let name = |form: &DraftForm| form.form.recipient.name.to_lowercase();
        let postal_code = |form: &DraftForm| {
            let parts = form.form.recipient.parts.as_ref();
            parts.map_or_else(String::new, |parts| parts.postal_code.clone())
        };
        match order.sort {
            SortOrder::Recipient => {}
            SortOrder::RecipientName => self.forms.sort_by_cached_key(name),
            SortOrder::PostalCode => self.forms.sort_by_cached_key(postal_code),
        }
    }
}

/// Why there is no form: nothing was calculated, or nobody gets one.
async fn nothing(peers: &Peers, order: &PrintOrder, recipients: usize) -> Status {
    let subject = &order.subject;
    let calculated = match recipients {
        0 => {
            peers
                .calculation
                .has_completed_run(&subject.payer_id, subject.tax_year)
                .await
        }
        _ => Ok(true),
    };
    match calculated {
        Ok(true) => PrintError::NobodyGetsOne {
            subject: subject.clone(),
            recipients,
        }
        .into(),
        Ok(false) => PrintError::NotCalculated(subject.clone()).into(),
        Err(status) => status,
    }
}
