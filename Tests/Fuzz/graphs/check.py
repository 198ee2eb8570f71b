"""Asks onnx.checker about what the fuzzer's writer wrote: what it rejects is a finding.

usage: check.py BATCH FINDINGS
A batch is a sequence of records: length and bytes of the file written, length and bytes of the graph that it came
from, lengths as four bytes, little-endian. A file is checked whole, types included. Graphs are drawn without regard
to sizes and values, so an error that is about shapes alone is counted and is no finding, and so is one of inference
where the graph was wrong before. Each kind of finding is kept once,
as FINDINGS/NUMBER.onnx with the graph before and a text beside it; the worst, of graphs that were right before, are
told apart. Ends with 1 where there is one.
"""

import mmap
import os
import pathlib
import re
import signal
import struct
import sys
import traceback

import onnx

# What inference says of sizes, and where it knows no type for want of them. Newer versions say more of a node.
OF_SIZES = (
    "[ShapeInferenceError]",
    "instead is null",
    "inputs are expected to have tensor type",
    "Invalid value of attribute 'axis'",
)
REFUSED = (onnx.checker.ValidationError, onnx.shape_inference.InferenceError)


def objection(model):
    """What the checker has against a model, and whether it is more than a matter of shapes."""
    # The checker writes out this operator with float32 constants, whatever its input is.
    full = b"MeanVarianceNormalization" not in model
    try:
        onnx.checker.check_model(model, full_check=full)
        return None, False
    except REFUSED as error:
        text = str(error)
    except IndexError as error:  # the checker looked where nothing is: as good as a crash of its own
        return f"IndexError: {error}", False
    except Exception as error:  # its other ways to refuse
        return f"{type(error).__name__}: {error}", True
    parts = re.split(r"(?=\(op_type:)", text)
    nodes = [part for part in parts if part.startswith("(op_type:")]
    if not nodes:
        return text, "[ShapeInferenceError]" not in text
    # A type that is null was to come from a node whose own error stands elsewhere, or from no node of ONNX's.
    telling = [part for part in nodes if not any(words in part for words in OF_SIZES)]
    return (telling or nodes)[0], bool(telling)


def records(path):
    data = memoryview(path.read_bytes())
    place = 0
    while place + 4 <= len(data):
        both = []
        for _ in range(2):
            if place + 4 > len(data):
                return
            (length,) = struct.unpack_from("<I", data, place)
            both.append(bytes(data[place + 4 : place + 4 + length]))
            place += 4 + length
        if place <= len(data):
            yield both


def kind(text):
    """The text without what differs between findings of a kind: names, numbers, and so types of some bits."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    operator = re.search(r"OpType: (\w+)", text)
    text = re.sub(r"node name: [^)]*\)", ")", first)
    text = re.sub(r"\bNode ?\([^)]*\)", "Node", text)
    text = re.sub(r"'?\b(?:[bcgnv]\d+|\w+_\d+)\b'?|'[^']* :|\d+", "*", text)
    return f"{text}{' in ' + operator[1] if operator else ''}"[:240]


def judge(batch, folder, tally):
    """Checks the records from the tally's place on, and moves the place along."""
    known = {file.read_text(encoding="utf-8").splitlines()[0] for file in folder.glob("*.txt")}
    for place, (written, origin) in enumerate(records(batch)):
        if place < tally[0]:
            continue
        tally[0] = place + 1
        # A file on which the checker does not end is one on which it crashes.
        signal.alarm(30)
        text, matters = objection(written)
        # Counted when all is known: the checker may crash on the graph before.
        before = objection(origin)[0] if matters else None
        # Values of a graph that was wrong before are not the writer's.
        if before and "InferenceError]" in text:
            matters = False
        tally[1 + (0 if text is None else 1 if matters else 2)] += 1
        if not matters:
            continue
        name = kind(text)
        if f"spoiled: {name}" in known:
            continue
        name = f"{'wrong before' if before else 'spoiled'}: {name}"
        if name in known:
            continue
        known.add(name)
        number = f"{len(known):04}"
        (folder / f"{number}.onnx").write_bytes(written)
        (folder / f"{number}.origin.onnx").write_bytes(origin)
        note = f"{name}\n\nthe file: {text}\n\nthe graph before: {before or 'right'}\n"
        (folder / f"{number}.txt").write_text(note, encoding="utf-8")


def main():
    batch, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    # Place, right, rejected, of shapes, and files on which the checker itself crashed; a child's, to outlive it.
    tally = memoryview(mmap.mmap(-1, 40)).cast("q")
    while True:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                judge(batch, folder, tally)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            break
        if status > 0:
            sys.exit("the batch could not be checked")
        tally[4] += 1
    names = ["right", "rejected", "of values that do not fit", "that crash the checker"]
    print(f"{batch.name}: " + ", ".join(f"{n} {what}" for n, what in zip(tally[1:], names) if n), flush=True)
    sys.exit(1 if tally[2] else 0)


main()
