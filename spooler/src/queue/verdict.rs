//! What the evidence of a device makes of an attempt, under the printer's policy.

use formfeed_domain::spool::{AttemptState, EvidencePolicy};

use crate::device::Strength;

/// Where an attempt goes that the device is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The state.
    pub(super) state: AttemptState,
    /// The ground, where it is good.
    pub(super) basis: Option<EvidencePolicy>,
    /// Why, where it is not.
    pub(super) reason: Option<&'static str>,
}

/// The verdict. Evidence that is less than the policy wants is doubt, never good.
pub(super) fn verdict(policy: EvidencePolicy, strength: Strength) -> Verdict {
    let good = |basis| Verdict {
        state: AttemptState::Good,
        basis: Some(basis),
        reason: None,
    };
    let doubt = |reason| Verdict {
        state: AttemptState::InDoubt,
        basis: None,
        reason: Some(reason),
    };
    match (policy, strength) {
        (_, Strength::Partial) => doubt("not every byte is known to have been taken"),
        (EvidencePolicy::Operator, _) => Verdict {
            state: AttemptState::AwaitingConfirmation,
            basis: None,
            reason: None,
        },
        (EvidencePolicy::Device | EvidencePolicy::Sent, Strength::Device) => {
            good(EvidencePolicy::Device)
        }
        (EvidencePolicy::Sent, Strength::Sent) => good(EvidencePolicy::Sent),
        (EvidencePolicy::Device, Strength::Sent) => {
            doubt("every byte was taken, but the device does not say that it printed")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_policy_takes_half_a_document_for_a_good_sheet() {
        for policy in EvidencePolicy::ALL {
            let verdict = verdict(policy, Strength::Partial);
            assert_eq!(verdict.state, AttemptState::InDoubt, "{policy}");
        }
    }

    #[test]
    fn only_an_operator_makes_a_sheet_good_where_the_policy_says_so() {
        for strength in [Strength::Sent, Strength::Device] {
            let verdict = verdict(EvidencePolicy::Operator, strength);
            assert_eq!(verdict.state, AttemptState::AwaitingConfirmation);
        }
    }

    #[test]
    fn taken_bytes_are_not_the_devices_word() {
        let strict = verdict(EvidencePolicy::Device, Strength::Sent);
        assert_eq!(strict.state, AttemptState::InDoubt);
        let lenient = verdict(EvidencePolicy::Sent, Strength::Sent);
        assert_eq!(lenient.basis, Some(EvidencePolicy::Sent));
    }
}
