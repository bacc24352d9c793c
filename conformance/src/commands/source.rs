//! Where a command gets its cases from: a file, or a case of a campaign.

use clap::Args;
use fusevm_conformance::campaign::Plan;
use fusevm_conformance::case::Case;
use fusevm_conformance::filetest;
use fusevm_conformance::generate::Specimen;
use fusevm_conformance::targets::input::Input;
use std::fmt;
use std::path::PathBuf;

/// A file, or a case of a campaign.
#[derive(Args, Debug, Default)]
pub(crate) struct Source {
    /// A program (`.fvm`), or an input of a fuzz target: a record, or the entropy of a case
    #[arg(value_name = "FILE", required_unless_present = "case")]
    pub(crate) file: Option<PathBuf>,
    /// The entropy in FILE means a raw chunk
    #[arg(long)]
    raw: bool,
    /// Seed of a campaign, instead of a file
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Number of a case of that campaign
    #[arg(long, conflicts_with = "file")]
    case: Option<u64>,
    #[command(flatten)]
    shares: Shares,
}

/// What the cases of a campaign are; the others are structured programs.
#[derive(Args, Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shares {
    /// Share of raw chunks in a campaign, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Shares::default().raw_share)]
    raw_share: f64,
    /// Share of single ops and pairs of them in a campaign, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Shares::default().single_share)]
    single_share: f64,
}

impl Default for Shares {
    fn default() -> Shares {
        let plan = Plan::default();
        Shares {
            raw_share: f64::from(plan.raw_per_mille) / 10.0,
            single_share: f64::from(plan.single_per_mille) / 10.0,
        }
    }
}

impl Shares {
    /// Only structured programs.
    pub(crate) const STRUCTURED: Shares = Shares {
        raw_share: 0.0,
        single_share: 0.0,
    };

    /// Raw chunks in 1000 cases.
    pub(crate) fn raw(&self) -> u32 {
        per_mille(self.raw_share)
    }

    /// Single ops in 1000 cases.
    pub(crate) fn single(&self) -> u32 {
        per_mille(self.single_share)
    }
}

/// The shares as arguments, unless they are those of any campaign.
impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shares {
            raw_share,
            single_share,
        } = self;
        match *self == Shares::default() {
            true => Ok(()),
            false => write!(f, " --raw-share {raw_share} --single-share {single_share}"),
        }
    }
}

fn per_mille(percent: f64) -> u32 {
    (percent.clamp(0.0, 100.0) * 10.0).round() as u32
}

/// A short name of the source, for files that are made of it.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.case, &self.file) {
            (Some(index), _) => write!(f, "seed_{}_case_{index}", self.seed),
            (None, Some(file)) => {
                let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                f.write_str(&stem.replace('-', "_"))
            }
            (None, None) => f.write_str("case"),
        }
    }
}

impl Source {
    /// Whether it is a program, in text form.
    pub(crate) fn is_program(&self) -> bool {
        let extension = self.file.as_ref().and_then(|file| file.extension());
        self.case.is_none() && extension.is_some_and(|extension| extension == "fvm")
    }

    /// The source as arguments of a further command.
    pub(crate) fn arguments(&self) -> String {
        match (self.case, &self.file) {
            (Some(index), _) => format!("--seed {} --case {index}{}", self.seed, self.shares),
            (None, Some(file)) if self.raw => format!("--raw {}", file.display()),
            (None, file) => file.iter().map(|file| file.display().to_string()).collect(),
        }
    }

    /// The file itself.
    pub(crate) fn of_file(file: PathBuf) -> Source {
        Source {
            file: Some(file),
            ..Source::default()
        }
    }

    /// The cases and their names: a file with a table has many.
    pub(crate) fn cases(&self) -> Result<Vec<(String, Case)>, String> {
        let specimens = self.specimens()?.into_iter();
        Ok(specimens
            .map(|(name, specimen)| (name, specimen.case))
            .collect())
    }

    /// As [`Source::cases`], with the trees of programs that have one.
    pub(crate) fn specimens(&self) -> Result<Vec<(String, Specimen)>, String> {
        if let Some(index) = self.case {
            let plan = Plan {
                seed: self.seed,
                raw_per_mille: self.shares.raw(),
                single_per_mille: self.shares.single(),
                ..Plan::default()
            };
            let name = format!("case {index} of seed {}", self.seed);
            return Ok(vec![(name, plan.specimen(index).1)]);
        }
        let path = self.file.as_deref().ok_or("no file given")?;
        let name = path.display().to_string();
        if path.extension().is_some_and(|extension| extension == "fvm") {
            let text = filetest::read(path)?;
            let programs = filetest::programs(&text).map_err(|error| format!("{name}: {error}"))?;
            return Ok(programs
                .into_iter()
                .map(|program| {
                    let name = program
                        .name
                        .map_or(name.clone(), |row| format!("{name}, {row}"));
                    (name, Specimen::from(program.case))
                })
                .collect());
        }
        let bytes =
            std::fs::read(path).map_err(|error| format!("{name}: cannot be read: {error}"))?;
        let grow = match self.raw {
            true => Specimen::raw,
            false => Specimen::structured,
        };
        Ok(vec![(
            name,
            Specimen::from(Input::read(grow, &bytes).case()),
        )])
    }
}
