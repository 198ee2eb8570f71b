"""Writes the cases of `generate.py` in other element types, where onnx takes them: three an operator and opset, no data.

    python variants.py FOLDER TARGET

TARGET gets the variants, links to the cases and a cases.json of both.
"""

import json
import pathlib
import sys

import onnx

TYPES = ("FLOAT16", "DOUBLE", "BFLOAT16", "INT8", "UINT8", "INT32", "INT64", "BOOL")


def variant(source, kind):
    """The model with tensors of floats turned into another type; None where there are none or onnx refuses it."""
    model = onnx.ModelProto.FromString(source)
    changed = False
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        tensor = value.type.tensor_type
        if tensor.elem_type == onnx.TensorProto.FLOAT:
            tensor.elem_type = getattr(onnx.TensorProto, kind)
            changed = True
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception:  # noqa: BLE001: whatever the checker throws is its verdict
        return None
    return model if changed else None


def main():
    folder, target = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    cases = json.loads((folder / "cases.json").read_text())["cases"]
    (target / "variant").mkdir(parents=True, exist_ok=True)
    for suite in {case["suite"] for case in cases}:
        link = target / suite
        if not link.exists():
            link.symlink_to(folder / suite)
    seen, made = {}, []
    for case in cases:
        key = (case["operator"], case["opset"])
        if case.get("kind") or seen.get(key, 0) == 3:
            continue
        seen[key] = seen.get(key, 0) + 1
        source = (folder / case["suite"] / f"{case['name']}.onnx").read_bytes()
        for kind in TYPES:
            model = variant(source, kind)
            if model is None:
                continue
            name = f"{case['name']}_{kind.lower()}"
            (target / "variant" / f"{name}.onnx").write_bytes(model.SerializeToString())
            made.append({**case, "suite": "variant", "name": name, "sets": 0, "kind": "variant"})
    (target / "cases.json").write_text(json.dumps({"cases": cases + made}))
    print(f"{len(made)} variants of {len(cases)} cases")


main()
