#!/usr/bin/env bash
# Address and undefined-behaviour sanitizers over the tests of every floor: ./run check --sanitize [FLOOR ...]. Built by the
# preset asan in build/asan. Left out: slow tests and those for a GPU. Says which floor fails, and goes on with the next.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
floors=("$@")
[ ${#floors[@]} -gt 0 ] || mapfile -t floors < <(sed -n 's/^lorikeet_floor(\([a-z]*\).*/\1/p' CMakeLists.txt)

# LibTorch and its friends keep what they once allocated until the end, which counts as lost; and it was built without, so a
# container that it fills and we read cannot be told from an overflow. More memory than there is is refused, as by malloc.
export ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:strict_string_checks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export OMP_NUM_THREADS=1

cmake --preset asan >/dev/null || exit
failed=()
for floor in "${floors[@]}"; do
    if ! cmake --build --preset asan --target "test_$floor" -- -j "${LORIKEET_JOBS:-$(nproc)}" >build/asan/build.log 2>&1; then
        echo "  wrong   $floor does not build:"
        grep -m 3 -E 'error|FAILED|Killed' build/asan/build.log | sed 's/^/          /'
        failed+=("$floor")
        continue
    fi
    began=$SECONDS
    if build/asan/test_"$floor" --gtest_brief=1 '--gtest_filter=-*Slow.*:*Gpu.*' >build/asan/"$floor".log 2>&1; then
        echo "  fine    $floor, $((SECONDS - began)) s"
    else
        echo "  wrong   $floor, $((SECONDS - began)) s; the whole of it: build/asan/$floor.log"
        grep -m 8 -E 'ERROR: AddressSanitizer|runtime error|^ +#[0-4] .* in lorikeet|\[  FAILED' build/asan/"$floor".log | sed 's/^/          /'
        failed+=("$floor")
    fi
done
[ ${#failed[@]} -eq 0 ] || { echo "${#failed[@]} floors failed: ${failed[*]}" && exit 1; }
