//! The forms of a printing before they have their numbers: gathered, counted, put in order.

use formfeed_domain::Tin;
use formfeed_domain::assembly::{RecipientFacts, assemble};
use formfeed_domain::eligibility::{Content, Decision};
use formfeed_domain::form::Form;
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::printing::SortOrder;
use formfeed_domain::rules::YearRules;
use formfeed_domain::totals::Totals;
use formfeed_proto::convert::forms::PrintOrder;
use tonic::Status;

use crate::decide::decide;
use crate::error::{PrintError, rule_status};
use crate::peers::{Peers, VendorVersionRef};
use crate::recipients::{Position, Recipients};
use crate::warnings::Findings;

/// Recipients read and decided at once.
const BATCH: usize = 500;

/// The forms of a printing, without TINs.
pub(crate) struct Draft {
    /// Who files; without its number.
    payer: Payer,
    payer_states: Vec<PayerState>,
    /// In the order they are printed.
    pub(crate) forms: Vec<DraftForm>,
    /// Quantity and sums.
    pub(crate) totals: Totals,
    /// What to know.
    pub(crate) warnings: Vec<String>,
}

/// One form but for its numbers.
pub(crate) struct DraftForm {
    facts: RecipientFacts,
    content: Content,
    /// The version of the vendor whose number it shows.
    pub(crate) version: VendorVersionRef,
}

impl Draft {
    /// Gathers the forms that an order asks for.
    pub(crate) async fn gather(
        peers: &Peers,
        order: &PrintOrder,
        rules: &YearRules,
    ) -> Result<Self, Status> {
        let subject = &order.subject;
        let (payer, payer_states, payer_has_tin) = peers.vendors.payer(&subject.payer_id).await?;
        let mut draft = Self {
            payer,
            payer_states,
            forms: Vec::new(),
            totals: Totals::default(),
            warnings: Vec::new(),
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
            for mut decided in decide(peers, batch, rules, order.options.eligibility).await? {
                findings.look_at(&decided, subject.form_type);
                if let Some(Decision::Form(content)) = decided.decisions.remove(&subject.form_type)
                {
                    draft.add(
                        DraftForm {
                            facts: decided.facts,
                            content,
                            version: decided.version,
                        },
                        order,
                        rules,
                    )?;
                }
            }
        }
        if draft.forms.is_empty() {
            return Err(nothing(peers, order, seen).await);
        }
        draft.sort(order);
        draft.warnings = findings.warnings(subject, &rules.filing, payer_has_tin);
        Ok(draft)
    }

    /// Who files; without its number.
    pub(crate) fn payer(&self) -> &Payer {
        &self.payer
    }

    /// One form in full.
    pub(crate) fn form(
        &self,
        form: &DraftForm,
        order: &PrintOrder,
        rules: &YearRules,
        (payer_tin, recipient_tin): (Option<&Tin>, Option<Tin>),
    ) -> Result<Form, Status> {
        let subject = &order.subject;
        let recipient = RecipientFacts {
            tin: recipient_tin,
            ..form.facts.clone()
        };
        let mut assembled = assemble(
            &self.payer,
            &self.payer_states,
            &recipient,
            (subject.form_type, subject.tax_year),
            &form.content,
            rules.form(subject.form_type).map_err(rule_status)?,
            order.options.assembly,
        );
        assembled.payer.tin = payer_tin.cloned();
        Ok(assembled)
    }

    fn add(
        &mut self,
        form: DraftForm,
        order: &PrintOrder,
        rules: &YearRules,
    ) -> Result<(), Status> {
        let assembled = self.form(&form, order, rules, (None, None))?;
        let rules = rules.form(order.subject.form_type).map_err(rule_status)?;
        self.totals += Totals::of_form(&assembled, rules);
        self.forms.push(form);
        Ok(())
    }

    /// Recipients come in the order of their keys, which stays among equals.
    fn sort(&mut self, order: &PrintOrder) {
        let name = |form: &DraftForm| {
            let name = form.facts.printed_name(order.options.assembly);
            name.to_lowercase()
        };
        let postal_code = |form: &DraftForm| {
            let address = form.facts.address.as_ref();
            address.map_or_else(String::new, |address| address.postal_code.clone())
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
