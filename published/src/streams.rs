//! Standard input and output of this process, which the published crate reads and writes.
//!
//! They are files, so that a run's input can be put in front of it and its output read back.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;

/// Both streams, each with the position that the process's own handle has.
struct Streams {
    input: File,
    output: File,
}

fn open() -> io::Result<Streams> {
    let streams = Streams {
        input: File::from(io::stdin().as_fd().try_clone_to_owned()?),
        output: File::from(io::stdout().as_fd().try_clone_to_owned()?),
    };
    let is_file = |file: &File| file.metadata().map(|metadata| metadata.is_file());
    match is_file(&streams.input)? && is_file(&streams.output)? {
        true => Ok(streams),
        false => Err(io::Error::other(
            "standard input and output are no files: only a worker has them",
        )),
    }
}

/// What `run` returns and what it wrote to standard output, with `input` to read.
///
/// # Errors
/// The streams are not those of a worker.
pub(crate) fn with<T>(input: &str, run: impl FnOnce() -> T) -> io::Result<(T, Vec<u8>)> {
    let mut streams = open()?;
    streams.input.set_len(0)?;
    drop_buffered()?;
    streams.input.seek(SeekFrom::Start(0))?;
    streams.input.write_all(input.as_bytes())?;
    streams.input.seek(SeekFrom::Start(0))?;
    let result = run();
    io::stdout().flush()?;
    let mut output = Vec::new();
    streams.output.seek(SeekFrom::Start(0))?;
    streams.output.read_to_end(&mut output)?;
    streams.output.set_len(0)?;
    Ok((result, output))
}

/// Forgets what an earlier run has left in the process's buffer.
fn drop_buffered() -> io::Result<()> {
    let mut stdin = io::stdin().lock();
    loop {
        let buffered = stdin.fill_buf()?.len();
        if buffered == 0 {
            return Ok(());
        }
        stdin.consume(buffered);
    }
}
