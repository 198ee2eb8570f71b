#!/usr/bin/env python3
"""What check-exports.py asks ONNX and ONNX Runtime, each question in a process of its own.

usage: check-exports-oracle.py load FILE [--size N]
         one JSON object: opset, whether the checker takes the file, whether its outputs are finite
       check-exports-oracle.py cut ORIGINAL PRUNED [--size N] [--tolerance T]
         one JSON object: layers cut, the largest difference found and where; ends with 1 where it is too large
       check-exports-oracle.py inputs FILE OUT.npy COUNT [--size N]
         an array of COUNT drawn images for the file's image input

A cut is right when the small graph equals the uncut one in which, at each layer, the weights of the input
channels that were taken away are zero. (Producers with zeros would not do: biases and sigmoids make something
of nothing.) Which channels were taken is read off the weights themselves, so nothing of the program's own
analysis is believed. Compared are the outputs, and every layer's output at the channels that were kept, each on
its own scale, so that a network whose drawn weights silence its last layers is still measured.
"""

import argparse
import collections
import json
import math
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

onnxruntime.set_default_logger_severity(3)
# What each layer's weight holds: axes of input and of output channels.
LAYERS = {"Conv": (1, 0), "ConvTranspose": (0, 1), "Gemm": (0, 1), "MatMul": (0, 1)}
# Operators that pick: equal scores may be picked in another order, so both graphs pick alike.
PICKERS = {"TopK": 1, "ArgMax": 0, "ArgMin": 0, "NonMaxSuppression": 0}


def session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    source = model if isinstance(model, str) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def sizes(shape, size):
    """The shape with what is left open filled: 1 image, sides of `size`."""
    known = [d if isinstance(d, int) and d > 0 else None for d in shape]
    return [d if d is not None else 1 if i == 0 else size if i >= 2 else 3 for i, d in enumerate(known)]


def drawn(inputs, size, count=None):
    """Numbers for each input, the same each time: images from 0 to below 1, whole numbers of `size`."""
    generator = np.random.default_rng(0)
    feed = {}
    for value in inputs:
        shape = sizes(value.shape, size)
        if count is not None:
            shape[0] = count
        if "float" in value.type or "double" in value.type:
            numbers = generator.random(shape, dtype=np.float32)
            feed[value.name] = numbers.astype({"tensor(float16)": np.float16, "tensor(double)": float}.get(value.type, np.float32))
        elif "uint8" in value.type:
            feed[value.name] = generator.integers(0, 256, shape, dtype=np.uint8)
        else:
            feed[value.name] = np.full(shape, size, dtype=value.type[len("tensor(") : -1].replace("bool", "bool_"))
    return feed


def opset(model):
    return max([i.version for i in model.opset_import if i.domain in ("", "ai.onnx")], default=0)


def load(path, size):
    model = onnx.load(path, load_external_data=False)
    result = {"opset": opset(model), "checker": None, "runtime": None, "finite": True}
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:
        result["checker"] = first_line(error)
    try:
        running = session(path)
        outputs = running.run(None, drawn(running.get_inputs(), size))
        result["finite"] = all(np.isfinite(o).all() for o in outputs if isinstance(o, np.ndarray) and o.dtype.kind == "f")
    except Exception as error:
        result["runtime"] = first_line(error)
    return result


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{lines[0]} {lines[1]}" if len(lines) > 1 and lines[0].endswith(":") else (lines or [repr(error)])[0]


def widened(model):
    """The model with every float16 as float32: rounding at each node would hide what is looked for."""

    def tensor(value):
        if value.data_type == TensorProto.FLOAT16:
            value.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(value).astype(np.float32), value.name))

    def graph(g):
        for value in g.initializer:
            tensor(value)
        for value in [*g.input, *g.output]:
            if value.type.tensor_type.elem_type == TensorProto.FLOAT16:
                value.type.tensor_type.elem_type = TensorProto.FLOAT
        del g.value_info[:]
        for node in g.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.TENSOR:
                    tensor(attribute.t)
                elif attribute.type == onnx.AttributeProto.GRAPH:
                    graph(attribute.g)
                elif attribute.name in ("to", "dtype", "output_dtype") and attribute.i == TensorProto.FLOAT16:
                    attribute.i = TensorProto.FLOAT

    graph(model.graph)
    return model


class Network:
    """A model, its nodes by name and by what they make, and its values on demand."""

    def __init__(self, path):
        self.model = widened(onnx.load(path))
        self.nodes = list(self.model.graph.node)
        self.names = collections.Counter(n.name for n in self.nodes if n.name)
        self.by_name = {n.name: n for n in self.nodes if self.names[n.name] == 1}
        self.by_output = {o: n for n in self.nodes for o in n.output if o}
        constants = {i.name for i in self.model.graph.initializer}
        # A value is constant where all that it is made of is; nodes may be in any order.
        self.constants = set(constants)
        growing = True
        while growing:
            growing = False
            for node in self.nodes:
                if node.output and node.output[0] not in self.constants and self.is_constant(node):
                    self.constants.update(o for o in node.output if o)
                    growing = True

    def is_constant(self, node):
        # What a layer makes is no weight, though it may be made of constants alone.
        if node.op_type in LAYERS:
            return False
        if any(a.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS) for a in node.attribute):
            return False
        return "Random" not in node.op_type and all(i in self.constants for i in node.input if i)

    def partner(self, node):
        """The node of this network that stands for one of another."""
        found = self.by_name.get(node.name)
        if found is None and node.output:
            found = self.by_output.get(node.output[0])
        return found if found is not None and found.op_type == node.op_type else None

    def values(self, names, size, fed=None):
        """Values by name, the images drawn; `fed` are values that are given in place of computed."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        have = {o.name for o in model.graph.output}
        model.graph.output.extend(onnx.ValueInfoProto(name=n) for n in dict.fromkeys(names) if n not in have)
        running = session(model)
        feed = drawn([i for i in running.get_inputs() if i.name not in (fed or {})], size)
        names = [o.name for o in running.get_outputs()]
        return dict(zip(names, running.run(names, {**feed, **(fed or {})})))

    def layers(self):
        """Nodes with a constant weight, with the place of the weight among the inputs."""
        for node in self.nodes:
            if node.op_type not in LAYERS or node.domain not in ("", "ai.onnx"):
                continue
            places = [1] if node.op_type != "MatMul" else [1, 0]
            for place in places:
                if len(node.input) > place and node.input[place] in self.constants:
                    yield node, place
                    break


def attribute(node, name, default):
    return next((helper.get_attribute_value(a) for a in node.attribute if a.name == name), default)


def blocks(node, place, weight):
    """The weight as groups of matrices (groups, out, in, rest), and the way back."""
    op = node.op_type
    if op in ("Gemm", "MatMul"):
        # [out, in] where the weight stands first or is given transposed.
        turned = bool(attribute(node, "transB", 0)) if op == "Gemm" else place == 0
        flat = weight if turned else weight.T
        return flat[None, :, :, None], lambda b: b[0, :, :, 0] if turned else b[0, :, :, 0].T
    groups = attribute(node, "group", 1)
    shape = weight.shape
    if op == "Conv":
        cut = weight.reshape(groups, shape[0] // groups, shape[1], -1)
        return cut, lambda b: b.reshape(shape)
    cut = weight.reshape(groups, shape[0] // groups, shape[1], -1).swapaxes(1, 2)
    return cut, lambda b: b.swapaxes(1, 2).reshape(shape)


def kept(large, small, axis):
    """For each index of a matrix's axis (0 or 1) the one of the large matrix whose numbers it has, by votes."""
    if axis == 1:
        large, small = large.swapaxes(0, 1), small.swapaxes(0, 1)
    if large.shape[0] == small.shape[0]:
        return np.arange(large.shape[0])
    # A kernel's numbers count as one, which tells it from all others though each number has a few bits.
    both = np.concatenate([w.reshape(-1, w.shape[2]) for w in (large, small)])
    numbers = np.unique(both, axis=0, return_inverse=True)[1].reshape(-1)
    known, asked = numbers[: large[:, :, 0].size], numbers[large[:, :, 0].size :].reshape(small.shape[:2])
    # Some 256 of each row tell it from others; where few numbers stand in many rows, fewer are affordable.
    alike = max(1, known.size // len(np.unique(known)))
    wanted = max(64, min(256, 20_000_000 // (small.shape[0] * alike)))
    asked = asked[:, np.linspace(0, asked.shape[1] - 1, min(asked.shape[1], wanted)).astype(int)]
    order = np.argsort(known, kind="stable")
    rows = np.repeat(np.arange(asked.shape[0]), asked.shape[1])
    first = np.searchsorted(known[order], asked.ravel(), "left")
    count = np.searchsorted(known[order], asked.ravel(), "right") - first
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    from_row = order[np.repeat(first, count) + within] // large.shape[1]
    # What stands in many places tells little of each.
    votes = np.bincount(
        np.repeat(rows, count) * large.shape[0] + from_row,
        weights=1 / np.repeat(count, count) ** 2,
        minlength=small.shape[0] * large.shape[0],
    )
    return votes.reshape(small.shape[0], large.shape[0]).argmax(1)


def selection(large, small):
    """The rows and the columns that a matrix keeps of a larger one: one of them by votes, which tells the other exactly."""
    for axis in (1, 0):
        voted = kept(large, small, axis)
        left, right = (w if axis == 1 else w.swapaxes(0, 1) for w in (large, small))
        at = {line.tobytes(): i for i, line in reversed(list(enumerate(np.ascontiguousarray(left[:, voted]))))}
        exact = [at.get(line.tobytes(), -1) for line in np.ascontiguousarray(right)]
        if min(exact) >= 0:
            break
    exact = np.arange(len(left)) if len(left) == len(right) else np.array(exact)
    return (exact, voted) if axis == 1 else (voted, exact)


class Wrong(Exception):
    """The pruned file cannot be a cut of the original."""


def match(node, place, large, small, small_groups):
    """The weight with zeros where input channels are gone, and the output channels kept (None where not known)."""
    cut, back = blocks(node, place, large)
    groups = cut.shape[0]
    shrunk, _ = blocks_like(node, place, small, small_groups)
    if small_groups != groups:
        # Whole groups went; those that stayed read what they read before.
        flat_large, flat_small = (w.reshape(1, -1, *w.shape[2:]) for w in (cut, shrunk))
        rows = kept(flat_large[0], flat_small[0], 0)
        if flat_large.shape[2] != flat_small.shape[2] or not np.array_equal(flat_large[0][rows], flat_small[0]):
            raise Wrong(f"the weight of {node.op_type} '{node.name}' is no selection of the original's")
        return large, rows
    zeroed, outputs = np.zeros_like(cut), []
    for g in range(groups):
        rows, columns = selection(cut[g], shrunk[g])
        if not np.array_equal(cut[g][rows][:, columns], shrunk[g]):
            raise Wrong(f"the weight of {node.op_type} '{node.name}' is no selection of the original's")
        zeroed[g][:, columns] = cut[g][:, columns]
        outputs.append(rows + g * cut.shape[1])
    return back(zeroed), np.concatenate(outputs)


def blocks_like(node, place, weight, groups):
    other = onnx.NodeProto()
    other.CopyFrom(node)
    for a in other.attribute:
        if a.name == "group":
            a.i = groups
    return blocks(other, place, weight)


def difference(name, small, large):
    """Largest difference on the scale of the larger graph's numbers."""
    if small.shape != large.shape:
        raise Wrong(f"'{name}' has the shape {list(small.shape)}, the uncut graph's {list(large.shape)}")
    if small.dtype.kind not in "fiub" or not small.size:
        return 0.0
    small, large = small.astype(np.float64), large.astype(np.float64)
    if not np.isfinite(large).all():
        return 0.0 if np.array_equal(small, large, equal_nan=True) else math.inf
    scale = np.abs(large).max()
    far = np.abs(small - large).max()
    return 0.0 if far == 0 else math.inf if not np.isfinite(far) else float(far / scale) if scale else math.inf


def pick_alike(network, pickers, chosen):
    """Replaces what picks by the picks of the pruned graph, and gives what is fed for that."""
    graph, fed = network.model.graph, {}
    for node in pickers:
        place = PICKERS[node.op_type]
        name = node.output[place]
        fed[name] = chosen[name]
        dims = [None] * chosen[name].ndim
        graph.input.append(helper.make_tensor_value_info(name, TensorProto.INT64, dims))
        if node.op_type == "TopK" and node.output[0]:
            axis = attribute(node, "axis", -1)
            gather = helper.make_node("GatherElements", [node.input[0], name], [node.output[0]], axis=axis)
            graph.node.insert(list(graph.node).index(node), gather)
        graph.node.remove(node)
    return fed


def cut(original, pruned, size, tolerance):
    large, small = Network(original), Network(pruned)
    pairs = [(node, place, small.partner(node)) for node, place in large.layers()]
    missing = [n.name or n.output[0] for n, _, p in pairs if p is None]
    pairs = [(n, place, p) for n, place, p in pairs if p is not None]
    pairs = [(n, place, p) for n, place, p in pairs if p.input[place] in small.constants]
    before = large.values([n.input[place] for n, place, _ in pairs], size)
    pickers = [n for n in large.nodes if n.op_type in PICKERS and n.output[PICKERS[n.op_type]]]
    pickers = [n for n in pickers if small.partner(n) is not None and n.output[PICKERS[n.op_type]] in small.by_output]
    wanted = [i for _, place, p in pairs for i in (p.input[place], p.output[0])]
    wanted += [o for n in pickers for o in (n.input[0], n.output[PICKERS[n.op_type]])]
    after = small.values([w for w in wanted if w in small.by_output or w in small.constants], size)

    compared, layers_cut = {}, 0
    channels = [0, 0]
    for index, (node, place, partner) in enumerate(pairs):
        weight, shrunk = before[node.input[place]], after[partner.input[place]]
        compared[node.output[0]] = (partner.output[0], None)
        if weight.shape == shrunk.shape and np.array_equal(weight, shrunk):
            continue
        if node.op_type == "MatMul" and weight.ndim != 2:
            continue
        if weight.shape == shrunk.shape and node.input[place] in large.by_output and np.allclose(weight, shrunk, rtol=2**-9):
            # The file computes it in float16, of which it was widened here: what is to be compared is behind it.
            large.model.graph.initializer.append(numpy_helper.from_array(shrunk, f"folded weight {index}"))
            node.input[place] = f"folded weight {index}"
            continue
        if weight.ndim != shrunk.ndim:
            raise Wrong(f"the weight of {node.op_type} '{node.name}' has {list(shrunk.shape)}, before {list(weight.shape)}")
        zeroed, rows = match(node, place, weight, shrunk, attribute(partner, "group", 1))
        layers_cut += 1
        if len(rows) < out_channels(node, place, weight):
            channels[0] += out_channels(node, place, weight)
            channels[1] += len(rows)
            increasing = (np.diff(rows) > 0).all()
            axis = 1 if node.op_type in ("Conv", "ConvTranspose") else -2 if node.op_type == "MatMul" and place == 0 else -1
            compared[node.output[0]] = (partner.output[0], (axis, rows)) if increasing else None
        name = f"zeroed weight {index}"
        large.model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(zeroed), name))
        node.input[place] = name
    fed = pick_alike(large, pickers, after)
    scores = [n.input[0] for n in pickers]
    zeroed = large.values([*compared, *scores], size, fed)

    found = [(difference(o.name, after[o.name], zeroed[o.name]), f"output '{o.name}'") for o in small.model.graph.output]
    for name, pair in compared.items():
        if pair is None or name not in zeroed or pair[0] not in after:
            continue
        other, selection = pair
        value = zeroed[name] if selection is None else np.take(zeroed[name], selection[1], selection[0])
        found.append((difference(name, after[other], value), f"'{name}'"))
    found += [(difference(s, after[s], zeroed[s]), f"'{s}'") for s in scores if s in after and s in zeroed]
    worst, place = max(found, default=(0.0, ""))
    return {
        "layers": len(pairs),
        "layersCut": layers_cut,
        "channelsKept": channels[1] / channels[0] if channels[0] else 1.0,
        "unmatched": missing,
        "compared": len(found),
        "difference": worst if math.isfinite(worst) else "infinite",
        "at": place,
        "right": worst <= tolerance,
    }


def out_channels(node, place, weight):
    groups, rows = blocks(node, place, weight)[0].shape[:2]
    return groups * rows


def inputs(path, out, count, size):
    running = session(path)
    image = next((i for i in running.get_inputs() if len(i.shape) == 4), running.get_inputs()[0])
    np.save(out, drawn([image], size, count)[image.name].astype(np.float32))
    return {"shape": list(np.load(out, mmap_mode="r").shape)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("question", choices=["load", "cut", "inputs"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--size", type=int, default=640)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    if options.question == "load":
        result = load(options.files[0], options.size)
        right = not result["checker"] and not result["runtime"]
    elif options.question == "inputs":
        result, right = inputs(options.files[0], options.files[1], int(options.files[2]), options.size), True
    else:
        try:
            result = cut(*options.files, options.size, options.tolerance)
        except Wrong as error:
            result = {"right": False, "problem": str(error)}
        except Exception as error:
            result = {"right": False, "problem": f"{type(error).__name__}: {first_line(error)}"}
        right = result["right"]
    print(json.dumps(result))
    sys.exit(0 if right else 1)


main()
