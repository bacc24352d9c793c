//! [`Profile`]: which parts of the instruction set one program uses, and how often.
//!
//! A program that uses everything tests nothing: it is long, and most of its ops keep a
//! tier from compiling the rest. So every program draws a theme, and the themes together
//! cover every op.

use super::entropy::Entropy;
use super::kinds::Want;
use fusevm::op::{OpInfo, Section};

/// Ops that a program may execute, by estimate: enough for a loop or two to become hot. What
/// comes after that is the same again.
const SHORT: i64 = 3_000;
/// The same for the few that nest hot loops in hot loops.
const LONG: i64 = 20_000;

/// What a program is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    Ints,
    Numbers,
    Calls,
    Fused,
    Collections,
    Strings,
    HigherOrder,
    Effects,
    Shell,
    Awk,
    Everything,
    Drill,
}

/// Which parts of the instruction set one program uses. Numbers are weights in percent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    /// How many ops the program may have, roughly.
    pub(super) nodes: i32,
    /// How many ops it may execute, by estimate.
    pub(super) budget: i64,
    /// Whether it does nothing but apply a few ops to many values.
    pub(super) is_drill: bool,
    /// How often an expression has another kind than its place asks for.
    pub(super) any_kind: u32,
    /// Whether data slots may be floats.
    pub(super) floats: bool,
    pub(super) strings: u32,
    pub(super) collections: u32,
    pub(super) globals: u32,
    pub(super) calls: u32,
    pub(super) blocks: u32,
    pub(super) fused: u32,
    pub(super) scopes: u32,
    pub(super) keeps: u32,
    pub(super) output: u32,
    pub(super) handlers: u32,
    /// Ops that ask the shell host.
    pub(super) shell: u32,
    /// AWK ops.
    pub(super) awk: u32,
    /// Whether some of the shell ops would start programs or read directories without a host.
    pub(super) programs: bool,
    /// Whether slots beyond the first few are used.
    pub(super) far_slots: bool,
}

impl Profile {
    /// A profile of one of the themes, with something else mixed in now and then.
    pub(super) fn draw(e: &mut Entropy) -> Profile {
        let theme = e.weighted(&[
            (23, Theme::Ints),
            (22, Theme::Numbers),
            (10, Theme::Calls),
            (8, Theme::Fused),
            (10, Theme::Collections),
            (8, Theme::Strings),
            (7, Theme::HigherOrder),
            (8, Theme::Effects),
            (14, Theme::Shell),
            (18, Theme::Awk),
            (7, Theme::Everything),
            (12, Theme::Drill),
        ]);
        let mut profile = Profile::of(theme);
        profile.nodes = match e.weighted(&[(38, 0), (46, 1), (14, 2), (2, 3)]) {
            0 => e.range(4, 14),
            1 => e.range(12, 30),
            2 => e.range(30, 56),
            _ => e.range(57, 200),
        } as i32;
        profile.budget = e.weighted(&[(97, SHORT), (3, LONG)]);
        profile.programs &= !e.chance(35);
        profile.far_slots = e.chance(10);
        if e.chance(18) {
            profile.any_kind = profile.any_kind.max(e.pick(&[5, 15, 50]));
        }
        if e.chance(12) {
            profile.scopes = 25;
        }
        if e.chance(25) {
            profile.keeps = 25;
        }
        if e.chance(15) {
            profile.calls = profile.calls.max(30);
        }
        if e.chance(8) {
            profile.collections = profile.collections.max(15);
        }
        profile
    }

    /// How often the op of a row is picked where the wanted kind is all that matters.
    pub(super) fn weight(&self, info: &OpInfo, want: Want) -> u32 {
        let strings = if want == Want::Str { 20 } else { 0 };
        let collections = if matches!(want, Want::Array | Want::Hash) {
            20
        } else {
            0
        };
        match info.section {
            Section::Strings | Section::StringCompare => self.strings.max(strings),
            Section::Arrays | Section::Hashes | Section::Ranges => {
                self.collections.max(collections)
            }
            Section::Variables if info.name == "SlotArrayGet" => 3 * self.collections,
            Section::Variables => self.globals.max(2),
            Section::HigherOrder => self.blocks.max(collections),
            Section::Io => self.output,
            Section::Fused => self.fused / 2,
            Section::Numeric => 16,
            Section::NumericCompare | Section::Logic => 12,
            _ => 10,
        }
    }

    /// How often an op is picked by its row in place of the common ones.
    pub(super) fn rare(&self) -> u32 {
        16 + (self.strings + self.collections) * 2
    }

    fn of(theme: Theme) -> Profile {
        let plain = Profile {
            nodes: 10,
            budget: SHORT,
            is_drill: false,
            any_kind: 0,
            floats: false,
            strings: 0,
            collections: 0,
            globals: 0,
            calls: 0,
            blocks: 0,
            fused: 10,
            scopes: 2,
            keeps: 5,
            output: 0,
            handlers: 0,
            shell: 0,
            awk: 0,
            programs: false,
            far_slots: false,
        };
        match theme {
            Theme::Ints => plain,
            Theme::Numbers => Profile {
                floats: true,
                ..plain
            },
            Theme::Calls => Profile {
                floats: true,
                calls: 45,
                ..plain
            },
            Theme::Fused => Profile {
                fused: 60,
                any_kind: 8,
                ..plain
            },
            Theme::Collections => Profile {
                collections: 45,
                globals: 20,
                any_kind: 8,
                strings: 5,
                ..plain
            },
            Theme::Strings => Profile {
                strings: 50,
                globals: 15,
                any_kind: 10,
                output: 5,
                ..plain
            },
            Theme::HigherOrder => Profile {
                blocks: 50,
                collections: 15,
                floats: true,
                ..plain
            },
            Theme::Effects => Profile {
                output: 25,
                handlers: 45,
                globals: 15,
                strings: 10,
                ..plain
            },
            Theme::Shell => Profile {
                shell: 100,
                programs: true,
                strings: 15,
                calls: 40,
                output: 5,
                ..plain
            },
            Theme::Awk => Profile {
                awk: 120,
                floats: true,
                strings: 20,
                globals: 8,
                fused: 20,
                calls: 5,
                ..plain
            },
            Theme::Drill => Profile {
                is_drill: true,
                floats: true,
                ..plain
            },
            Theme::Everything => Profile {
                any_kind: 20,
                floats: true,
                strings: 15,
                collections: 15,
                globals: 15,
                calls: 15,
                blocks: 10,
                scopes: 10,
                keeps: 15,
                output: 5,
                awk: 4,
                ..plain
            },
        }
    }
}
