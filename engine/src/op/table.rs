//! The op table: the only list of ops there is.
//!
//! In: nothing. Out: [`for_each_op!`], from which the enum, mnemonics, hashing, the
//! assembler and disassembler, the verifier, the generators and every inventory are
//! derived. What an op *does* is in [`crate::semantics`] and the dispatch loop; how it is
//! compiled is in the lowering of the native tiers.
//!
//! A row reads: the stack picture (right end is the top) and what the op does, its name,
//! its operands with their roles, then its section, what it pops and pushes on a stack
//! that is deep enough, the kind of what it pushes, and what it touches besides the
//! value stack. The order is part of the binary serialized form.
//!
//! In the pictures and sentences `T(v)`, `I(v)`, `F(v)` and `S(v)` are the truth, integer,
//! float and text of a value: [`crate::Value::is_truthy`], [`crate::Value::to_int`],
//! [`crate::Value::to_float`] and [`crate::Value::to_str`].

/// Calls `$each!` with every row of the op table, in the order of the enum.
macro_rules! for_each_op {
    ($each:ident) => {
        $each! {
            /// `[..] -> [..]`
            ///
            /// No effect.
            Nop
                => Constants, pops 0, pushes 0, gives Nothing, touches Nothing;

            /// `[..] -> [.. Int(n)]`
            ///
            /// Pushes the operand.
            LoadInt(n: Imm<i64>)
                => Constants, pops 0, pushes 1, gives Int, touches Nothing;

            /// `[..] -> [.. Float(x)]`
            ///
            /// Pushes the operand bit for bit: NaN payload and -0.0 survive, integral values stay
            /// `Float`.
            LoadFloat(x: Imm<f64>)
                => Constants, pops 0, pushes 1, gives Float, touches Nothing;

            /// `[..] -> [.. c]`
            ///
            /// Pushes a clone of `constants[idx]`, or `Undef` when there is no such constant.
            LoadConst(idx: Const<u16>)
                => Constants, pops 0, pushes 1, gives Any, touches Nothing;

            /// `[..] -> [.. Bool(true)]`
            ///
            /// Pushes `Bool(true)`.
            LoadTrue
                => Constants, pops 0, pushes 1, gives Bool, touches Nothing;

            /// `[..] -> [.. Bool(false)]`
            ///
            /// Pushes `Bool(false)`.
            LoadFalse
                => Constants, pops 0, pushes 1, gives Bool, touches Nothing;

            /// `[..] -> [.. Undef]`
            ///
            /// Pushes `Undef`.
            LoadUndef
                => Constants, pops 0, pushes 1, gives Undef, touches Nothing;

            /// `[.. a] -> [..]`
            ///
            /// Drops the top value; no effect on an empty stack.
            Pop
                => Stack, pops 1, pushes 0, gives Nothing, touches Nothing;

            /// `[.. a] -> [.. a a]`
            ///
            /// Pushes a clone of the top value; on an empty stack pushes one `Undef`.
            Dup
                => Stack, pops 1, pushes 2, gives Any, touches Nothing;

            /// `[.. a b] -> [.. a b a b]`
            ///
            /// Pushes clones of the two top values in order; no effect with fewer than 2 values.
            Dup2
                => Stack, pops 2, pushes 4, gives Any, touches Nothing;

            /// `[.. a b] -> [.. b a]`
            ///
            /// No effect with fewer than 2 values.
            Swap
                => Stack, pops 2, pushes 2, gives Any, touches Nothing;

            /// `[.. a b c] -> [.. b c a]`
            ///
            /// The third value from the top becomes the top; no effect with fewer than 3 values.
            Rot
                => Stack, pops 3, pushes 3, gives Any, touches Nothing;

            /// `[..] -> [.. v]`
            ///
            /// Pushes a clone of `globals[name]`, or `Undef` when `name >= globals.len()`. The name
            /// pool is not consulted.
            GetVar(name: Name<u16>)
                => Variables, pops 0, pushes 1, gives Any, touches Globals;

            /// `[.. v] -> [..]`
            ///
            /// Stores `v` in `globals[name]`, first growing `globals` with `Undef` to `name + 1`
            /// entries when it is shorter. An empty stack stores `Undef`.
            SetVar(name: Name<u16>)
                => Variables, pops 1, pushes 0, gives Nothing, touches Globals;

            /// `[.. v] -> [..]`
            ///
            /// Identical to `SetVar`; it opens no scope.
            DeclareVar(name: Name<u16>)
                => Variables, pops 1, pushes 0, gives Nothing, touches Globals;

            /// `[..] -> [.. v]`
            ///
            /// Pushes a clone of slot `slot` of the top frame, or `Undef` when it was never stored.
            GetSlot(slot: Slot<u16>)
                => Variables, pops 0, pushes 1, gives Any, touches Frame;

            /// `[.. v] -> [..]`
            ///
            /// Stores `v` in slot `slot` of the top frame, growing the slots with `Undef`.
            SetSlot(slot: Slot<u16>)
                => Variables, pops 1, pushes 0, gives Nothing, touches Frame;

            /// `[.. i] -> [.. v]`
            ///
            /// Pushes a clone of element I(i) when the slot holds an `Array` and `0 <= I(i) < len`;
            /// otherwise `Undef` (wrong kind, negative index, past the end, unset slot).
            SlotArrayGet(slot: Slot<u16>)
                => Variables, pops 1, pushes 1, gives Any, touches Frame;

            /// `[.. v i] -> [..]`
            ///
            /// The index is on top. If the slot holds an `Array` and I(i) >= 0, element I(i)
            /// becomes `v` and the array grows with `Undef` up to it; otherwise `v` is dropped and
            /// nothing changes. Growing past the collection limit is a limit error.
            SlotArraySet(slot: Slot<u16>)
                => Variables, pops 2, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [.. v]`
            ///
            /// Identical to `GetVar`; any kind may come back.
            GetArray(name: Name<u16>)
                => Arrays, pops 0, pushes 1, gives Any, touches Globals;

            /// `[.. v] -> [..]`
            ///
            /// Identical to `SetVar`; `v` is stored whatever its kind.
            SetArray(name: Name<u16>)
                => Arrays, pops 1, pushes 0, gives Nothing, touches Globals;

            /// `[..] -> [..]`
            ///
            /// `globals[name]` becomes an empty `Array` (growing `globals`), replacing any previous
            /// value.
            DeclareArray(name: Name<u16>)
                => Arrays, pops 0, pushes 0, gives Nothing, touches Globals;

            /// `[.. i] -> [.. v]`
            ///
            /// As `SlotArrayGet`, on `globals[name]`: `Undef` for a missing global, another kind, a
            /// negative index or an index past the end.
            ArrayGet(name: Name<u16>)
                => Arrays, pops 1, pushes 1, gives Any, touches Globals;

            /// `[.. v i] -> [..]`
            ///
            /// As `SlotArraySet`, on `globals[name]`. `globals` grows to `name + 1` even when the
            /// value is then dropped because the global is not an `Array` or the index is negative.
            ArraySet(name: Name<u16>)
                => Arrays, pops 2, pushes 0, gives Nothing, touches Globals;

            /// `[.. v] -> [..]`
            ///
            /// Appends `v` to the `Array` in `globals[name]`; `globals` grows if needed; `v` is
            /// dropped when the global is not an `Array`.
            ArrayPush(name: Name<u16>)
                => Arrays, pops 1, pushes 0, gives Nothing, touches Globals;

            /// `[..] -> [.. v]`
            ///
            /// Removes and pushes the last element; `Undef` when empty, missing or not an `Array`.
            ArrayPop(name: Name<u16>)
                => Arrays, pops 0, pushes 1, gives Any, touches Globals;

            /// `[..] -> [.. v]`
            ///
            /// Removes and pushes the first element; `Undef` when empty, missing or not an `Array`.
            ArrayShift(name: Name<u16>)
                => Arrays, pops 0, pushes 1, gives Any, touches Globals;

            /// `[..] -> [.. Int(n)]`
            ///
            /// Pushes the element count of the `Array` in `globals[name]`; `Int(0)` for anything
            /// else, strings and hashes included.
            ArrayLen(name: Name<u16>)
                => Arrays, pops 0, pushes 1, gives Int, touches Globals;

            /// `[.. v1..vn] -> [.. Array]`
            ///
            /// Takes the `min(n, height)` top values; the deepest becomes element 0. `n = 0` pushes
            /// an empty `Array`.
            MakeArray(n: Count<u16>)
                => Arrays, pops n, pushes 1, gives Array, touches Nothing;

            /// `[..] -> [.. v]`
            ///
            /// Identical to `GetVar`.
            GetHash(name: Name<u16>)
                => Hashes, pops 0, pushes 1, gives Any, touches Globals;

            /// `[.. v] -> [..]`
            ///
            /// Identical to `SetVar`; `v` is stored whatever its kind.
            SetHash(name: Name<u16>)
                => Hashes, pops 1, pushes 0, gives Nothing, touches Globals;

            /// `[..] -> [..]`
            ///
            /// `globals[name]` becomes an empty `Hash`, replacing any previous value.
            DeclareHash(name: Name<u16>)
                => Hashes, pops 0, pushes 0, gives Nothing, touches Globals;

            /// `[.. k] -> [.. v]`
            ///
            /// Pushes a clone of the entry with key S(k), or `Undef` when there is no such key, no
            /// such global or no `Hash` in it.
            HashGet(name: Name<u16>)
                => Hashes, pops 1, pushes 1, gives Any, touches Globals;

            /// `[.. v k] -> [..]`
            ///
            /// The key is on top. Inserts or replaces the entry with key S(k); `globals` grows if
            /// needed; `v` is dropped when the global is not a `Hash`.
            HashSet(name: Name<u16>)
                => Hashes, pops 2, pushes 0, gives Nothing, touches Globals;

            /// `[.. k] -> [.. v]`
            ///
            /// Removes the entry with key S(k) and pushes its value, or `Undef` when there was
            /// none.
            HashDelete(name: Name<u16>)
                => Hashes, pops 1, pushes 1, gives Any, touches Globals;

            /// `[.. k] -> [.. Bool]`
            ///
            /// Pushes whether `globals[name]` is a `Hash` with key S(k).
            HashExists(name: Name<u16>)
                => Hashes, pops 1, pushes 1, gives Bool, touches Globals;

            /// `[..] -> [.. Array]`
            ///
            /// Pushes all keys as `Str`, ascending by bytes; an empty `Array` when the global is
            /// not a `Hash`.
            HashKeys(name: Name<u16>)
                => Hashes, pops 0, pushes 1, gives Array, touches Globals;

            /// `[..] -> [.. Array]`
            ///
            /// Pushes clones of all values in the order of `HashKeys`; an empty `Array` when the
            /// global is not a `Hash`.
            HashValues(name: Name<u16>)
                => Hashes, pops 0, pushes 1, gives Array, touches Globals;

            /// `[.. k1 v1 .. km vm] -> [.. Hash]`
            ///
            /// `n` counts stack values, not pairs. Takes the `min(n, height)` top values as key,
            /// value, key, value.. from the deepest; keys are S(k); an unpaired last value is
            /// discarded; of equal keys the last wins.
            MakeHash(n: Count<u16>)
                => Hashes, pops n, pushes 1, gives Hash, touches Nothing;

            /// `[.. a b] -> [.. a+b]`
            ///
            /// `Int`+`Int`: wrapping `Int`; otherwise `Float(F(a)+F(b))`. No effect with fewer than
            /// 2 values.
            Add
                => Arithmetic, pops 2, pushes 1, gives Any, touches Nothing;

            /// `[.. a b] -> [.. a-b]`
            ///
            /// `Int`-`Int`: wrapping `Int`; otherwise `Float(F(a)-F(b))`. No effect with fewer than
            /// 2 values.
            Sub
                => Arithmetic, pops 2, pushes 1, gives Any, touches Nothing;

            /// `[.. a b] -> [.. a*b]`
            ///
            /// `Int`*`Int`: wrapping `Int`; otherwise `Float(F(a)*F(b))`. No effect with fewer than
            /// 2 values.
            Mul
                => Arithmetic, pops 2, pushes 1, gives Any, touches Nothing;

            /// `[.. a b] -> [.. a/b]`
            ///
            /// `Undef` when F(b) is +0.0 or -0.0, whatever the kinds; otherwise `Float(F(a)/F(b))`,
            /// also for two `Int`s that divide exactly. Missing operands are `Undef`.
            Div
                => Arithmetic, pops 2, pushes 1, gives Any, touches Nothing;

            /// `[.. a b] -> [.. a%b]`
            ///
            /// `Int`,`Int`: `Int(0)` when b = 0, else the truncated remainder with the sign of a,
            /// and `i64::MIN % -1` = 0. Otherwise the truncated remainder (C `fmod`) of F(a), F(b)
            /// as `Float` (NaN when F(b) is zero or F(a) infinite). No effect with fewer than 2
            /// values.
            Mod
                => Arithmetic, pops 2, pushes 1, gives Any, touches Nothing;

            /// `[.. a b] -> [.. a**b]`
            ///
            /// `Float(powf(F(a), F(b)))` for every kind pair, two `Int`s included. Missing operands
            /// count as 0.0.
            Pow
                => Arithmetic, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. a] -> [.. -a]`
            ///
            /// `Int`: wrapping negation; every other kind: `Float(-F(a))`, so `Undef` and an empty
            /// stack give `Float(-0.0)` and `Bool(true)` gives `Float(-1.0)`.
            Negate
                => Arithmetic, pops 1, pushes 1, gives Any, touches Nothing;

            /// `[.. a] -> [.. I(a)+1]`
            ///
            /// `Int(I(a) + 1)`, wrapping; a `Float` is truncated first; empty stack gives `Int(1)`.
            Inc
                => Arithmetic, pops 1, pushes 1, gives Int, touches Nothing;

            /// `[.. a] -> [.. I(a)-1]`
            ///
            /// `Int(I(a) - 1)`, wrapping; a `Float` is truncated first; empty stack gives
            /// `Int(-1)`.
            Dec
                => Arithmetic, pops 1, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Str]`
            ///
            /// `Str(S(a) + S(b))`; missing operands are empty. A result above the string limit is a
            /// limit error.
            Concat
                => Strings, pops 2, pushes 1, gives Str, touches Nothing;

            /// `[.. s n] -> [.. Str]`
            ///
            /// The count I(n) is on top; below 0 it counts as 0. Pushes S(s) repeated as a `Str`. A
            /// result above the string limit is a limit error.
            StringRepeat
                => Strings, pops 2, pushes 1, gives Str, touches Nothing;

            /// `[.. v] -> [.. Int]`
            ///
            /// `Int(len(v))`: bytes for a string, elements for an `Array`, entries for a `Hash`,
            /// bytes of S(v) for the rest.
            StringLen
                => Strings, pops 1, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether a equals b: two `Int`s as integers, any other pair as F(a) and F(b). NaN
            /// equals nothing. No effect with fewer than 2 values.
            NumEq
                => NumericCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether a differs from b: two `Int`s as integers, any other pair as F(a) and F(b).
            /// NaN differs from everything. No effect with fewer than 2 values.
            NumNe
                => NumericCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether a is below b: two `Int`s as integers, any other pair as F(a) and F(b). False
            /// with NaN. No effect with fewer than 2 values.
            NumLt
                => NumericCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether a is above b: two `Int`s as integers, any other pair as F(a) and F(b). False
            /// with NaN. No effect with fewer than 2 values.
            NumGt
                => NumericCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether a is at most b: two `Int`s as integers, any other pair as F(a) and F(b).
            /// False with NaN. No effect with fewer than 2 values.
            NumLe
                => NumericCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether a is at least b: two `Int`s as integers, any other pair as F(a) and F(b).
            /// False with NaN. No effect with fewer than 2 values.
            NumGe
                => NumericCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// `Int(-1)`, `Int(0)` or `Int(1)` for a below, equal to or above b: two `Int`s as
            /// integers, any other pair as F(a) and F(b). 0 when either is NaN. No effect with
            /// fewer than 2 values.
            Spaceship
                => NumericCompare, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether S(a) equals S(b), byte by byte; missing operands are empty.
            StrEq
                => StringCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether S(a) differs from S(b), byte by byte; missing operands are empty.
            StrNe
                => StringCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether S(a) sorts before S(b), byte by byte; missing operands are empty.
            StrLt
                => StringCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether S(a) sorts after S(b), byte by byte; missing operands are empty.
            StrGt
                => StringCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether S(a) does not sort after S(b), byte by byte; missing operands are empty.
            StrLe
                => StringCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// Whether S(a) does not sort before S(b), byte by byte; missing operands are empty.
            StrGe
                => StringCompare, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// `Int(-1)`, `Int(0)` or `Int(1)` when S(a) sorts before, equals or sorts after S(b),
            /// byte by byte; missing operands are empty.
            StrCmp
                => StringCompare, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a] -> [.. Bool]`
            ///
            /// `Bool(!T(a))`; NaN is truthy, so it gives `false`; empty stack gives `true`.
            LogNot
                => Logic, pops 1, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// `Bool(T(a) && T(b))`; both operands are already evaluated; missing ones are `Undef`.
            LogAnd
                => Logic, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Bool]`
            ///
            /// `Bool(T(a) || T(b))`; both operands are already evaluated; missing ones are `Undef`.
            LogOr
                => Logic, pops 2, pushes 1, gives Bool, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// Bitwise and of I(a), I(b); missing operands are 0.
            BitAnd
                => Logic, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// Bitwise or of I(a), I(b); missing operands are 0.
            BitOr
                => Logic, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// Bitwise exclusive or of I(a), I(b); missing operands are 0.
            BitXor
                => Logic, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a] -> [.. Int]`
            ///
            /// `Int(!I(a))`; empty stack gives `Int(-1)`.
            BitNot
                => Logic, pops 1, pushes 1, gives Int, touches Nothing;

            /// `[.. a n] -> [.. Int]`
            ///
            /// `Int(I(a) << (I(n) & 63))`; bits shifted out are lost; a negative or large count
            /// uses its low 6 bits. Missing operands count as 0.
            Shl
                => Logic, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a n] -> [.. Int]`
            ///
            /// Arithmetic (sign-filling) right shift, `Int(I(a) >> (I(n) & 63))`; count and missing
            /// operands as `Shl`.
            Shr
                => Logic, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[..] -> [..]`
            ///
            /// Continues at `target`. A target >= `ops.len()` ends the run.
            Jump(target: Target<usize>)
                => ControlFlow, pops 0, pushes 0, gives Nothing, touches Nothing;

            /// `[.. c] -> [..]`
            ///
            /// Pops `c` and continues at `target` when T(c). Not taken on an empty stack. A target
            /// >= `ops.len()` ends the run.
            JumpIfTrue(target: Target<usize>)
                => ControlFlow, pops 1, pushes 0, gives Nothing, touches Nothing;

            /// `[.. c] -> [..]`
            ///
            /// Pops `c` and continues at `target` when not T(c). Taken on an empty stack. A target
            /// >= `ops.len()` ends the run.
            JumpIfFalse(target: Target<usize>)
                => ControlFlow, pops 1, pushes 0, gives Nothing, touches Nothing;

            /// `[.. c] -> [.. c]`
            ///
            /// As `JumpIfTrue`, but `c` stays on the stack whether or not the jump is taken.
            JumpIfTrueKeep(target: Target<usize>)
                => ControlFlow, pops 0, pushes 0, gives Nothing, touches Nothing;

            /// `[.. c] -> [.. c]`
            ///
            /// As `JumpIfFalse`, but `c` stays on the stack whether or not the jump is taken.
            JumpIfFalseKeep(target: Target<usize>)
                => ControlFlow, pops 0, pushes 0, gives Nothing, touches Nothing;

            /// `[.. a1..an] -> [.. a1..an], new frame`
            ///
            /// Looks up `find_sub(name)`, pushes a call frame (return to the next op, `stack_base`
            /// = max(height - argc, 0), no slots) and continues at the entry. Arguments are not
            /// moved: the callee finds them on the value stack above `stack_base`. Without such a
            /// sub the error is `undefined function: NAME`, where NAME is `names[name]`, or `?`
            /// when the index is out of range; nothing is popped. Too many frames are a limit
            /// error.
            Call(name: Sub<u16>, argc: Count<u8>)
                => Functions, pops argc, pushes DYNAMIC, gives Any, touches Control;

            /// `[base.. x..] -> [base..], frame popped`
            ///
            /// In a called function: drops scope frames down to the call frame, pops it, truncates
            /// the value stack to its `stack_base` (arguments included), continues at `return_ip`;
            /// pushes nothing. At the root frame: halts, stack untouched.
            Return
                => Functions, pops DYNAMIC, pushes 0, gives Nothing, touches Control;

            /// `[base.. x.. v] -> [base.. v], frame popped`
            ///
            /// Pops `v` first (`Undef` when empty), then as `Return`, then pushes `v`. At the root
            /// frame: halts and `run` returns `Ok(v)`; the rest of the stack is untouched.
            ReturnValue
                => Functions, pops DYNAMIC, pushes 1, gives Any, touches Control;

            /// `[..] -> [..], new frame`
            ///
            /// Pushes a scope frame with no slots and `stack_base` = current height. Slots of the
            /// outer frame are hidden, not copied. Too many frames are a limit error.
            PushFrame
                => Scope, pops 0, pushes 0, gives Nothing, touches Vm;

            /// `[base.. x..] -> [base..], frame popped`
            ///
            /// If the top frame is a scope frame: pops it and truncates the value stack to its
            /// `stack_base`. On a call frame or the root frame: no effect.
            PopFrame
                => Scope, pops DYNAMIC, pushes 0, gives Nothing, touches Vm;

            /// `[.. v1..vn] -> [..]`
            ///
            /// Writes S(v1)..S(vn) to the output, with nothing between or behind them, and drops
            /// them; all there are when there are fewer than `n`. Write errors are ignored, nothing
            /// is flushed.
            Print(n: Count<u8>)
                => Io, pops n, pushes 0, gives Nothing, touches Io;

            /// `[.. v1..vn] -> [..]`
            ///
            /// As `Print`, followed by one line feed; `n = 0` writes just the line feed.
            PrintLn(n: Count<u8>)
                => Io, pops n, pushes 0, gives Nothing, touches Io;

            /// `[..] -> [.. Str]`
            ///
            /// Reads one line from the input and pushes it without its line feed (a carriage return
            /// stays). The end of the input, a read error or invalid UTF-8 push the empty string.
            ReadLine
                => Io, pops 0, pushes 1, gives Str, touches Io;

            /// `[.. from to] -> [.. Array]`
            ///
            /// The `Int`s from I(from) to I(to), both included; empty when from > to. A length
            /// above the collection limit is a limit error.
            Range
                => Ranges, pops 2, pushes 1, gives Array, touches Nothing;

            /// `[.. from to step] -> [.. Array]`
            ///
            /// The `Int`s from, from+step, .. while they are not past I(to) in the direction of
            /// I(step); empty for step 0. Ends before a term that would leave the i64 range. A
            /// length above the collection limit is a limit error.
            RangeStep
                => Ranges, pops 3, pushes 1, gives Array, touches Nothing;

            /// `[.. Array] -> [.. Array]`
            ///
            /// Replaces the array by the array of block results, one per element, in order. No
            /// effect (stack untouched) unless the top is an `Array` and block `block` is valid.
            MapBlock(block: Block<u16>)
                => HigherOrder, pops 1, pushes 1, gives Any, touches Vm;

            /// `[.. Array] -> [.. Array]`
            ///
            /// Keeps the elements whose block result is truthy, in order, unchanged. No effect
            /// (stack untouched) unless the top is an `Array` and block `block` is valid.
            GrepBlock(block: Block<u16>)
                => HigherOrder, pops 1, pushes 1, gives Any, touches Vm;

            /// `[.. Array] -> [.. Array]`
            ///
            /// Stable merge sort; the block receives `a b` and its result r orders them by the sign
            /// of F(r) (NaN counts as 0). No effect (stack untouched) unless the top is an `Array`
            /// and block `block` is valid.
            SortBlock(block: Block<u16>)
                => HigherOrder, pops 1, pushes 1, gives Any, touches Vm;

            /// `[.. Array] -> [.. Array]`
            ///
            /// Stable ascending sort by S(element), byte order. No effect when the top is not an
            /// `Array` or the stack is empty.
            SortDefault
                => HigherOrder, pops 1, pushes 1, gives Any, touches Nothing;

            /// `[.. Array] -> [..]`
            ///
            /// Runs the block once per element for its effects; results are dropped; the array is
            /// consumed. No effect (stack untouched) unless the top is an `Array` and block `block`
            /// is valid.
            ForEachBlock(block: Block<u16>)
                => HigherOrder, pops DYNAMIC, pushes 0, gives Nothing, touches Vm;

            /// `[..] -> [.. Int]`
            ///
            /// slot := `Int(I(slot) + 1)`, wrapping; pushes the new value.
            PreIncSlot(slot: Slot<u16>)
                => Fused, pops 0, pushes 1, gives Int, touches Frame;

            /// `[..] -> [..]`
            ///
            /// Continues at `target` when I(slot) >= limit. The slot is not written. A target >=
            /// `ops.len()` ends the run.
            SlotLtIntJumpIfFalse(slot: Slot<u16>, limit: Limit<i32>, target: Target<usize>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [..]`
            ///
            /// slot := `Int(I(slot) + 1)`, wrapping; then continues at `target` when the new value
            /// < limit. `target` may lie before or after the op.
            SlotIncLtIntJumpBack(slot: Slot<u16>, limit: Limit<i32>, target: Target<usize>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [..]`
            ///
            /// With s = I(slot sum), k = I(slot i): while k < limit { s += k; k += 1 } (wrapping);
            /// then slot sum := `Int(s)` and slot i := `Int(k)`, in that order, also when the loop
            /// runs zero times. Both are read before either is written, so `sum == i` ends as
            /// `Int(k)`. Fuel: 1 per iteration.
            AccumSumLoop(sum: Slot<u16>, i: Slot<u16>, limit: Limit<i32>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [..]`
            ///
            /// With t = S(slot s), k = I(slot i), c = S(`constants[konst]`) (empty when out of
            /// range): while k < limit { t += c; k += 1 }; then slot s := `Str(t)` and slot i :=
            /// `Int(k)`, also when the loop runs zero times. A result above the string limit is a
            /// limit error and leaves the slots unchanged. Fuel: 1 per iteration.
            ConcatConstLoop(konst: Const<u16>, s: Slot<u16>, i: Slot<u16>, limit: Limit<i32>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [..]`
            ///
            /// With k = I(slot i): the global `arr` is replaced by an empty `Array` if it is not
            /// one; while k < limit { append `Int(k)`; k += 1 }; then slot i := `Int(k)`. A result
            /// above the collection limit is a limit error and changes nothing. Fuel: 1 per
            /// iteration.
            PushIntRangeLoop(arr: Name<u16>, i: Slot<u16>, limit: Limit<i32>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Globals;

            /// `[..] -> [..]`
            ///
            /// slot a := `Int(I(a) + I(b))`, wrapping; `Float` slots are truncated first; `a == b`
            /// doubles.
            AddAssignSlotVoid(a: Slot<u16>, b: Slot<u16>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [..]`
            ///
            /// slot := `Int(I(slot) + 1)`, wrapping; pushes nothing.
            PreIncSlotVoid(slot: Slot<u16>)
                => Fused, pops 0, pushes 0, gives Nothing, touches Frame;

            /// `[..] -> [.. Int]`
            ///
            /// slot := `Int(I(slot) - 1)`, wrapping; pushes the new value.
            PreDecSlot(slot: Slot<u16>)
                => Fused, pops 0, pushes 1, gives Int, touches Frame;

            /// `[..] -> [.. Int]`
            ///
            /// Pushes `Int(I(slot))` as it was; slot := that + 1, wrapping.
            PostIncSlot(slot: Slot<u16>)
                => Fused, pops 0, pushes 1, gives Int, touches Frame;

            /// `[..] -> [.. Int]`
            ///
            /// Pushes `Int(I(slot))` as it was; slot := that - 1, wrapping.
            PostDecSlot(slot: Slot<u16>)
                => Fused, pops 0, pushes 1, gives Int, touches Frame;

            /// `[.. args] -> [.. result]`
            ///
            /// Calls the handler registered for `id` with (vm, argc) and pushes its result. The
            /// handler pops its own arguments; nothing is popped for it. An unregistered id has no
            /// effect and pushes nothing.
            CallBuiltin(id: Id<u16>, argc: Count<u8>)
                => Builtins, pops DYNAMIC, pushes DYNAMIC, gives Any, touches Vm;

            /// `[..] -> handler-defined`
            ///
            /// Calls the extension handler with (vm, id, arg); without a handler: no effect. During
            /// the call the VM holds no narrow handler.
            Extended(id: Id<u16>, arg: Arg<u8>)
                => Extension, pops DYNAMIC, pushes DYNAMIC, gives Any, touches Vm;

            /// `[..] -> handler-defined`
            ///
            /// 40000 <= id < 41000 is the AWK range and never reaches the wide handler: it runs the
            /// AWK op of the same number with `payload` as its operand. Other ids call the wide
            /// handler with (vm, id, payload); without one: no effect.
            ExtendedWide(id: Id<u16>, payload: Payload<usize>)
                => Extension, pops DYNAMIC, pushes DYNAMIC, gives Any, touches Vm;

            /// `[.. a1..an] -> [.. Status]`
            ///
            /// Takes `min(argc, height)` values, flattens `Array`s one level to strings and runs
            /// the command a1: a sub of the chunk, a command that the VM knows, the host's, or a
            /// program. Pushes `Status`, or enters the sub. No arguments: `Status(0)`.
            /// `last_status` is not written.
            Exec(argc: Count<u8>)
                => Shell, pops argc, pushes DYNAMIC, gives Any, touches Control;

            /// `[.. a1..an] -> [.. Status(0)]`
            ///
            /// Flattens as `Exec`, starts the command without waiting, always pushes `Status(0)`.
            ExecBg(argc: Count<u8>)
                => Shell, pops argc, pushes 1, gives Status, touches Host;

            /// `[..] -> [..]`
            ///
            /// Announces an n-stage pipeline to the host.
            PipelineBegin(n: Arg<u8>)
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [..]`
            ///
            /// Announces the next stage to the host.
            PipelineStage
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [.. Status]`
            ///
            /// The host's status (or the current `last_status` without a host) is stored in
            /// `last_status` and pushed as `Status`.
            PipelineEnd
                => Shell, pops 0, pushes 1, gives Status, touches Host;

            /// `[.. target] -> [..]`
            ///
            /// Pops S(target) and passes fd, op and target to the host. `op` uses the `redirect_op`
            /// numbers; unknown numbers are passed on.
            Redirect(fd: Arg<u8>, op: Arg<u8>)
                => Shell, pops 1, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [..]`
            ///
            /// Passes S(`constants[konst]`) (empty when out of range) to the host. Pops nothing.
            HereDoc(konst: Const<u16>)
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[.. s] -> [..]`
            ///
            /// Pops one value and passes S(s) to the host.
            HereString
                => Shell, pops 1, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [.. Str]`
            ///
            /// Hands `sub_chunks[sub]` to the host and pushes the returned text; empty `Str`
            /// without a host or when `sub` is out of range.
            CmdSubst(sub: SubChunk<u16>)
                => Shell, pops 0, pushes 1, gives Str, touches Host;

            /// `[..] -> [..]`
            ///
            /// Announces a subshell to the host.
            SubshellBegin
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [..]`
            ///
            /// Asks the host to end the subshell; a returned `Some(code)` is stored in
            /// `last_status` (any i32, also 0 and negative), `None` leaves it. Pushes nothing.
            SubshellEnd
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [.. Str]`
            ///
            /// As `CmdSubst`, host method `process_sub_in`.
            ProcessSubIn(sub: SubChunk<u16>)
                => Shell, pops 0, pushes 1, gives Str, touches Host;

            /// `[..] -> [.. Str]`
            ///
            /// As `CmdSubst`, host method `process_sub_out`.
            ProcessSubOut(sub: SubChunk<u16>)
                => Shell, pops 0, pushes 1, gives Str, touches Host;

            /// `[.. pat] -> [.. Array]`
            ///
            /// `Array` of `Str` paths for the pattern S(pat), host flag recursive = false; no match
            /// or an invalid pattern gives an empty `Array`.
            Glob
                => Shell, pops 1, pushes 1, gives Array, touches Host;

            /// `[.. pat] -> [.. Array]`
            ///
            /// As `Glob` with recursive = true; without a host it is the same operation as `Glob`.
            GlobRecursive
                => Shell, pops 1, pushes 1, gives Array, touches Host;

            /// `[.. path] -> [.. Bool]`
            ///
            /// Tests S(path) by the `file_test` number; unknown numbers, missing paths and any I/O
            /// error give `Bool(false)`. Never uses the host.
            TestFile(kind: Arg<u8>)
                => Shell, pops 1, pushes 1, gives Bool, touches Io;

            /// `[.. v] -> [..]`
            ///
            /// `last_status` := low 32 bits of I(v) as i32; empty stack sets 0.
            SetStatus
                => Shell, pops 1, pushes 0, gives Nothing, touches Status;

            /// `[..] -> [.. Status]`
            ///
            /// Pushes `Status(last_status)`.
            GetStatus
                => Shell, pops 0, pushes 1, gives Status, touches Status;

            /// `[.. sig] -> [..]`
            ///
            /// Pops S(sig); if `sub_chunks[sub]` exists and a host is present, passes both to it.
            TrapSet(sub: SubChunk<u16>)
                => Shell, pops 1, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [..]`
            ///
            /// Lets the host run pending traps.
            TrapCheck
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[.. name args] -> [.. v]`
            ///
            /// Pops 1 argument for modifiers 0, 1, 2, 3, 5, 6, 7 and 8, 2 for 9, 10 and 17, none
            /// for all others, unknown ones included; then the name. Pushes what the host returns
            /// for (S(name), modifier, arguments in push order); `Str("")` without a host.
            ExpandParam(modifier: Arg<u8>)
                => Shell, pops DYNAMIC, pushes 1, gives Any, touches Host;

            /// `[.. s] -> [.. Array]`
            ///
            /// Host splitting of S(s); without a host: split at runs of Unicode white space, no
            /// empty words.
            WordSplit
                => Shell, pops 1, pushes 1, gives Array, touches Host;

            /// `[.. s] -> [.. Array]`
            ///
            /// Host expansion of S(s); without a host: a one-element `Array` holding S(s).
            BraceExpand
                => Shell, pops 1, pushes 1, gives Array, touches Host;

            /// `[.. s] -> [.. Str]`
            ///
            /// Host expansion of S(s); without a host: S(s) unchanged (as `Str`).
            TildeExpand
                => Shell, pops 1, pushes 1, gives Str, touches Host;

            /// `[.. a1..an] -> [.. Status]`
            ///
            /// Flattens as `Exec` and calls the shell function `names[name]` (empty name when out
            /// of range): the host's, a sub of the chunk, or a program. Stores and pushes the
            /// status, or enters the sub.
            CallFunction(name: Sub<u16>, argc: Count<u8>)
                => Shell, pops argc, pushes DYNAMIC, gives Any, touches Control;

            /// `[.. s pat] -> [.. Bool]`
            ///
            /// Host match of S(s) against S(pat); without a host: exact string equality.
            StrMatch
                => Shell, pops 2, pushes 1, gives Bool, touches Host;

            /// `[.. s re] -> [.. Bool]`
            ///
            /// Host match of S(s) against S(re); without a host: `Bool(false)`.
            RegexMatch
                => Shell, pops 2, pushes 1, gives Bool, touches Host;

            /// `[..] -> [..]`
            ///
            /// Announces a scoped redirection block to the host.
            WithRedirectsBegin(n: Arg<u8>)
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [..]`
            ///
            /// Ends that block at the host.
            WithRedirectsEnd
                => Shell, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[.. i] -> [.. v]`
            ///
            /// `field_get(I(i))`. No host: `Str("")`.
            AwkFieldGet
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. v i] -> [..]`
            ///
            /// `field_set(I(i), v)`. No host: both dropped.
            AwkFieldSet
                => Awk, pops 2, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [.. Int]`
            ///
            /// `nf()`. No host: `Int(0)`.
            AwkNf
                => Awk, pops 0, pushes 1, gives Int, touches Host;

            /// `[.. v] -> [..]`
            ///
            /// `set_record(v)`. No host: dropped.
            AwkSetRecord
                => Awk, pops 1, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [.. v]`
            ///
            /// `special_get(names[name])`, empty name when out of range. No host: `Undef`.
            AwkSpecialGet(name: Str<u16>)
                => Awk, pops 0, pushes 1, gives Any, touches Host;

            /// `[.. v] -> [..]`
            ///
            /// `special_set(names[name], v)`. No host: dropped.
            AwkSpecialSet(name: Str<u16>)
                => Awk, pops 1, pushes 0, gives Nothing, touches Host;

            /// `[.. a1..an] -> [..]`
            ///
            /// `print([a1..an])`. No host: dropped, nothing is written. Missing operands are
            /// `Undef` in the deepest positions.
            AwkPrint(argc: Count<u8>)
                => Awk, pops argc, pushes 0, gives Nothing, touches Host;

            /// `[.. fmt a2..an] -> [..]`
            ///
            /// `printf(S(fmt), [a2..an])`; the deepest value is the format, empty for argc 0. No
            /// host: dropped.
            AwkPrintf(argc: Count<u8>)
                => Awk, pops argc, pushes 0, gives Nothing, touches Host;

            /// `[.. fmt a2..an] -> [.. v]`
            ///
            /// `sprintf(S(fmt), [a2..an])`. No host: operands dropped, `Str("")`.
            AwkSprintf(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. operand?] -> [.. Int]`
            ///
            /// `getline_source` numbers: 0 MAIN, 1 MAIN_VAR, 2 FILE, 3 FILE_VAR, 4 CMD, 5 CMD_VAR.
            /// Sources 2..5 pop S(operand); others pop nothing. `getline(source, operand, None)`.
            /// No host: operand dropped, `Int(0)`.
            AwkGetline(source: Arg<u8>)
                => Awk, pops DYNAMIC, pushes 1, gives Int, touches Host;

            /// `[.. s?] -> [.. Int]`
            ///
            /// argc 0: `length(None)`; otherwise pops exactly one value and pushes its length in
            /// characters. No host: argc 0 gives `Int(0)`, else the character count of S(s).
            AwkLength(argc: Count<u8>)
                => Awk, pops DYNAMIC, pushes 1, gives Int, touches Host;

            /// `[.. s m n?] -> [.. Str]`
            ///
            /// `substr(s, I(m), I(n) or none)`; missing s is empty, missing m is 1, extra arguments
            /// are dropped. No host: the built-in rule.
            AwkSubstr(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. s t] -> [.. Int]`
            ///
            /// 1-based character position of S(t) in S(s), 0 when absent, 1 for an empty t. No
            /// host: same rule.
            AwkIndex
                => Awk, pops 2, pushes 1, gives Int, touches Host;

            /// `[.. s arr fs?] -> [.. Int]`
            ///
            /// `split(s, S(arr), fs)`. No host: operands dropped, `Int(0)`.
            AwkSplit(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Int, touches Host;

            /// `[.. re repl target?] -> [.. Int]`
            ///
            /// `sub(re, repl, Var(S(target)))`, or `Field(0)` without a third argument. No host:
            /// operands dropped, `Int(0)`.
            AwkSub(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Int, touches Host;

            /// `[.. re repl target?] -> [.. Int]`
            ///
            /// As `AwkSub`, host method `gsub`.
            AwkGsub(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Int, touches Host;

            /// `[.. s re] -> [.. Int]`
            ///
            /// `match_re(s, re)`. No host: `Int(0)`.
            AwkMatch
                => Awk, pops 2, pushes 1, gives Int, touches Host;

            /// `[.. s] -> [.. Str]`
            ///
            /// Unicode lower case of S(s). No host: same rule.
            AwkToLower
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. s] -> [.. Str]`
            ///
            /// Unicode upper case of S(s). No host: same rule.
            AwkToUpper
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. v]`
            ///
            /// t = F(x) truncated; `Int(t)` when -2^63 <= t <= 2^63 (saturating), else `Float(t)`;
            /// NaN and infinities stay `Float`. No host: same rule.
            AwkInt
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. Float]`
            ///
            /// Square root of F(x); NaN below 0, no warning. No host: same rule.
            AwkSqrt
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. Float]`
            ///
            /// Sine of F(x) radians. No host: same rule.
            AwkSin
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. Float]`
            ///
            /// Cosine of F(x) radians. No host: same rule.
            AwkCos
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. Float]`
            ///
            /// e to the power F(x). No host: same rule.
            AwkExp
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. Float]`
            ///
            /// Natural logarithm of F(x); -inf at 0, NaN below, no warning. No host: same rule.
            AwkLog
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. y x] -> [.. Float]`
            ///
            /// atan2(F(y), F(x)). No host: same rule.
            AwkAtan2
                => Awk, pops 2, pushes 1, gives Any, touches Host;

            /// `[.. a b] -> [.. Float]`
            ///
            /// `Float(F(a)/F(b))`; the error `division by zero attempted` when F(b) is 0 of either
            /// sign, and the operands are consumed. Never uses the host.
            AwkDiv
                => Awk, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. a b] -> [.. Float]`
            ///
            /// The truncated remainder of F(a), F(b) as `Float`; the error ``division by zero
            /// attempted in `%'`` when F(b) is 0 of either sign, and the operands are consumed.
            /// Never uses the host.
            AwkMod
                => Awk, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. a b] -> [.. Float]`
            ///
            /// As `AwkDiv`, error included.
            AwkDivJit
                => Awk, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. a b] -> [.. Float]`
            ///
            /// As `AwkMod`, error included.
            AwkModJit
                => Awk, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// The square root of F(x) (-0.0 stays -0.0, NaN stays NaN). Below 0 it writes the line
            /// `awk: warning: sqrt: received negative argument X` to standard error, where X is
            /// S(Float(F(x))), and pushes NaN.
            AwkSqrtJit
                => Awk, pops 1, pushes 1, gives Float, touches Io;

            /// `[.. x] -> [.. Float]`
            ///
            /// The natural logarithm of F(x), -inf at 0. Below 0 it warns as `AwkSqrtJit`, with
            /// `log` in place of `sqrt`, and pushes NaN.
            AwkLogJit
                => Awk, pops 1, pushes 1, gives Float, touches Io;

            /// `[.. a n] -> [.. Float]`
            ///
            /// F(a) as i64 (saturating, NaN counts as 0) shifted left by (F(n) as u32, saturating)
            /// & 63, as `Float`; the error `lshift: negative values are not allowed` when F(a) < 0
            /// or F(n) < 0.
            AwkLshiftJit
                => Awk, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. a n] -> [.. Float]`
            ///
            /// The logical right shift of the bits of F(a) as i64, the u64 result as `Float`;
            /// conversions as in `AwkLshiftJit`. The error `rshift: negative values are not
            /// allowed` when F(a) < 0 or F(n) < 0.
            AwkRshiftJit
                => Awk, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. a] -> [.. Float]`
            ///
            /// `Float(!(F(a) as i64))`, a saturating conversion; NaN counts as 0. The error `compl:
            /// negative value is not allowed` when F(a) < 0.
            AwkComplJit
                => Awk, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[..] -> [.. Float]`
            ///
            /// `Float` returned by the calling thread's field hook (`set_awk_field_num_hook`) for
            /// the field number; `Float(0.0)` without a hook. Not routed to the AWK host.
            AwkGetFieldNum(field: Arg<u16>)
                => Awk, pops 0, pushes 1, gives Float, touches Io;

            /// `[.. a b] -> [.. Float]`
            ///
            /// `Float(powf(F(a), F(b)))`; missing operands are 0.0.
            PowFloat
                => Numeric, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Square root of F(x); NaN below 0; -0.0 stays -0.0.
            SqrtFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Sine of F(x) radians.
            SinFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Cosine of F(x) radians.
            CosFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// e to the power F(x).
            ExpFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. y x] -> [.. Float]`
            ///
            /// atan2(F(y), F(x)); x is on top.
            Atan2Float
                => Numeric, pops 2, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Natural logarithm of F(x); -inf at 0, NaN below.
            LogFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Absolute value of F(x); always `Float`, also for an `Int` operand.
            AbsFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Int]`
            ///
            /// `Int(I(x))`: an `Int` passes through exactly, a `Float` truncates and saturates, NaN
            /// gives 0.
            TruncInt
                => Numeric, pops 1, pushes 1, gives Int, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// F(x) rounded up.
            CeilFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// F(x) rounded down.
            FloorFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// F(x) rounded toward zero, as `Float`.
            TruncFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// F(x) rounded to the nearest integer, ties to even.
            RoundFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Tangent of F(x) radians.
            TanFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Arc sine of F(x); NaN outside [-1, 1].
            AsinFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Arc cosine of F(x); NaN outside [-1, 1].
            AcosFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Arc tangent of F(x).
            AtanFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Hyperbolic sine of F(x).
            SinhFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Hyperbolic cosine of F(x).
            CoshFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Hyperbolic tangent of F(x).
            TanhFloat
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Base-2 logarithm of F(x).
            Log2Float
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Float]`
            ///
            /// Base-10 logarithm of F(x).
            Log10Float
                => Numeric, pops 1, pushes 1, gives Float, touches Nothing;

            /// `[.. x] -> [.. Int]`
            ///
            /// Wrapping absolute value of I(x); `i64::MIN` stays.
            AbsInt
                => Numeric, pops 1, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// Greatest common divisor of |I(a)| and |I(b)| computed unsigned; 0 for two zeros; the
            /// value 2^63 wraps to `i64::MIN`.
            GcdInt
                => Numeric, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[.. a b] -> [.. Int]`
            ///
            /// Least common multiple of |I(a)| and |I(b)|; 0 when either is 0; saturates at
            /// `i64::MAX`.
            LcmInt
                => Numeric, pops 2, pushes 1, gives Int, touches Nothing;

            /// `[..] -> [.. Int]`
            ///
            /// Whole seconds since the Unix epoch; 0 when the clock is before it.
            TimeInt
                => Numeric, pops 0, pushes 1, gives Int, touches Io;

            /// `[.. k] -> [.. v]`
            ///
            /// `array_get(names[name], k)`. No host: `Str("")`.
            AwkArrayGet(name: Str<u16>)
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. v k] -> [..]`
            ///
            /// `array_set(names[name], k, v)`. No host: both dropped.
            AwkArraySet(name: Str<u16>)
                => Awk, pops 2, pushes 0, gives Nothing, touches Host;

            /// `[.. k] -> [.. Bool]`
            ///
            /// `array_exists(names[name], k)`. No host: `Bool(false)`.
            AwkArrayExists(name: Str<u16>)
                => Awk, pops 1, pushes 1, gives Bool, touches Host;

            /// `[.. k] -> [..]`
            ///
            /// `array_delete(names[name], k)`. No host: dropped.
            AwkArrayDelete(name: Str<u16>)
                => Awk, pops 1, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [..]`
            ///
            /// `array_clear(names[name])`. No host: no effect.
            AwkArrayClear(name: Str<u16>)
                => Awk, pops 0, pushes 0, gives Nothing, touches Host;

            /// `[..] -> [.. Int]`
            ///
            /// `array_len(names[name])`. No host: `Int(0)`.
            AwkArrayLen(name: Str<u16>)
                => Awk, pops 0, pushes 1, gives Int, touches Host;

            /// `[.. v1..vn] -> [.. Int]`
            ///
            /// Bitwise and of the operands, each F(v) truncated and saturated to i64; argc 0 gives
            /// `Int(0)`, argc 1 the operand itself. No host: same rule.
            AwkAnd(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. v1..vn] -> [.. Int]`
            ///
            /// Bitwise or of the operands, each F(v) truncated and saturated to i64; argc 0 gives
            /// `Int(0)`, argc 1 the operand itself. No host: same rule.
            AwkOr(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. v1..vn] -> [.. Int]`
            ///
            /// Bitwise exclusive or of the operands, each F(v) truncated and saturated to i64; argc
            /// 0 gives `Int(0)`, argc 1 the operand itself. No host: same rule.
            AwkXor(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. v] -> [.. Int]`
            ///
            /// Bitwise complement of F(v) as i64 (saturating); no sign check. No host: same rule.
            AwkCompl
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. v n] -> [.. Int]`
            ///
            /// F(v) as i64 (saturating) shifted left by (F(n) as i64) & 63; no sign check. No host:
            /// same rule.
            AwkLshift
                => Awk, pops 2, pushes 1, gives Any, touches Host;

            /// `[.. v n] -> [.. Int]`
            ///
            /// Logical right shift of the i64 bits of F(v) by (F(n) as i64) & 63, reinterpreted as
            /// i64; no sign check. No host: same rule.
            AwkRshift
                => Awk, pops 2, pushes 1, gives Any, touches Host;

            /// `[.. s] -> [.. Float]`
            ///
            /// Number parsed from S(s) by the built-in rule. No host: same rule.
            AwkStrtonum
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[..] -> [.. Float]`
            ///
            /// Seconds since the Unix epoch with fraction; 0.0 when the clock is before it. No
            /// host: same rule.
            AwkSystime
                => Awk, pops 0, pushes 1, gives Any, touches Host;

            /// `[..] -> [.. Float]`
            ///
            /// Advances the VM's seed: seed = seed * 1103515245 + 12345 (wrapping u64); pushes
            /// ((seed >> 16) & 0x7fff) / 32768. The seed starts at 1. Never uses the host.
            AwkRand
                => Awk, pops 0, pushes 1, gives Float, touches Vm;

            /// `[.. x?] -> [.. Float]`
            ///
            /// Pushes the previous seed's low 32 bits as `Float`. argc >= 1: pops exactly one
            /// value, new seed = F(x) as u32 (saturating); argc 0: seconds XOR nanoseconds of the
            /// clock. Never uses the host.
            AwkSrand(argc: Count<u8>)
                => Awk, pops DYNAMIC, pushes 1, gives Float, touches Vm;

            /// `[.. fmt? ts? utc?] -> [.. Str]`
            ///
            /// By the built-in rule; an unrepresentable time gives the empty `Str`, an invalid
            /// conversion is copied as it is. No host: same rule.
            AwkStrftime(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. spec utc?] -> [.. Float]`
            ///
            /// By the built-in rule; -1.0 when the text cannot be read. No host: same rule.
            AwkMktime(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[.. s] -> [.. Float]`
            ///
            /// Code point of the first character of S(s), 0.0 when empty. No host: same rule.
            AwkOrd
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. n] -> [.. Str]`
            ///
            /// One-character `Str` for F(n) as u32 (saturating, so negatives give U+0000); empty
            /// when not a Unicode scalar value. No host: same rule.
            AwkChr
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. x] -> [.. Float]`
            ///
            /// `Float(1.0)` when T(x), else `Float(0.0)`. No host: same rule.
            AwkMkbool
                => Awk, pops 1, pushes 1, gives Any, touches Host;

            /// `[.. a b] -> [.. v]`
            ///
            /// `Undef` when F(b) is 0, NaN or truncates to 0; otherwise `Float` of the truncated
            /// i64 quotient of F(a), F(b) (saturating conversions; `i64::MIN / -1` gives
            /// 9223372036854775808.0). No host: same rule.
            AwkIntdiv
                => Awk, pops 2, pushes 1, gives Any, touches Host;

            /// `[.. a b] -> [.. Float]`
            ///
            /// As `AwkIntdiv` with `Float(0.0)` in place of `Undef`. No host: same rule.
            AwkIntdiv0
                => Awk, pops 2, pushes 1, gives Any, touches Host;

            /// `[.. re repl how target?] -> [.. v]`
            ///
            /// `gensub(re, repl, how, target or none)`; missing re, repl are empty, missing how is
            /// `"g"`. No host: operands dropped, `Str("")`.
            AwkGensub(argc: Count<u8>)
                => Awk, pops argc, pushes 1, gives Any, touches Host;

            /// `[..] -> [..]`
            ///
            /// Stores `code` for `VM::awk_signal` and halts the run after this op. Codes: 0 next, 1
            /// nextfile, 2 exit; others are passed through.
            AwkSignal(code: Arg<u8>)
                => Awk, pops 0, pushes 0, gives Nothing, touches Vm;
        }
    };
}

pub(crate) use for_each_op;
