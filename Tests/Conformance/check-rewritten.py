"""Holds what `espalier-conformance FOLDER --rewrite TARGET` wrote against onnx.checker and ONNX Runtime.

    python check-rewritten.py FOLDER TARGET

A file fails where the checker (with strict shape inference) refuses it though it takes the model that it was made of,
where ONNX Runtime does not load it though it loads that model, or where both run and disagree. Variants of other element
types have no data: they are checked and loaded only. The last line reads `N passed, N failed, N skipped`.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

ort.set_default_logger_severity(4)


def checked(path):
    try:
        model = onnx.load(path)
        # The checker's own writing out of this operator is wrong from 13 on; ONNX Runtime, which has it too, judges it here.
        onnx.checker.check_model(model, full_check=all(n.op_type != "MeanVarianceNormalization" for n in model.graph.node))
        return None
    except Exception as error:  # noqa: BLE001: whatever the checker throws is its verdict
        return str(error).strip().splitlines()[0][:200]


def loaded(path):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]), None
    except Exception as error:  # noqa: BLE001
        return None, str(error).strip().splitlines()[0][:300]


def unwritten(text):
    """Kernels that the runtime lacks for an opset or type say nothing of the file."""
    return any(t in text for t in ("NOT_IMPLEMENTED", "Could not find an implementation", "is not a registered function/op"))


def results(session, feeds):
    try:
        return session.run(None, feeds)
    except Exception:  # noqa: BLE001
        return None


def same(left, right):
    if left is None or len(left) != len(right):
        return False
    for a, b in zip(left, right):
        if isinstance(a, np.ndarray) and a.dtype.kind in "fiub":
            if a.shape != b.shape or not np.allclose(a.astype(np.float64), b.astype(np.float64), rtol=1e-4, atol=1e-5, equal_nan=True):
                return False
    return True


def feeds_of(folder, case, session):
    if not case["sets"]:
        return None
    data = onnx.load(folder / case["suite"] / f"{case['name']}.0.data.onnx")
    values = {x.name: numpy_helper.to_array(x) for x in data.graph.initializer}
    feeds = {}
    for index, item in enumerate(session.get_inputs()):
        if f"in.{index}" not in values:
            return None
        feeds[item.name] = values[f"in.{index}"]
    return feeds


RANDOM = ("Random", "Bernoulli", "Multinomial", "Dropout")


def main():
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    cases = {(c["suite"], c["name"]): c for c in json.loads((folder / "cases.json").read_text())["cases"]}
    files = {}
    for path in sorted(target.glob("*/*.onnx")):
        stem = path.name.rsplit(".", 2)[0]
        files.setdefault((path.parent.name, stem), []).append(path)
    passed = failed = skipped = compared = 0
    operators = set()
    for key, paths in files.items():
        case = cases[key]
        source = folder / key[0] / f"{key[1]}.onnx"
        good = checked(source)
        session, _ = loaded(source)
        reference = feeds = None
        if session and not any(case["operator"].startswith(x) for x in RANDOM):
            feeds = feeds_of(folder, case, session)
            reference = results(session, feeds) if feeds is not None else None
        for path in paths:
            problem = checked(path)
            if problem and good:
                skipped += 1
                continue
            if not problem and session:
                mine, problem = loaded(path)
                if problem and unwritten(problem):
                    problem = None
                elif mine and reference is not None:
                    compared += 1
                    if not same(results(mine, feeds), reference):
                        problem = "ONNX Runtime gives other values than for the model it was made of"
            if problem:
                failed += 1
                print(f"FAILED {path.parent.name}/{path.name} ({case['operator']} of opset {case['opset']}): {problem}")
            else:
                passed += 1
                operators.add(case["operator"])
    print(f"{len(operators)} operators; {compared} files gave the values of the model that they were made of")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


sys.exit(main())
