//! Jobs that came and went on the printer beside ours.

use crate::device::{Mark, Since};

/// What happened since `mark`, by the jobs that the printer lists as ended, with their numbers, and its count of sides.
pub(super) fn since(mark: &Mark, mut jobs: Vec<(i32, String)>, impressions: Option<i32>) -> Since {
    jobs.sort();
    jobs.dedup_by_key(|(id, _)| *id);
    let newest = jobs.last().map(|(id, _)| *id);
    let known = mark.job_id.unwrap_or(0);
    // A printer that starts anew may count its jobs from 1: then all that it lists are later.
    let anew = newest.is_some_and(|newest| newest < known);
    jobs.retain(|(id, _)| anew || *id > known);
    Since {
        now: Mark {
            job_id: newest.or(mark.job_id),
            impressions: impressions.or(mark.impressions),
        },
        jobs: jobs.into_iter().map(|(_, name)| name).collect(),
        impressions: mark
            .impressions
            .zip(impressions)
            .map(|(then, now)| now.saturating_sub(then)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(ids: &[i32]) -> Vec<(i32, String)> {
        ids.iter().map(|id| (*id, format!("job {id}"))).collect()
    }

    fn mark(job_id: i32, impressions: Option<i32>) -> Mark {
        Mark {
            job_id: Some(job_id),
            impressions,
        }
    }

    #[test]
    fn only_what_comes_after_the_mark_is_new() {
        let quiet = since(&mark(7, Some(3)), jobs(&[7, 5]), Some(3));
        assert_eq!((quiet.jobs.len(), quiet.impressions), (0, Some(0)));
        let busy = since(&mark(7, Some(3)), jobs(&[9, 8, 7]), Some(5));
        assert_eq!(busy.jobs, ["job 8", "job 9"]);
        assert_eq!(busy.impressions, Some(2));
        assert_eq!(busy.now, mark(9, Some(5)));
    }

    #[test]
    fn a_printer_that_forgot_its_jobs_says_nothing_but_by_its_counter() {
        let silent = since(&mark(7, Some(3)), vec![], Some(4));
        assert_eq!((silent.jobs.len(), silent.impressions), (0, Some(1)));
        assert_eq!(silent.now, mark(7, Some(4)));
    }

    #[test]
    fn a_printer_that_counts_from_one_again_lists_only_later_jobs() {
        let anew = since(&mark(70, None), jobs(&[2, 1]), None);
        assert_eq!(anew.jobs, ["job 1", "job 2"]);
        assert_eq!(anew.now, mark(2, None));
    }
}
