"""Writes pretrained weights in every layout that is read, and prints what they hold, as JSON.

The writers of safetensors and of Paddle's layouts pack bytes by hand, from the formats' descriptions.
"""
import json
import os
import pickle
import struct
import sys

import numpy as np

ROOT = sys.argv[1]
rng = np.random.default_rng(11)
ARRAYS = {
    "conv1.weights": rng.standard_normal((4, 3, 3, 3)).astype(np.float32),
    "conv1_bn_mean": rng.standard_normal(4).astype(np.float32),
    "Zeta": rng.integers(-9, 9, (2, 5)).astype(np.int64),
    "double": rng.standard_normal((3, 2)),
    "half": rng.standard_normal(7).astype(np.float16),
    "flags": rng.integers(0, 2, (3,)).astype(bool),
    "bytes": rng.integers(0, 255, (300, 40)).astype(np.uint8),
    "scalar": np.array(2.5, np.float32),
    "empty": np.zeros((0, 4), np.float32),
}
SAFE = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64", "bool": "BOOL", "uint8": "U8"}
PADDLE = {"bool": 0, "int64": 3, "float16": 4, "float32": 5, "float64": 6, "uint8": 20}


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 128:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def message(field, payload):
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def safetensors(path):
    header, data = {"__metadata__": {"format": "pt", "n\u00e4me": "\ud83d\ude00\n"}}, b""
    for name, value in ARRAYS.items():
        raw = value.tobytes()
        header[name] = {"dtype": SAFE[str(value.dtype)], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def description(value):
    return b"\x08" + varint(PADDLE[str(value.dtype)]) + b"".join(b"\x10" + varint(d) for d in value.shape)


def lod_tensor(value, levels=()):
    text = description(value)
    lod = b"".join(struct.pack("<Q", 8 * len(level)) + struct.pack(f"<{len(level)}Q", *level) for level in levels)
    return (struct.pack("<IQ", 0, len(levels)) + lod + struct.pack("<Ii", 0, len(text)) + text + value.tobytes())


def program(extra=()):
    def variable(name, payload, persistable):
        return message(3, message(1, name.encode()) + message(2, payload) + b"\x18" + varint(persistable))

    def dense(value):
        return b"\x08\x07" + message(3, message(1, description(value)) + b"\x10\x00")

    block = b"\x08\x00\x10" + varint(-1)
    block += variable("feed", b"\x08\x09", 1) + variable("fetch", b"\x08\x0a", 1)
    block += variable("image", dense(np.zeros((1, 3), np.float32)), 0)
    for name, value in {**ARRAYS, **dict(extra)}.items():
        block += variable(name, dense(value), 1)
    block += message(4, message(3, b"conv2d"))
    return message(1, block) + message(4, b"\x08\x00")


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


safetensors(f"{ROOT}/all.safetensors")
for name, value in ARRAYS.items():
    write(f"{ROOT}/folder/{name}", lod_tensor(value, levels=[(0, 2, 3)] if name == "Zeta" else ()))
write(f"{ROOT}/folder/__shapes__", b'{"a": [1]}')
ordered = sorted(ARRAYS, key=lambda n: n.encode())
joined = b"".join(lod_tensor(ARRAYS[n]) for n in ordered)
write(f"{ROOT}/combined/__params__", joined)
write(f"{ROOT}/combined/__model__", program())
write(f"{ROOT}/named/net.pdiparams", joined)
write(f"{ROOT}/named/net.pdmodel", program())
write(f"{ROOT}/wrong/__params__", joined)
write(f"{ROOT}/wrong/__model__", program([("double", np.zeros((3, 9)))]))
for protocol in range(6):
    with open(f"{ROOT}/protocol{protocol}.pdparams", "wb") as file:
        pickle.dump({**ARRAYS, "StructuredToParameterName@@": {"a": "b"}, "LR": 0.1, "steps": 2**40}, file, protocol=protocol)
with open(f"{ROOT}/fortran.pdparams", "wb") as file:
    pickle.dump({n: np.array(v, order="F") for n, v in ARRAYS.items()}, file, protocol=2)
cut = dict(ARRAYS)
big = cut.pop("bytes")
pieces = np.array_split(big.flatten(), 3)
cut.update({f"bytes@@.{k}": p for k, p in enumerate(pieces)})
cut["UnpackBigParamInfor@@"] = {"bytes": {"OriginShape": big.shape, "slices": [f"bytes@@.{k}" for k in range(3)]}}
with open(f"{ROOT}/pieces.pdparams", "wb") as file:
    pickle.dump(cut, file, protocol=2)


class Call:
    def __reduce__(self):
        return (os.system, ("touch " + ROOT + "/called",))


for protocol in (0, 2, 4):
    with open(f"{ROOT}/evil{protocol}.pdparams", "wb") as file:
        pickle.dump({"a": Call()}, file, protocol=protocol)
print(json.dumps({n: dict(type=str(v.dtype), shape=list(v.shape), bytes=list(v.tobytes())) for n, v in ARRAYS.items()}))
