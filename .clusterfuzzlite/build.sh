#!/usr/bin/env bash
# Builds every fuzz target into $OUT, from the repository in $SRC/fusevm, the way OSS-Fuzz and
# ClusterFuzzLite ask for it: TARGET, TARGET_seed_corpus.zip, TARGET.dict and TARGET.options.
#
# Outside of their images, with cargo-fuzz, zip and (but for SANITIZER=none) a nightly
# toolchain:
#
#   SRC=/folder/with/fusevm OUT=/tmp/out .clusterfuzzlite/build.sh
set -euo pipefail

: "${SRC:?the folder that contains fusevm}" "${OUT:?the folder that receives the targets}"
cd "$SRC/fusevm"
mkdir -p "$OUT"

# `cargo fuzz` knows these sanitizers by the same names. For the others (`coverage`,
# `undefined`, `none`) the images set RUSTFLAGS, to which it adds its own.
sanitizer="${SANITIZER:-address}"
case "$sanitizer" in
    address | memory | thread) ;;
    *) sanitizer=none ;;
esac

# Sanitizers need a nightly toolchain; the images choose one by RUSTUP_TOOLCHAIN.
if [ "$sanitizer" != none ]; then
    export RUSTUP_TOOLCHAIN="${RUSTUP_TOOLCHAIN:-nightly}"
fi

build="$PWD/target/fuzz-$sanitizer"
triple="$(rustc -vV | sed -n 's/^host: //p')"
cargo fuzz build -O --debug-assertions -s "$sanitizer" --target-dir "$build"

for target in $(cargo fuzz list); do
    cp "$build/$triple/release/$target" "$OUT/$target"
    seeds="$OUT/${target}_seed_corpus.zip"
    rm -f "$seeds"
    find "fuzz/corpus/$target" -type f -name 'seed-*' | sort | zip -q -j -@ "$seeds"
    if [ -f "fuzz/dictionaries/$target.dict" ]; then
        cp "fuzz/dictionaries/$target.dict" "$OUT/"
    fi
    # A record is a few thousand bytes: a program as text, and what it was made from.
    printf '[libfuzzer]\nmax_len = 16384\n' >"$OUT/$target.options"
done
