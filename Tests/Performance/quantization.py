"""Quantizes a model as one would otherwise, and makes the arrays that all sides calibrate with.

    python quantization.py pictures VOC LIST COUNT SIDE OUT.npy      pictures of a list, evenly from all, as YOLOv3 takes them
    python quantization.py drawn COUNT SIDE OUT.npy                  random numbers in their place
    python quantization.py PEER MODEL.onnx INPUTS.npy COUNT OUT      PEER: one of the names below
"""
import os
import sys
import tempfile

PEERS = ("ort-entropy", "ort-minmax", "ort-percentile", "nncf-onnx", "nncf-openvino")


def pictures(folder, name, count, side, out):
    import cv2
    import numpy as np

    with open(f"{folder}/ImageSets/Main/{name}.txt") as lines:
        names = [line.split()[0] for line in lines if line.strip()]
    count = min(int(count), len(names))
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    arrays = []
    for index in range(count):
        picture = cv2.imread(f"{folder}/JPEGImages/{names[index * len(names) // count]}.jpg")
        picture = cv2.resize(picture[:, :, ::-1], (int(side), int(side)), interpolation=cv2.INTER_CUBIC)
        arrays.append(((picture.astype(np.float32) / 255 - mean) / deviation).transpose(2, 0, 1))
    np.save(out, np.stack(arrays))


def drawn(count, side, out):
    import numpy as np

    np.save(out, np.random.default_rng(0).standard_normal((int(count), 3, int(side), int(side)), dtype=np.float32))


def onnxruntime(method, path, arrays, entry, out):
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.rest = iter(arrays)

        def get_next(self):
            array = next(self.rest, None)
            return None if array is None else {entry: array[None]}

    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.onnx")
        quant_pre_process(path, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared, out, Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=getattr(CalibrationMethod, method),
        )


def nncf_onnx(path, arrays, entry, out):
    import nncf
    import onnx

    data = nncf.Dataset(arrays, lambda array: {entry: array[None]})
    onnx.save(nncf.quantize(onnx.load(path), data, subset_size=len(arrays)), out)


def nncf_openvino(path, arrays, entry, out):
    import nncf
    import openvino

    # By itself OpenVINO computes float layers in bfloat16 where the processor has it.
    plain = openvino.Core.compile_model

    def pinned(self, model, device_name=None, config=None, **others):
        config = {**(config or {}), "INFERENCE_PRECISION_HINT": "f32"}
        return plain(self, model, device_name or "CPU", config, **others)

    openvino.Core.compile_model = pinned
    data = nncf.Dataset(arrays, lambda array: {entry: array[None]})
    openvino.save_model(nncf.quantize(openvino.Core().read_model(path), data, subset_size=len(arrays)), out)


def main():
    if sys.argv[1] == "pictures":
        return pictures(*sys.argv[2:])
    if sys.argv[1] == "drawn":
        return drawn(*sys.argv[2:])
    peer, path, inputs, count, out = sys.argv[1:]
    import numpy as np
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    constants = {value.name for value in graph.initializer}
    entry = next(value.name for value in graph.input if value.name not in constants)
    arrays = list(np.load(inputs, mmap_mode="r")[: int(count)])
    if peer.startswith("ort-"):
        onnxruntime({"entropy": "Entropy", "minmax": "MinMax", "percentile": "Percentile"}[peer[4:]], path, arrays, entry, out)
    else:
        {"nncf-onnx": nncf_onnx, "nncf-openvino": nncf_openvino}[peer](path, arrays, entry, out)


main()
