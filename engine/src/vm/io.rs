//! Where `Print` writes, `ReadLine` reads, and warnings go.

use crate::error::{Error, Limit};
use std::io::{BufRead, Read, Write};

/// The destination of `Print` and `PrintLn`: standard output, or what the embedder gave.
#[derive(Default)]
pub struct Output(Option<Box<dyn Write + Send>>);

impl Output {
    pub(crate) fn to(writer: Box<dyn Write + Send>) -> Output {
        Output(Some(writer))
    }

    /// Writes all of `text`; errors are ignored, as the ops define it.
    pub(crate) fn write(&mut self, text: &str) {
        let _ = match &mut self.0 {
            Some(writer) => writer.write_all(text.as_bytes()),
            None => std::io::stdout().write_all(text.as_bytes()),
        };
    }
}

/// The destination of warnings: standard error, or what the embedder gave.
#[derive(Default)]
pub(crate) struct Warnings(Option<Box<dyn Write + Send>>);

impl Warnings {
    pub(crate) fn to(writer: Box<dyn Write + Send>) -> Warnings {
        Warnings(Some(writer))
    }

    /// Writes a line; errors are ignored.
    pub(crate) fn line(&mut self, text: &str) {
        let _ = match &mut self.0 {
            Some(writer) => writeln!(writer, "{text}"),
            None => writeln!(std::io::stderr(), "{text}"),
        };
    }
}

/// The source of `ReadLine`: standard input, or what the embedder gave.
#[derive(Default)]
pub struct Input {
    reader: Option<Box<dyn BufRead + Send>>,
    /// A line that was read but not used.
    unread: Option<String>,
}

impl Input {
    pub(crate) fn from(reader: Box<dyn BufRead + Send>) -> Input {
        Input {
            reader: Some(reader),
            unread: None,
        }
    }

    /// One line without its line feed; empty at the end of input, after a read error and
    /// for text that is not UTF-8. A line of more than `max` bytes is an error.
    pub(crate) fn read_line(&mut self, max: usize) -> Result<String, Error> {
        if let Some(line) = self.unread.take() {
            return Ok(line);
        }
        let mut line = Vec::new();
        let most = (max as u64).saturating_add(1);
        let result = match &mut self.reader {
            Some(reader) => reader.take(most).read_until(b'\n', &mut line),
            None => std::io::stdin()
                .lock()
                .take(most)
                .read_until(b'\n', &mut line),
        };
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        if line.len() > max {
            return Err(Limit::StringSize.into());
        }
        match result {
            Ok(_) => Ok(String::from_utf8(line).unwrap_or_default()),
            Err(_) => Ok(String::new()),
        }
    }

    /// Gives a line back, for the next read.
    pub(crate) fn unread(&mut self, line: String) {
        self.unread = Some(line);
    }
}
