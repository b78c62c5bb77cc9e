//! Which runs have figures in the 1099 information: each that no later one went over again.

use formfeed_proto::calculation as pb;

/// The runs whose results stand, of all runs of one payer and year. One that several later ones went over piece by piece
/// counts as standing: which recipients there are between their ends, no list of runs tells.
pub(super) fn standing(runs: Vec<pb::Run>) -> Vec<pb::Run> {
    let mut done: Vec<_> = runs.into_iter().filter(has_results).collect();
    // What ends last takes the place of what was there.
    done.sort_by_key(|run| std::cmp::Reverse(ended(run)));
    let mut standing: Vec<pb::Run> = Vec::new();
    for run in done {
        if !standing.iter().any(|later| is_within(&run, later)) {
            standing.push(run);
        }
    }
    standing
}

/// Whether a run was completed, and not only to be compared.
pub(super) fn has_results(run: &pb::Run) -> bool {
    run.state() == pb::run::State::Completed && run.purpose() != pb::run::Purpose::Lab
}

fn ended(run: &pb::Run) -> (i64, i32, String) {
    let time = run.end_time.unwrap_or_default();
    (time.seconds, time.nanos, run.name.clone())
}

/// Whether every recipient of one run is in the range of another; blank is no end.
fn is_within(run: &pb::Run, other: &pb::Run) -> bool {
    let from = |run: &pb::Run| run.from_recipient_id.clone();
    let to = |run: &pb::Run| Some(run.to_recipient_id.clone()).filter(|to| !to.is_empty());
    let ends_within = match (to(run), to(other)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(own), Some(others)) => own <= others,
    };
    from(other) <= from(run) && ends_within
}

#[cfg(test)]
mod tests {
    use formfeed_proto::convert::timestamp_to;

    use super::*;

    fn run(user: &str, (from, to): (&str, &str), second: i64) -> pb::Run {
        let mut run = pb::Run {
            name: format!("runs/{second}"),
            user: user.to_owned(),
            from_recipient_id: from.to_owned(),
            to_recipient_id: to.to_owned(),
            end_time: chrono::DateTime::from_timestamp(second, 0).map(timestamp_to),
            ..pb::Run::default()
        };
        run.set_state(pb::run::State::Completed);
        run.set_purpose(pb::run::Purpose::Standing);
        run
    }

    fn users(runs: Vec<pb::Run>) -> Vec<String> {
        standing(runs).into_iter().map(|run| run.user).collect()
    }

    #[test]
    fn a_run_stands_until_one_goes_over_all_of_it_again() {
        let all = ("", "");
        let carl = run("carl", all, 1);
        assert_eq!(users(vec![carl.clone()]), ["carl"]);
        let small = run("rita", ("V1", "V1"), 2);
        assert_eq!(users(vec![small.clone(), carl.clone()]), ["rita", "carl"]);
        let tail = run("edda", ("V0", ""), 3);
        assert_eq!(
            users(vec![carl.clone(), tail.clone(), small]),
            ["edda", "carl"]
        );
        let last = run("olga", all, 4);
        assert_eq!(users(vec![carl, tail, last]), ["olga"]);
    }

    #[test]
    fn what_was_only_compared_or_came_to_nothing_does_not_count() {
        let carl = run("carl", ("", ""), 1);
        let mut lab = run("rita", ("", ""), 2);
        lab.set_purpose(pb::run::Purpose::Lab);
        let mut canceled = run("edda", ("", ""), 3);
        canceled.set_state(pb::run::State::Canceled);
        assert_eq!(users(vec![canceled, lab, carl]), ["carl"]);
    }
}
