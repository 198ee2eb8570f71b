#!/usr/bin/env python3
"""Takes every ONNX file below the folders through what the program does to a detector, and tells what held.

usage: scripts/check-exports.sh [OPTIONS] FOLDER|FILE...      (builds nothing; `make check-exports EXPORTS=FOLDER` does)

For each file: inspect; prune by a share of every group, where the result must equal the uncut graph whose layers read
zeros for what was cut (check-exports-oracle.py); the same with --opset of the file's own; quantize by four images; two
steps of distillation, the pruned model from the original; sensitivity on four images. Every command must end with 0, every
file that is written must load and run in ONNX Runtime and pass onnx.checker, and the file's opset must be kept. The
table at the end has a cell for each, and below it the first line that tells why something failed, with the command. Ends
with 1 where anything failed or no file could be checked. A file that ONNX Runtime rejects itself is left out, and named.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ACTIONS = ["inspect", "prune", "equal", "opset", "quantize", "distill", "sensitivity"]


class Failed(Exception):
    """A command that did not end well, or whose file is not right; the text is one line."""


class Model:
    """One file on its way through the actions."""

    def __init__(self, path, name, options, images):
        self.path, self.name, self.options, self.images = path, name, options, images
        self.folder = options.work / re.sub(r"[^\w.-]", "_", name)
        self.cells, self.failures, self.commands = {}, [], []
        self.opset, self.group_names, self.checked, self.finite, self.seconds = 0, [], True, True, 0.0

    def run(self, arguments):
        """Runs a command; its standard output, or the error's first line as a failure."""
        words = [str(a) for a in arguments]
        self.commands.append(shlex.join(words))
        try:
            done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=self.options.timeout)
        except subprocess.TimeoutExpired:
            raise Failed(f"no end after {self.options.timeout} s") from None
        with open(self.folder / "log.txt", "a", encoding="utf-8") as log:
            log.write(f"$ {self.commands[-1]}\n{done.stdout}{done.stderr}-- ended with {done.returncode}\n")
        if done.returncode:
            raise Failed(f"ended with {done.returncode}: {reason(done.stdout, done.stderr)}")
        return done.stdout

    def espalier(self, verb, *arguments):
        return self.run([self.options.espalier, verb, *arguments])

    def ask(self, question, *files):
        """The oracle's answer; it never counts as a command of the program."""
        words = [sys.executable, HERE / "check-exports-oracle.py", question, *files, "--size", self.options.size]
        if question == "cut":
            words += ["--tolerance", self.options.tolerance]
        try:
            done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=self.options.timeout)
            return json.loads(done.stdout.splitlines()[-1])
        except subprocess.TimeoutExpired:
            raise Failed(f"the oracle's answer took longer than {self.options.timeout} s") from None
        except (IndexError, ValueError):
            raise Failed(f"the oracle ended with {done.returncode}: {reason('', done.stderr)}") from None

    def sound(self, path, opset=None):
        """A written file must load, run and pass the checker, at the opset that is due."""
        answer = self.ask("load", path)
        if answer["runtime"]:
            raise Failed(f"ONNX Runtime rejects it: {answer['runtime']}")
        if answer["checker"] and self.checked:
            raise Failed(f"onnx.checker rejects it: {answer['checker']}")
        if not answer["finite"] and self.finite:
            raise Failed("its outputs are not finite")
        if opset and answer["opset"] != opset:
            raise Failed(f"opset {answer['opset']}, the original's is {opset}")

    def attempt(self, action, work):
        """One cell of the table."""
        self.commands = []
        try:
            self.cells[action] = work() or "ok"
        except Failed as failure:
            self.cells[action] = "FAILED"
            self.failures.append({"model": self.name, "action": action, "error": str(failure), "command": self.commands[-1] if self.commands else ""})

    def size(self):
        return ["--input-size", self.options.size]

    def go(self):
        began = time.monotonic()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        answer = self.ask("load", self.path)
        if answer["runtime"]:
            self.cells = dict.fromkeys(ACTIONS, "-")
            print(f"{self.name}: left out, ONNX Runtime rejects the original: {answer['runtime']}", file=sys.stderr)
            return self
        self.opset, self.finite = answer["opset"], answer["finite"]
        # Nodes out of order are put in order; what else the checker has against the original may stay.
        self.checked = not answer["checker"] or "topologically" in answer["checker"]
        work = {
            "inspect": self.inspect, "prune": self.prune, "equal": self.equal, "opset": self.keep_opset,
            "quantize": self.quantize, "distill": self.distill, "sensitivity": self.sensitivity,
        }  # fmt: skip
        for action in ACTIONS:
            if action in self.options.actions:
                self.attempt(action, work[action])
        self.seconds = time.monotonic() - began
        if not self.options.keep:
            for file in self.folder.glob("**/*"):
                if file.suffix in (".onnx", ".data", ".npy") or ".ckpt" in file.name or file.stat().st_size > 1 << 20:
                    file.unlink() if file.is_file() else None
        return self

    pruned = property(lambda self: self.folder / "pruned.onnx")

    def inspect(self):
        found = json.loads(self.espalier("inspect", self.path, "--groups", "--json", *self.size()))
        self.group_names = [g["name"] for g in found["groups"]]
        return f"{len(self.group_names)} groups"

    def cut(self, out, *more):
        self.espalier(
            "prune", self.path, "-s", "uniform", "--set", f"ratio={self.options.ratio}", "-o", out, *self.size(), *more
        )  # fmt: skip

    def prune(self):
        self.cut(self.pruned)
        self.sound(self.pruned, self.opset)

    def equal(self):
        if not self.pruned.exists():
            raise Failed("there is no pruned file")
        answer = self.ask("cut", self.path, self.pruned)
        if "problem" in answer:
            raise Failed(answer["problem"])
        if not answer["right"]:
            raise Failed(f"{answer['at']} differs by {answer['difference']:.2g} of its scale from the uncut graph with zeros")
        if answer["layersCut"] == 0 and self.group_names:
            raise Failed("no layer was cut")
        return f"{answer['difference']:.0e}, {100 * answer['channelsKept']:.0f} % kept"

    def keep_opset(self):
        out = self.folder / "opset.onnx"
        self.cut(out, "--opset", self.opset)
        self.sound(out, self.opset)

    def quantize(self):
        out = self.folder / "quantized.onnx"
        self.espalier("quantize", self.path, "--images", self.arrays(), "-o", out, *self.size())
        # Scales a channel came with opset 13.
        self.sound(out, self.opset if self.opset >= 13 else None)

    def distill(self):
        out = self.folder / "distilled.onnx"
        student = self.pruned if self.pruned.exists() else self.path
        self.espalier(
            "distill", student, "--teacher", self.path, "--images", self.pictures(), "--iterations", 2,
            "--set", f"batch={self.options.batch}", "--run", self.folder / "run", "-o", out, *self.size(),
        )  # fmt: skip
        self.sound(out, self.opset)
        return "ok" if student == self.pruned else "ok, uncut"

    def sensitivity(self):
        if not self.group_names:
            return "no groups"
        # The first, the middle and the last group: a stem, a trunk, a head.
        picked = dict.fromkeys(self.group_names[i] for i in (0, len(self.group_names) // 2, -1))
        groups = ",".join(re.sub(r"([^\w/])", r"\\\1", name) for name in picked)
        self.espalier(
            "sensitivity", self.path, "--arrays", self.arrays(), "--groups", groups, "--ratios", "0.5",
            "--bootstrap", 0, "-o", self.folder / "sensitivity.json", *self.size(),
        )  # fmt: skip

    def arrays(self):
        """Four images as the file takes them."""
        out = self.folder / "images.npy"
        if not out.exists():
            self.ask("inputs", self.path, out, 4)
        return out

    def pictures(self):
        return self.images


def reason(output, errors):
    """The line of a command's output that says why it failed."""
    lines = [line.strip() for line in (errors + "\n" + output).splitlines() if line.strip()]
    told = [line for line in lines if "error:" in line.lower()]
    return (told or lines[-1:] or ["no word"])[0].removeprefix("espalier: ")


def draw_pictures(folder):
    """Four smooth pictures, where none are given."""
    import numpy as np
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(0)
    for index in range(4):
        small = Image.fromarray(generator.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        small.resize((640, 480), Image.Resampling.BICUBIC).save(folder / f"{index}.jpg")
    return folder


def files_below(places):
    """Every ONNX file, under a name that is short and its own."""
    found = {}
    for place in map(pathlib.Path, places):
        if not place.exists():
            sys.exit(f"check-exports: there is no '{place}'")
        for file in sorted(place.rglob("*.onnx")) if place.is_dir() else [place]:
            inside = str(file.relative_to(place)) if place.is_dir() else file.name
            found[f"{place.name}/{inside}" if place.is_dir() and len(places) > 1 else inside] = file
    if not found:
        sys.exit(f"check-exports: no .onnx file in {', '.join(map(str, places))}")
    return found


def table(models):
    rows = [["model", *ACTIONS, "seconds"]]
    rows += [[m.name, *(m.cells.get(a, "-") for a in ACTIONS), f"{m.seconds:.0f}"] for m in models]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rows.insert(1, ["-" * w for w in widths])
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows)


def arguments():
    parser = argparse.ArgumentParser(prog="check-exports.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", metavar="FOLDER|FILE")
    parser.add_argument("--size", type=int, default=320, help="sides that a file leaves open (default 320)")
    parser.add_argument("--ratio", default="0.3", help="share of each group to cut (default 0.3)")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest difference, of a value's own scale (default 1e-4)")
    parser.add_argument("--images", type=pathlib.Path, help="a folder of pictures for distillation (default: four drawn ones)")
    parser.add_argument("--batch", default="2", help="images of a step of distillation (default 2)")
    parser.add_argument("--timeout", type=int, default=900, help="seconds that one command may take (default 900)")
    parser.add_argument("--only", default="", help=f"some of {','.join(ACTIONS)}, joined by commas")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".build/check-exports"), help="where logs and files go")
    parser.add_argument("--keep", action="store_true", help="keep the models that were written")
    parser.add_argument("--espalier", default=".build/release/espalier", help="the program")
    options = parser.parse_args()
    options.actions = options.only.split(",") if options.only else ACTIONS
    unknown = set(options.actions) - set(ACTIONS)
    if unknown:
        parser.error(f"there is no action {', '.join(sorted(unknown))}")
    options.work = options.work.resolve()
    return options


def main():
    options = arguments()
    files = files_below(options.places)
    images = options.images or draw_pictures(options.work / "pictures")
    models, failures = [], []
    for name, path in files.items():
        model = Model(path, name, options, images)
        try:
            model.go()
        except Failed as failure:
            model.failures.append({"model": name, "action": "reading the original", "error": str(failure), "command": ""})
        models.append(model)
        failures += model.failures
        said = ", ".join(f"{a} {model.cells[a]}" for a in ACTIONS if a in model.cells)
        print(f"{len(models)} of {len(files)}, {name}: {said}", file=sys.stderr, flush=True)
        with open(options.work / "failures.json", "w", encoding="utf-8") as out:
            json.dump(failures, out, indent=1)
    print(table(models))
    for failure in failures:
        print(f"\n{failure['model']}, {failure['action']}: {failure['error']}\n  {failure['command']}")
    checked = sum(any(cell != "-" for cell in m.cells.values()) for m in models)
    print(f"\n{len(models)} files, {checked} of them checked, {len(failures)} failures; the logs are in {os.path.relpath(options.work)}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"largest command: {peak} MB")
    sys.exit(1 if failures or not checked else 0)


main()
