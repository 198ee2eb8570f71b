#!/usr/bin/env bash
# Times a step of distillation, YOLOv3-ResNet34 teaching YOLOv3-MobileNetV1 by the split loss at 2 x 320 x 320 on two threads, beside the
# same in PyTorch eager, turn by turn, and prints medians with ratios and the most memory that each process held.
#
#   STEPS=10                   steps of a turn, after three that are not counted
#   ROUNDS=2                   turns of each side, alternating
#   DEVICE=cpu                 or cuda, for both sides: ESPALIER_TORCH and ESPALIER_TORCH_PEER then name a torch with CUDA's libraries
#   ESPALIER_TORCH_PEER        a Python with torch and numpy and Pillow to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
steps=${STEPS:-10}
bin=.build/release
out=.build/bench-distill
mkdir -p "$out"
swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_TORCH_PEER:-$(scripts/bench-torch.sh)}
rm -f "$out"/*.jsonl
export OMP_NUM_THREADS=2
# oneDNN computes in bfloat16 from AVX-512 on.
narrow=
grep -q -E 'avx512bw|avx_ne_convert' /proc/cpuinfo && narrow=1
case ${DEVICE:-cpu} in cuda*) narrow=1 ;; esac
[ -n "$narrow" ] || echo "bench-distill: this processor does not compute in bfloat16; those rows are left out" >&2
for ((round = 0; round < ${ROUNDS:-2}; ++round)); do
  "$bin/espalier-bench" distill "$steps" float32 >>"$out/espalier.jsonl"
  [ -z "$narrow" ] || "$bin/espalier-bench" distill "$steps" bfloat16 >>"$out/espalier.jsonl"
  "$python" Tests/Performance/distill.py "$steps" f32 >>"$out/pytorch.jsonl"
  "$python" Tests/Performance/distill.py "$steps" channels_last >>"$out/pytorch.jsonl"
  [ -z "$narrow" ] || "$python" Tests/Performance/distill.py "$steps" bf16 >>"$out/pytorch.jsonl"
done
printf '%s, load %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"
"$python" Tests/Performance/steps_table.py "distillation step, 2 x 320 x 320" "$out/espalier.jsonl" "$out/pytorch.jsonl"
