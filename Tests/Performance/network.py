"""An ONNX network as a torch module, read node by node from the file, so that weights and shapes agree."""
import onnx
import torch
from onnx import numpy_helper


def build(path):
    graph = onnx.load(path).graph
    weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.steps, self.layers = [], torch.nn.ModuleDict()
            for index, node in enumerate(graph.node):
                attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
                key = f"l{index}"
                if node.op_type == "Conv":
                    w = weights[node.input[1]]
                    group = attributes.get("group", 1)
                    pads = attributes.get("pads", [0, 0, 0, 0])
                    layer = torch.nn.Conv2d(
                        w.shape[1] * group, w.shape[0], tuple(w.shape[2:]), tuple(attributes.get("strides", [1, 1])),
                        tuple(pads[:2]), groups=group, bias=len(node.input) > 2)
                    layer.weight.data = w
                    if len(node.input) > 2:
                        layer.bias.data = weights[node.input[2]]
                    self.layers[key] = layer
                elif node.op_type == "BatchNormalization":
                    scale, offset, mean, var = (weights[n] for n in node.input[1:5])
                    layer = torch.nn.BatchNorm2d(len(scale), eps=attributes.get("epsilon", 1e-5))
                    layer.weight.data, layer.bias.data = scale, offset
                    layer.running_mean, layer.running_var = mean, var
                    self.layers[key] = layer
                self.steps.append((node.op_type, key, list(node.input), node.output[0], attributes))

        def forward(self, image):
            values = {graph.input[0].name: image}
            for op, key, inputs, output, attributes in self.steps:
                x = values[inputs[0]]
                if op in ("Conv", "BatchNormalization"):
                    y = self.layers[key](x)
                elif op == "Relu":
                    y = torch.relu(x)
                elif op == "LeakyRelu":
                    y = torch.nn.functional.leaky_relu(x, attributes.get("alpha", 0.01))
                elif op in ("Resize", "Upsample"):
                    y = torch.nn.functional.interpolate(x, scale_factor=2, mode="nearest")
                elif op == "Concat":
                    y = torch.cat([values[i] for i in inputs], 1)
                else:
                    raise ValueError(f"no torch layer for {op}")
                values[output] = y
            return [values[o.name] for o in graph.output]

    return Network().eval()
