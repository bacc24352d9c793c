//! Why a tier does not take something: a value with a reason, never a silent `None`.

use std::fmt;

macro_rules! declines {
    ($( $(#[$doc:meta])* $name:ident $(( $( $field:ident : $ty:ty ),+ ))? $text:literal; )*) => {
        /// Why a tier declined.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Decline {
            $( $(#[$doc])* $name $(( $( $ty ),+ ))?, )*
        }

        impl Decline {
            /// The name of every reason.
            pub(crate) const NAMES: &'static [&'static str] = &[ $( stringify!($name) ),* ];

            /// The reason's name, without its details.
            pub(crate) fn name(&self) -> &'static str {
                match self { $( Decline::$name { .. } => stringify!($name), )* }
            }
        }

        impl fmt::Display for Decline {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Decline::$name $(( $( $field ),+ ))? => write!(f, $text), )*
                }
            }
        }
    };
}

declines! {
    /// The chunk has no ops.
    Empty "the chunk is empty";
    /// Nothing can be proved of the chunk's stack and frames.
    Unverified(error: String) "the chunk does not verify: {error}";
    /// The linear tier takes straight-line code only.
    NotStraight(at: usize) "op {at} is not straight-line code";
    /// The chunk has run too seldom.
    Cold(runs: u32) "the chunk has run {runs} time(s) only";
    /// Native code enters at the first op, in the root frame, of a VM that is not halted.
    NotAtStart "the run does not start at op 0 in the root frame";
    /// The code is larger than is worth compiling.
    TooLarge(size: usize) "{size} ops, slots or values are more than a tier compiles at once";
    /// The stack is not as the verifier expects it at this op.
    StackShape(at: usize) "the stack at op {at} has another height than in verified code";
    /// The native code might need more stack than the limit allows.
    StackLimit "the value stack is too close to its limit";
    /// Calls run in the interpreter.
    Call(at: usize) "op {at} is a call";
    /// Extensions compile whole chunks only, and may refuse.
    Extension(at: usize) "op {at} is an extension op that no extension compiles here";
    /// The loop is left by a return while it is being recorded.
    Return(at: usize) "op {at} returns from the loop's frame";
    /// The recording became longer than the configured length.
    TooLong(n_ops: usize) "the recording has more than {n_ops} ops";
    /// The frame stack changed while a loop was being recorded.
    FramesChanged(at: usize) "the frames changed before op {at}";
    /// The run ended while a loop was being recorded.
    RunEnded "the run ended during the recording";
    /// Native code was left so often that it does not pay: that of a chunk more than 64 times,
    /// at guards.
    ExitsTooOften(at: usize) "native code entered at op {at} is left too often";
    /// The embedder aborted the trace.
    Aborted "the trace was aborted";
    /// A direct entry point takes only chunks of its numeric subset.
    NotNumeric "the chunk is not in the numeric subset of this entry point";
    /// Cranelift refused the code, or there is no back end for this machine.
    Backend(message: String) "code generation failed: {message}";
    /// A bug: the compiler produced something that its own checks refuse.
    Internal(what: &'static str) "internal: {what}";
}
