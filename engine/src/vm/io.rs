//! Where `Print` writes and `ReadLine` reads.

use std::io::{BufRead, Write};

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

/// The source of `ReadLine`: standard input, or what the embedder gave.
#[derive(Default)]
pub struct Input(Option<Box<dyn BufRead + Send>>);

impl Input {
    pub(crate) fn from(reader: Box<dyn BufRead + Send>) -> Input {
        Input(Some(reader))
    }

    /// One line without its line feed; empty at the end of input, after a read error and
    /// for text that is not UTF-8.
    pub(crate) fn read_line(&mut self) -> String {
        let mut line = String::new();
        let result = match &mut self.0 {
            Some(reader) => reader.read_line(&mut line),
            None => std::io::stdin().read_line(&mut line),
        };
        if result.is_err() {
            return String::new();
        }
        if line.ends_with('\n') {
            line.pop();
        }
        line
    }
}
