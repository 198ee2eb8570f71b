"""Writes ONNX's own operators, opsets 1 to 22, as the table that graphs are forged from.

usage: schemas.py OUT
a line: name, opset, deprecated, inputs, outputs, types, attributes, between tabs
inputs and outputs: `TYPE:s|o|v` (single, optional, variadic) each; a type is a variable, or `#` and a number
types: `VARIABLE=numbers`, those of TensorProto.DataType; attributes: `NAME:kind:required`
"""

import sys

import onnx.defs
from onnx import TensorProto

NUMBERS = {
    f"tensor({n.lower()})": v for n, v in TensorProto.DataType.items() if v
}
OPTIONS = {"Single": "s", "Optional": "o", "Variadic": "v"}


def formal(value, known):
    kind = value.type_str
    if kind in NUMBERS:
        kind = f"#{NUMBERS[kind]}"
    elif kind not in known:
        kind = "?"  # sequences, maps, optional values
    return f"{kind}:{OPTIONS[str(value.option).rsplit('.', maxsplit=1)[-1]]}"


lines = []
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain or schema.since_version > 22:
        continue
    types = {c.type_param_str: [NUMBERS[t] for t in c.allowed_type_strs if t in NUMBERS] for c in schema.type_constraints}
    types = {name: numbers for name, numbers in types.items() if numbers}
    attributes = [f"{a.name}:{a.type.value}:{int(a.required)}" for a in schema.attributes.values()]
    fields = [
        schema.name,
        schema.since_version,
        int(schema.deprecated),
        "|".join(formal(v, types) for v in schema.inputs),
        "|".join(formal(v, types) for v in schema.outputs),
        "|".join(f"{n}={','.join(map(str, v))}" for n, v in types.items()),
        "|".join(attributes),
    ]
    lines.append("\t".join(map(str, fields)))
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("\n".join(sorted(lines)) + "\n")
