//! The kinds of all values at the head of every block of a region.
//!
//! The analysis runs the lowering itself with a back end that emits nothing, so it cannot
//! disagree with the code about what an op does to kinds. It walks the region until nothing
//! changes; a kind only ever goes from known to unknown, so it ends.

use super::abs::{Abs, Place, Shape, State};
use super::decline::Decline;
use super::emit::{Cmp, Emit, ExitKind, FloatOp, FloatUnary, IntOp};
use super::extension;
use super::helpers::Pure;
use super::lower::Lower;
use super::region::{EntryKinds, Region};
use crate::chunk::{Chunk, Verified};
use crate::value::Kind;

/// What the analysis found.
pub(super) struct Analysis {
    /// The state at the head of every block, or `None` for one that is not reached.
    pub(super) heads: Vec<Option<State<()>>>,
    /// Whether a kind or another special case is guarded somewhere.
    pub(super) guarded: bool,
}

/// Follows kinds from the entry of a region through all of it.
pub(super) fn analyse(
    chunk: &Chunk,
    verified: &Verified,
    region: &Region,
    entry: &EntryKinds,
) -> Result<Analysis, Decline> {
    let mut flow = KindFlow {
        heads: vec![None; region.blocks.len()],
        work: vec![0],
        guarded: false,
    };
    flow.heads[0] = Some(entry.state());
    while let Some(block) = flow.work.pop() {
        let Some(state) = flow.heads[block].clone() else {
            continue;
        };
        Lower::new(&mut flow, chunk, verified, region, state).block(&region.blocks[block])?;
    }
    Ok(Analysis {
        heads: flow.heads,
        guarded: flow.guarded,
    })
}

/// The back end that only follows kinds.
struct KindFlow {
    heads: Vec<Option<State<()>>>,
    /// Blocks whose head has changed.
    work: Vec<usize>,
    guarded: bool,
}

impl Emit for KindFlow {
    type V = ();
    type Label = ();

    fn goto(&mut self, block: usize, state: &State<()>) {
        let changed = match &mut self.heads[block] {
            Some(head) => head.join(&state.shape()),
            head => {
                *head = Some(state.shape());
                true
            }
        };
        if changed && !self.work.contains(&block) {
            self.work.push(block);
        }
    }

    fn load(&mut self, _: Place, kind: Kind) -> Abs<()> {
        Shape::of(kind)
    }

    fn int(&mut self, _: i64) {}
    fn float(&mut self, _: f64) {}
    fn bool(&mut self, _: bool) {}
    fn int_op(&mut self, _: IntOp, (): (), (): ()) {}
    fn int_abs(&mut self, (): ()) {}
    fn float_op(&mut self, _: FloatOp, (): (), (): ()) {}
    fn float_unary(&mut self, _: FloatUnary, (): ()) {}
    fn int_cmp(&mut self, _: Cmp, (): (), (): ()) {}
    fn float_cmp(&mut self, _: Cmp, (): (), (): ()) {}
    fn bool_and(&mut self, (): (), (): ()) {}
    fn bool_or(&mut self, (): (), (): ()) {}
    fn bool_not(&mut self, (): ()) {}
    fn select(&mut self, (): (), (): (), (): ()) {}
    fn bool_to_int(&mut self, (): ()) {}
    fn int_to_float(&mut self, (): ()) {}
    fn float_to_int(&mut self, (): ()) {}
    fn call(&mut self, _: Pure, _: &[()]) {}
    fn is_kind(&mut self, _: Place, _: Kind) {}
    fn store(&mut self, _: Place, _: Abs<()>) {}
    fn mem_to_int(&mut self, _: Place) {}
    fn mem_to_float(&mut self, _: Place) {}
    fn mem_truth(&mut self, _: Place) {}
    fn drop_mem(&mut self, _: Place) {}
    fn move_mem(&mut self, _: &[(Place, Place)]) {}
    fn clone_mem(&mut self, _: Place, _: Place) {}
    fn grow_slots(&mut self, _: usize) {}
    fn step(&mut self, _: usize, _: usize, _: usize, _: &State<()>) {}
    fn extended(&mut self, id: u16, arg: u8, _: &[()]) -> Option<Vec<()>> {
        extension::effect_of(id, arg).map(|effect| vec![(); effect.pushes])
    }
    fn branch(&mut self, (): ()) -> ((), ()) {
        ((), ())
    }
    fn start(&mut self, (): ()) {}
    fn join(&mut self, (): ()) {}
    fn exit(&mut self, kind: ExitKind, _: usize, _: usize, _: &State<()>) {
        self.guarded |= kind == ExitKind::Guard;
    }

    fn back_edge(&mut self, _: usize, _: bool, _: &State<()>) {}
}
