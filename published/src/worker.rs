//! Processes that run cases for this one, and may die of it.
//!
//! A worker serves one request after the other: a case and a subject. It says when the part
//! begins that is judged, and then what came of it. Whatever kills it, or never ends, is
//! therefore known to be the work of that case and that subject, and a new worker takes the
//! next request.

use crate::compare::Found;
use crate::judge::{self, Divergence, Judgement};
use crate::subjects::Published;
use fusevm_conformance::case::Case;
use fusevm_conformance::{cpu_time, panics};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The argument that makes this program a worker.
pub const ARGUMENT: &str = "worker";
/// Requests that a worker serves: compiled code of the published crate is never freed.
const REQUESTS: u32 = 400;
/// Address space of a worker, in KiB.
const MEMORY: u32 = 3_000_000;
/// How often a worker is looked at that has not answered yet.
const TICK: Duration = Duration::from_millis(20);
/// How long a worker may take to start.
const START: Duration = Duration::from_secs(60);

#[derive(Serialize, Deserialize)]
struct Request {
    subject: String,
    case: Case,
}

#[derive(Serialize, Deserialize)]
enum Reply {
    /// What is judged begins.
    AboutToRun,
    Judged(Judgement),
}

fn send(stream: &mut UnixStream, message: &impl Serialize) -> io::Result<()> {
    let body = bincode::serialize(message).map_err(io::Error::other)?;
    stream.write_all(&(body.len() as u64).to_le_bytes())?;
    stream.write_all(&body)
}

/// Serves requests until the other side is gone: what a worker process does.
///
/// # Errors
/// The socket cannot be used, or what came is no request.
pub fn serve(socket: &Path) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    let mut buffer = Inbox::default();
    loop {
        let Some(request) = buffer.receive::<Request>(&mut stream)? else {
            return Ok(());
        };
        let Some(subject) = Published::by_name(&request.subject) else {
            return Err(io::Error::other(format!("no subject {}", request.subject)));
        };
        let mut note = stream.try_clone()?;
        let mut about_to_run = || {
            // Nobody is interested any more when this fails.
            let _ = send(&mut note, &Reply::AboutToRun);
        };
        let judgement = panics::fresh(|| judge::judge(&request.case, subject, &mut about_to_run));
        send(&mut stream, &Reply::Judged(judgement))?;
    }
}

/// Bytes that have come and are no whole message yet.
#[derive(Default)]
struct Inbox(Vec<u8>);

impl Inbox {
    /// The next message, or `None` at the end.
    fn receive<T: for<'a> Deserialize<'a>>(
        &mut self,
        stream: &mut UnixStream,
    ) -> io::Result<Option<T>> {
        loop {
            if let Some(message) = self.message()? {
                return Ok(Some(message));
            }
            let mut bytes = [0; 4096];
            let n_bytes = stream.read(&mut bytes)?;
            if n_bytes == 0 {
                return Ok(None);
            }
            self.0.extend_from_slice(&bytes[..n_bytes]);
        }
    }

    /// A message that is there as a whole.
    fn message<T: for<'a> Deserialize<'a>>(&mut self) -> io::Result<Option<T>> {
        let Some(header) = self.0.first_chunk::<8>() else {
            return Ok(None);
        };
        let end = 8 + u64::from_le_bytes(*header) as usize;
        if self.0.len() < end {
            return Ok(None);
        }
        let message = bincode::deserialize(&self.0[8..end]).map_err(io::Error::other)?;
        self.0.drain(..end);
        Ok(Some(message))
    }
}

/// Runs cases in worker processes, one at a time.
pub struct Worker {
    program: PathBuf,
    folder: PathBuf,
    patience: Duration,
    process: Option<Process>,
}

struct Process {
    child: Child,
    stream: UnixStream,
    inbox: Inbox,
    served: u32,
}

/// How a request ended.
enum Answer {
    Judged(Judgement),
    /// The process is gone, or was ended because it took too long.
    Gone {
        had_begun: bool,
        how: String,
    },
}

impl Worker {
    /// Workers are started from `program` when they are needed; a request may take `patience`
    /// of processor time.
    ///
    /// # Errors
    /// There is no folder for temporary files.
    pub fn new(program: &Path, patience: Duration) -> io::Result<Worker> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("fusevm-published-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        Ok(Worker {
            program: program.to_owned(),
            folder,
            patience,
            process: None,
        })
    }

    /// What `subject` makes of `case`.
    ///
    /// # Errors
    /// A worker cannot be started or talked to.
    pub fn judge(&mut self, case: &Case, subject: Published) -> io::Result<Judgement> {
        let answer = self.ask(case, subject)?;
        Ok(match answer {
            Answer::Judged(judgement) => judgement,
            Answer::Gone {
                had_begun: false,
                how,
            } if subject.is_tier() => {
                Judgement::Declined("its interpreter does not survive".to_owned(), how)
            }
            Answer::Gone {
                had_begun: false,
                how,
            } => {
                return Err(io::Error::other(format!(
                    "a worker was lost before the published crate ran: {how}"
                )));
            }
            Answer::Gone { how, .. } => Judgement::Diverged(Divergence {
                found: vec![Found::of_process("ends".to_owned(), &how)],
                record: judge::record(case),
            }),
        })
    }

    fn ask(&mut self, case: &Case, subject: Published) -> io::Result<Answer> {
        if self
            .process
            .as_ref()
            .is_none_or(|process| process.served >= REQUESTS)
        {
            self.stop();
            self.process = Some(self.start()?);
        }
        let patience = self.patience;
        let stderr = self.folder.join("stderr");
        let Some(process) = &mut self.process else {
            return Err(io::Error::other("no worker"));
        };
        process.served += 1;
        let request = Request {
            subject: fusevm_conformance::subject::Subject::name(&subject).to_owned(),
            case: case.clone(),
        };
        let answer = process.request(&request, patience, &stderr)?;
        if matches!(answer, Answer::Gone { .. }) {
            self.process = None;
        }
        Ok(answer)
    }

    fn start(&self) -> io::Result<Process> {
        let socket = self.folder.join("socket");
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket)?;
        listener.set_nonblocking(true)?;
        let stream_file = |name: &str| {
            let path = self.folder.join(name);
            File::options()
                .read(true)
                .append(true)
                .create(true)
                .open(path)
        };
        let input = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(self.folder.join("stdin"))?;
        let _ = fs::write(self.folder.join("stderr"), []);
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -v {MEMORY} -c 0; exec \"$0\" \"$@\""))
            .arg(&self.program)
            .arg(ARGUMENT)
            .arg(&socket)
            .current_dir(&self.folder)
            .stdin(Stdio::from(input))
            .stdout(Stdio::from(stream_file("stdout")?))
            .stderr(Stdio::from(stream_file("stderr")?))
            .spawn()?;
        let started = Instant::now();
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    stream.set_read_timeout(Some(TICK))?;
                    return Ok(Process {
                        child,
                        stream,
                        inbox: Inbox::default(),
                        served: 0,
                    });
                }
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Err(_) if child.try_wait()?.is_some() || started.elapsed() > START => {
                    return Err(io::Error::other(format!(
                        "a worker did not start: {}",
                        fs::read_to_string(self.folder.join("stderr")).unwrap_or_default()
                    )));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.end();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Process {
    fn request(
        &mut self,
        request: &Request,
        patience: Duration,
        stderr: &Path,
    ) -> io::Result<Answer> {
        if send(&mut self.stream, request).is_err() {
            return Ok(self.gone(false, stderr));
        }
        let started = Instant::now();
        let used = |process: &Process| cpu_time::of_process(process.child.id());
        let before = used(self);
        let mut had_begun = false;
        loop {
            match self.inbox.receive::<Reply>(&mut self.stream) {
                Ok(Some(Reply::AboutToRun)) => had_begun = true,
                Ok(Some(Reply::Judged(judgement))) => return Ok(Answer::Judged(judgement)),
                Ok(None) => return Ok(self.gone(had_begun, stderr)),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return Ok(self.gone(had_begun, stderr)),
            }
            let waited = started.elapsed();
            let worked = match (used(self), before) {
                (Some(now), Some(before)) => now.saturating_sub(before),
                _ => waited,
            };
            if worked > patience || waited > patience * cpu_time::MOST_WAITING {
                self.end();
                return Ok(Answer::Gone {
                    had_begun,
                    how: "does not end".to_owned(),
                });
            }
        }
    }

    fn gone(&mut self, had_begun: bool, stderr: &Path) -> Answer {
        let how = match self.child.wait() {
            Ok(status) => fate(status, &fs::read_to_string(stderr).unwrap_or_default()),
            Err(error) => format!("is lost: {error}"),
        };
        Answer::Gone { had_begun, how }
    }

    fn end(&mut self) {
        // A process that is gone by now needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process that was not asked to end died of, in words without numbers.
fn fate(status: ExitStatus, stderr: &str) -> String {
    let said = |text: &str| stderr.contains(text);
    match status.signal() {
        Some(6) if said("overflowed its stack") => {
            "overflows the native stack (SIGABRT)".to_owned()
        }
        Some(6) if said("memory allocation of") => "exhausts memory (SIGABRT)".to_owned(),
        Some(6) => {
            let panic = stderr.lines().find(|line| line.contains("panicked at"));
            let place = panic.and_then(|line| line.rsplit('/').next());
            match place {
                Some(place) => format!("panics where nothing may unwind (SIGABRT), at {place}"),
                None => "aborts (SIGABRT)".to_owned(),
            }
        }
        Some(4) => "executes a trap (SIGILL)".to_owned(),
        Some(8) => "traps in a native division (SIGFPE)".to_owned(),
        Some(7 | 11) => "touches memory that is not its own (SIGSEGV)".to_owned(),
        Some(9) => "is killed (SIGKILL)".to_owned(),
        Some(signal) => format!("is killed by signal {signal}"),
        None => format!(
            "ends the process with status {}",
            status.code().unwrap_or(-1)
        ),
    }
}
