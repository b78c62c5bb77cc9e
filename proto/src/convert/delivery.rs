//! How the forms of a job leave it.

use formfeed_domain::form::Copy;
use formfeed_domain::spool::{Delivery, PasswordRule};

use super::Violations;
use crate::spooler as pb;
use crate::spooler::delivery::{PasswordRule as RuleMessage, SplitBy};

/// Reads a delivery of a copy; absent means one document. Bad fields are noted under `field`.
pub fn read_delivery(
    bad: &mut Violations,
    field: &str,
    message: Option<&pb::Delivery>,
    copy: Option<Copy>,
) -> Option<Delivery> {
    let message = message.copied().unwrap_or_default();
    let split_by = SplitBy::try_from(message.split_by).ok();
    let rule = RuleMessage::try_from(message.password_rule).ok();
    if split_by.is_none() {
        bad.add(
            format!("{field}.split_by"),
            "is unknown: use JOB or RECIPIENT",
        );
    }
    if rule.is_none() {
        let said = "is unknown: use LAST_FOUR_ZIP or TIN";
        bad.add(format!("{field}.password_rule"), said);
    }
    let rule = match rule? {
        RuleMessage::Unspecified => None,
        RuleMessage::LastFourZip => Some(PasswordRule::LastFourZip),
        RuleMessage::Tin => Some(PasswordRule::Tin),
    };
    let delivery = match split_by? {
        SplitBy::Recipient => Delivery::Recipient(rule),
        SplitBy::Unspecified | SplitBy::Job => {
            if rule.is_some() {
                let said = "is for files for each recipient: use split_by RECIPIENT";
                bad.add(format!("{field}.password_rule"), said);
            }
            Delivery::Job
        }
    };
    if let Err(not_theirs) = delivery.check(copy?) {
        bad.add(format!("{field}.split_by"), not_theirs.to_string());
    }
    Some(delivery)
}

/// How the forms of a job leave it, as a message.
pub fn delivery_to(delivery: Delivery) -> pb::Delivery {
    let (split_by, rule) = match delivery {
        Delivery::Job => (SplitBy::Job, RuleMessage::Unspecified),
        Delivery::Recipient(rule) => (
            SplitBy::Recipient,
            match rule {
                None => RuleMessage::Unspecified,
                Some(PasswordRule::LastFourZip) => RuleMessage::LastFourZip,
                Some(PasswordRule::Tin) => RuleMessage::Tin,
            },
        ),
    };
    pb::Delivery {
        split_by: split_by.into(),
        password_rule: rule.into(),
    }
}
