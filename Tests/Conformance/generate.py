"""Writes ONNX's node tests as files that espalier-conformance reads.

    python generate.py FOLDER [--archive onnx_1.11_node_tests.tar.gz]

Two suites: `node` from the installed onnx package, and, where the archive is given, `onnx-1.11` from it. A case is
NAME.onnx (the model) and NAME.0.data.onnx, NAME.1.data.onnx ... (one a data set): models without nodes whose
initialisers are the tensors, `in.0` `in.1` ... and `out.0` ... by position, so that every element type has a
format that the reader knows. FOLDER/cases.json lists the cases.
"""

import argparse
import io
import json
import pathlib
import sys
import tarfile
import warnings

import numpy as np
import onnx
from onnx import helper, numpy_helper


class NotTensors(Exception):
    """Data of another kind: sequences, optionals, maps."""


def tensors(prefix, values):
    result = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, onnx.TensorProto):
            tensor = onnx.TensorProto()
            tensor.CopyFrom(value)
        elif isinstance(value, (np.ndarray, np.generic)):
            tensor = numpy_helper.from_array(np.asarray(value))
        else:
            raise NotTensors(f"{type(value).__name__} instead of a tensor")
        tensor.name = f"{prefix}.{index}"
        result.append(tensor)
    return result


def data_model(inputs, outputs):
    initialisers = tensors("in", inputs) + tensors("out", outputs)
    graph = helper.make_graph([], "data", [], [], initialisers)
    return helper.make_model(graph, ir_version=13)


def non_tensor(model):
    """Why the model's own inputs and outputs are not all dense tensors, or None."""
    for value in [*model.graph.input, *model.graph.output]:
        kind = value.type.WhichOneof("value")
        if kind not in ("tensor_type", None):
            return kind.removesuffix("_type")
    return None


def opset(model):
    return max((e.version for e in model.opset_import if e.domain in ("", "ai.onnx")), default=0)


def write(folder, suite, name, operator, model, sets, tolerances, cases):
    """Writes one case; `sets` gives pairs of inputs and outputs."""
    case = {
        "suite": suite, "name": name, "operator": operator, "opset": opset(model),
        "rtol": tolerances[0], "atol": tolerances[1], "sets": 0,
    }
    target = folder / suite
    reason = non_tensor(model)
    try:
        for index, (inputs, outputs) in enumerate(sets):
            data = data_model(inputs, outputs)
            (target / f"{name}.{index}.data.onnx").write_bytes(data.SerializeToString())
            case["sets"] += 1
    except NotTensors as error:
        reason = reason or str(error)
    if reason:
        case["kind"] = reason
    (target / f"{name}.onnx").write_bytes(model.SerializeToString())
    cases.append(case)


def from_package(folder, cases):
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collected = collect_testcases(None)
    operators = {}
    for case in collected:
        if "_expanded" not in case.name:
            operators[case.name] = operator_of(case.model)
    for case in collected:
        base = case.name.split("_expanded")[0]
        write(
            folder, "node", case.name, operators.get(base, base), case.model, case.data_sets,
            (case.rtol, case.atol), cases,
        )


def operator_of(model):
    """The operator under test: the first node's, but not one that only feeds it."""
    nodes = [n.op_type for n in model.graph.node if n.op_type not in ("Constant", "Identity")]
    return nodes[0] if nodes else model.graph.node[0].op_type


def from_archive(archive, folder, cases):
    files = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                files[member.name] = tar.extractfile(member).read()
    names = sorted({path.split("/")[1] for path in files})
    operators = {}
    for expanded in (False, True):
        for name in names:
            if ("_expanded" in name) != expanded:
                continue
            model = onnx.load(io.BytesIO(files[f"onnxnode/{name}/model.onnx"]))
            base = name.split("_expanded")[0]
            operators.setdefault(name, operator_of(model))
            operator = operators.get(base, base)
            sets = list(archived_sets(files, f"onnxnode/{name}", model))
            write(folder, "onnx-1.11", name, operator, model, sets, (1e-3, 1e-7), cases)


def archived_sets(files, root, model):
    number = 0
    while any(path.startswith(f"{root}/test_data_set_{number}/") for path in files):
        base = f"{root}/test_data_set_{number}"
        pair = []
        for kind, values in (("input", model.graph.input), ("output", model.graph.output)):
            found = []
            for index, value in enumerate(values):
                raw = files.get(f"{base}/{kind}_{index}.pb")
                if raw is None:
                    found.append(None)
                elif value.type.WhichOneof("value") == "tensor_type":
                    tensor = onnx.TensorProto.FromString(raw)
                    stated = value.type.tensor_type.elem_type
                    # ONNX 1.11 stored bfloat16 as the uint16 of the same bits.
                    if stated == onnx.TensorProto.BFLOAT16:
                        tensor.data_type = stated
                    found.append(tensor)
                else:
                    found.append(raw)
            pair.append(found)
        yield pair
        number += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--archive", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder
    stamp = f"{onnx.__version__} {arguments.archive or ''} {pathlib.Path(__file__).stat().st_mtime_ns}"
    index = folder / "cases.json"
    if index.exists() and json.loads(index.read_text())["stamp"] == stamp:
        return
    for suite in ("node", "onnx-1.11"):
        (folder / suite).mkdir(parents=True, exist_ok=True)
    cases = []
    from_package(folder, cases)
    if arguments.archive and arguments.archive.exists():
        from_archive(arguments.archive, folder, cases)
    else:
        print("onnx-1.11: no archive, suite left out", file=sys.stderr)
    index.write_text(json.dumps({"stamp": stamp, "cases": cases}))


main()
