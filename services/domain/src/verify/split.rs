//! A split of its own: whole cents by largest remainder, ties to the earlier place.

/// The parts of `whole` by weights above zero, in their order; `None` when there is no such weight, or when the
/// numbers are beyond what a payment could ever be.
pub(super) fn split(whole: i128, weights: &[i128]) -> Option<Vec<i128>> {
    let weight = |at: usize| weights[at].max(0);
    let total: i128 = (0..weights.len()).map(weight).sum();
    if total == 0 {
        return None;
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut lost = Vec::with_capacity(weights.len());
    for at in 0..weights.len() {
        let product = whole.abs().checked_mul(weight(at))?;
        parts.push(product / total);
        lost.push(product % total);
    }
    let dealt: i128 = parts.iter().sum();
    for _ in dealt..whole.abs() {
        let mut most = 0;
        for at in 1..lost.len() {
            if lost[at] > lost[most] {
                most = at;
            }
        }
        parts[most] += 1;
        lost[most] = -1;
    }
    Some(
        parts
            .into_iter()
            .map(|part| part * whole.signum())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_over_cents_go_one_each_to_those_that_lost_most() {
        assert_eq!(split(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(split(-100, &[1, 1, 1]), Some(vec![-34, -33, -33]));
        assert_eq!(split(10, &[1, 4, 1]), Some(vec![2, 7, 1]));
        assert_eq!(split(5, &[2, 0, 2, -9]), Some(vec![3, 0, 2, 0]));
        assert_eq!(split(5, &[0, -1]), None);
        assert_eq!(split(5, &[]), None);
        assert_eq!(split(i128::MAX, &[2, 3]), None);
    }
}
