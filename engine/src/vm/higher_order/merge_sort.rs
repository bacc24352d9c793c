//! A merge sort that stops whenever it needs a comparison.
//!
//! Top down: split at half the length, sort left, then right, then merge, taking the left
//! head unless it is after the right one. The order of comparisons is part of what
//! `SortBlock` does.

use crate::semantics::arrays::in_order;
use crate::value::Value;

/// A sort in progress.
#[derive(Debug)]
pub(super) struct MergeSort {
    items: Vec<Value>,
    /// Indices into `items`; sorted where `tasks` says nothing else.
    order: Vec<usize>,
    tasks: Vec<Task>,
    merge: Option<Merge>,
}

/// What is still to be done, the next one last.
#[derive(Debug)]
enum Task {
    Sort(usize, usize),
    Merge(usize, usize, usize),
}

/// The merge of `order[left..mid]` and `order[right..end]` in progress.
#[derive(Debug)]
struct Merge {
    start: usize,
    left: usize,
    mid: usize,
    right: usize,
    end: usize,
    merged: Vec<usize>,
}

impl MergeSort {
    pub(super) fn new(items: Vec<Value>) -> MergeSort {
        MergeSort {
            order: (0..items.len()).collect(),
            tasks: vec![Task::Sort(0, items.len())],
            merge: None,
            items,
        }
    }

    /// The values being sorted, in their original order.
    pub(super) fn items(&self) -> &[Value] {
        &self.items
    }

    /// The two values that are compared next, the same until [`MergeSort::decide`]; `None`
    /// when everything is sorted.
    pub(super) fn next_pair(&mut self) -> Option<(&Value, &Value)> {
        loop {
            match &self.merge {
                Some(merge) if merge.left < merge.mid && merge.right < merge.end => break,
                Some(_) => self.finish_merge(),
                None => self.next_task()?,
            }
        }
        let merge = self.merge.as_ref()?;
        let left = &self.items[self.order[merge.left]];
        let right = &self.items[self.order[merge.right]];
        Some((left, right))
    }

    /// Answers a comparison: the left value is after the right one when `r > 0`.
    pub(super) fn decide(&mut self, r: f64) {
        let Some(merge) = &mut self.merge else { return };
        let taken = if r > 0.0 {
            &mut merge.right
        } else {
            &mut merge.left
        };
        merge.merged.push(self.order[*taken]);
        *taken += 1;
    }

    /// The values in order.
    pub(super) fn into_sorted(self) -> Vec<Value> {
        in_order(self.items, &self.order)
    }

    fn next_task(&mut self) -> Option<()> {
        match self.tasks.pop()? {
            Task::Sort(start, end) if end - start >= 2 => {
                let mid = start + (end - start) / 2;
                self.tasks.push(Task::Merge(start, mid, end));
                self.tasks.push(Task::Sort(mid, end));
                self.tasks.push(Task::Sort(start, mid));
            }
            Task::Sort(..) => {}
            Task::Merge(start, mid, end) => {
                self.merge = Some(Merge {
                    start,
                    left: start,
                    mid,
                    right: mid,
                    end,
                    merged: Vec::with_capacity(end - start),
                });
            }
        }
        Some(())
    }

    /// Copies what is left of one side, and the merged indices back.
    fn finish_merge(&mut self) {
        let Some(mut merge) = self.merge.take() else {
            return;
        };
        let left = &self.order[merge.left..merge.mid];
        merge.merged.extend_from_slice(left);
        let right = &self.order[merge.right..merge.end];
        merge.merged.extend_from_slice(right);
        self.order[merge.start..merge.end].copy_from_slice(&merge.merged);
    }
}
