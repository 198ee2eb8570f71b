#!/usr/bin/env python3
"""Writes ONNX's operator schemas, all versions of ONNX's own domain, as Swift text that exports are checked against.

usage: onnx-schemas.py [--check]     the onnx package of python-requirements.txt must be importable
--check writes nothing and ends with 1 where a file differs from what would be written.

A line is an operator of one version, in five parts between bars:
  name, version, `!` where it is deprecated | least number, inputs | least number, outputs | type variables | attributes
  an input or output: name, `?` optional or `*` variadic (`**` of mixed types), `:` its type variable or set
  a type variable: name=set; a set is a number, the place in the list of sets
  an attribute: name:kind, `!` where it is required, `=default`; kinds are i f s t g and their lists I F S T G, y for others
"""
import os
import sys

import onnx
from onnx import defs, helper

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, "Sources", "Operators", "Schemas")
NAMES = (
    "float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 complex128 bfloat16 "
    "float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2"
).split()
# Stands for optional values, behind all element types.
OPTIONAL = 63
KINDS = {"INT": "i", "FLOAT": "f", "STRING": "s", "TENSOR": "t", "GRAPH": "g"}


class Sets:
    """Sets of types, each once, by number: `+` joins the numbers of element types, 0 stands for sequences, maps and the like."""

    def __init__(self):
        self.numbers = {}

    def number(self, types):
        codes = set()
        for name in types:
            inner = name[len("tensor(") : -1]
            if name.startswith("tensor(") and inner in NAMES:
                codes.add(NAMES.index(inner) + 1)
            else:
                codes.add(OPTIONAL if name.startswith("optional(") else 0)
        key = "+".join(str(code) for code in sorted(codes))
        return self.numbers.setdefault(key, len(self.numbers))


def formal(item, variables, sets):
    option = item.option.name
    mark = {"Single": "", "Optional": "?"}.get(option)
    if mark is None:
        mark = "*" if item.is_homogeneous else "**"
    kind = item.type_str if item.type_str in variables else str(sets.number(item.types))
    return f"{item.name}{mark}:{kind}"


def default(attribute):
    value = attribute.default_value
    if not value.type:
        return ""
    plain = helper.get_attribute_value(value)
    if isinstance(plain, bytes):
        plain = plain.decode()
    if isinstance(plain, (list, tuple)):
        return "=" + ",".join(str(x) for x in plain)
    return f"={plain}" if isinstance(plain, (int, float, str)) else ""


def attribute(name, item):
    kind = item.type.name
    letter = KINDS.get(kind) or (KINDS.get(kind[:-1], "").upper() if kind.endswith("S") else "") or "y"
    text = f"{name}:{letter}{'!' if item.required else ''}{default(item)}"
    if any(c in text for c in ' |"\\'):
        raise SystemExit(f"{name}: {text!r} does not fit the table")
    return text


def line(schema, sets):
    variables = {}
    for constraint in schema.type_constraints:
        variables[constraint.type_param_str] = sets.number(constraint.allowed_type_strs)
    parts = [
        f"{schema.name} {schema.since_version}{' !' if schema.deprecated else ''}",
        " ".join([f"{schema.min_input}"] + [formal(x, variables, sets) for x in schema.inputs]),
        " ".join([f"{schema.min_output}"] + [formal(x, variables, sets) for x in schema.outputs]),
        " ".join(f"{name}={number}" for name, number in variables.items()),
        " ".join(attribute(name, item) for name, item in sorted(schema.attributes.items())),
    ]
    return "|".join(parts)


def swift(name, what, lines):
    return (
        f"// Written by scripts/onnx-schemas.py from onnx {onnx.__version__}; do not edit.\n"
        "// swift-format-ignore-file: a line is an operator, however long.\n\n"
        f"extension SchemaTable {{\n  /// {what}\n  static let {name} = \"\"\"\n"
        + "".join(f"    {text}\n" for text in lines)
        + '    """\n}\n'
    )


def files():
    sets = Sets()
    schemas = sorted(
        (x for x in defs.get_all_schemas_with_history() if x.domain == ""), key=lambda x: (x.name, x.since_version)
    )
    rows = [line(schema, sets) for schema in schemas]
    early = [row for row in rows if row[0] < "M"]
    late = [row for row in rows if row[0] >= "M"]
    return {
        "SchemaTable+Early.swift": swift("early", "The operators from A to L.", early),
        "SchemaTable+Late.swift": swift("late", "The operators from M to Z.", late),
        "SchemaTable+Sets.swift": swift("sets", "Sets of element types, by their numbers in ONNX; 0 is what is no plain tensor.", list(sets.numbers)),
    }


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit(__doc__)
    stale = []
    for name, text in files().items():
        path = os.path.join(FOLDER, name)
        if not sys.argv[1:]:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        elif not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
            stale.append(name)
    if stale:
        raise SystemExit(f"{', '.join(stale)} differ from onnx {onnx.__version__}'s schemas: run scripts/onnx-schemas.py")


main()
