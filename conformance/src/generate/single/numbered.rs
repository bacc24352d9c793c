//! Numbers as choices: how an exhaustive list is indexed without being built.

use crate::campaign::SplitMix;

/// Items that stand for many cases each, one behind the other.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    /// The item, and the number of the first case that is not its own.
    items: Vec<(u64, T)>,
}

impl<T> Numbered<T> {
    /// Items, each with the number of its cases.
    pub(super) fn new(items: impl IntoIterator<Item = (u64, T)>) -> Numbered<T> {
        let mut end = 0;
        let items = items.into_iter().filter(|(n, _)| *n > 0);
        let items = items.map(|(n, item)| {
            end += n;
            (end, item)
        });
        Numbered {
            items: items.collect(),
        }
    }

    /// How many cases there are.
    pub(super) fn count(&self) -> u64 {
        self.items.last().map_or(0, |(end, _)| *end)
    }

    /// The item of a case, and which of its cases it is. Numbers begin anew behind the last.
    pub(super) fn at(&self, number: u64) -> (&T, u64) {
        let number = number % self.count().max(1);
        let at = self.items.partition_point(|(end, _)| *end <= number);
        (&self.items[at].1, number - self.first(at))
    }

    /// The number of the first case of an item.
    fn first(&self, at: usize) -> u64 {
        at.checked_sub(1).map_or(0, |before| self.items[before].0)
    }

    /// The case that a walk over all cases meets at a step: one of each item in each round,
    /// so that an item with few cases is met as often as one with many. One with fewer cases
    /// than there are rounds begins anew.
    pub(super) fn order(&self, step: u64, random: &mut SplitMix) -> u64 {
        let n_items = self.items.len().max(1) as u64;
        let (round, step) = (step / n_items, step % n_items);
        let at = walk(n_items, step, random) as usize;
        let Some((end, _)) = self.items.get(at) else {
            return 0;
        };
        let first = self.first(at);
        let n_cases = end - first;
        first + walk(n_cases, round % n_cases, &mut random.branch(at as u64))
    }
}

/// A number as one choice after the other, the fastest changing first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits(pub(super) u64);

impl Digits {
    /// The next choice out of `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        let digit = self.0 % n;
        self.0 /= n;
        digit as usize
    }

    /// The next choice out of a list.
    pub(super) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// The number that a walk over all numbers below `count` meets at a step. Any few
/// consecutive steps are spread evenly, and `count` of them meet every number once.
pub(super) fn walk(count: u64, step: u64, random: &mut SplitMix) -> u64 {
    if count == 0 {
        return 0;
    }
    let first = random.below(count);
    // The golden section spreads best; the stride must share no factor with `count`.
    let mut stride = (count as f64 * 0.618_033_988_749_895) as u64;
    while greatest_common_divisor(stride, count) != 1 {
        stride += 1;
    }
    let at = u128::from(first) + u128::from(step) * u128::from(stride);
    (at % u128::from(count)) as u64
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    match b {
        0 => a,
        _ => greatest_common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_item() {
        let list = Numbered::new([(2, 'a'), (0, 'b'), (3, 'c')]);
        assert_eq!(list.count(), 5);
        let at = |number| {
            let (item, rest) = list.at(number);
            (*item, rest)
        };
        assert_eq!(
            [0, 1, 2, 4, 5].map(at),
            [('a', 0), ('a', 1), ('c', 0), ('c', 2), ('a', 0)]
        );
    }

    #[test]
    fn every_round_has_one_case_of_every_item() {
        let list = Numbered::new([(2, 'a'), (0, 'b'), (4, 'c'), (1, 'd')]);
        let met = |step| list.order(step, &mut SplitMix::new(7));
        let rounds: Vec<Vec<u64>> = (0..4)
            .map(|round| (round * 3..round * 3 + 3).map(met).collect())
            .collect();
        let sorted = |mut items: Vec<char>| {
            items.sort_unstable();
            items
        };
        for round in &rounds {
            let items = round.iter().map(|number| *list.at(*number).0).collect();
            assert_eq!(sorted(items), ['a', 'c', 'd'], "{rounds:?}");
        }
        let mut all = rounds.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, (0..7).collect::<Vec<_>>());
    }

    #[test]
    fn digits_are_all_combinations() {
        let mut seen: Vec<_> = (0..6)
            .map(|number| {
                let mut digits = Digits(number);
                (digits.below(2), digits.of(&['x', 'y', 'z']))
            })
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn a_walk_meets_every_number_once_and_evenly() {
        for count in [1, 2, 10, 97, 360] {
            let met = |step| walk(count, step, &mut SplitMix::new(5));
            let mut all: Vec<_> = (0..count).map(met).collect();
            // A tenth of the steps leaves no gap of a third.
            let few = (count / 10).max(8).min(count) as usize;
            let mut first: Vec<_> = all[..few].to_vec();
            first.sort_unstable();
            let gap = first.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(gap.unwrap_or(0) <= count / 3 + 1, "{count}: {first:?}");
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }
}
