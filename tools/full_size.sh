#!/usr/bin/env bash
# A checkpoint of SDXL's full size with random weights takes a few LoRA steps: what that wants of time and memory here. Run by
# hand: it writes 7 GB, and wants 12 GB of memory to make them. The figures of the last time are in docs/performance.md.
#
#   tools/full_size.sh [FOLDER] [SIDE] [STEPS]      FOLDER: /tmp/lorikeet-xl; SIDE: 256 pixels; STEPS: 4
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-/tmp/lorikeet-xl} side=${2:-256} steps=${3:-4}
program=$root/build/release
mkdir -p "$folder"
model=$folder/sdxl-random-bf16.safetensors
[ -f "$model" ] || "$program/lorikeet_random_checkpoint" --family sdxl --dtype bf16 "$model"
"$program/lorikeet" inspect "$model" | head -5

cat >"$folder/job.toml" <<TOML
model.checkpoint = "$model"
data = { resolution = $side, cache_folder = "$folder/cache", subsets = [{ folder = "$root/assets/lorikeet" }] }
adapter = { rank = 16, train_text = false }
train = { steps = $steps, device = "cpu" }
sample = { at_end = false, every_steps = 0 }
output = { name = "xl", folder = "$folder/runs" }
TOML

run() {
    rm -rf "$folder/runs"
    /usr/bin/time -f "%e s in all, %M KiB at the peak" "$program/lorikeet" train "$folder/job.toml"
    python3 - "$folder/runs/xl/events.jsonl" <<'PYTHON'
import json, sys
steps = [e for e in map(json.loads, open(sys.argv[1])) if e["kind"] == "metrics"]
seconds = sorted(e["step_seconds"] for e in steps[1:])
print(f"first step done after {steps[0]['seconds']:.1f} s; then {seconds[0]:.2f} s a step at best, "
      f"{seconds[len(seconds) // 2]:.2f} in the middle; losses {[round(e['loss'], 4) for e in steps]}")
PYTHON
}
echo "== caches empty"
rm -rf "$folder/cache"
run
echo "== caches warm"
run
ls -l "$folder"/runs/xl/checkpoints
