"""How far models' outputs are from an original's on the test pictures of a Pascal VOC folder: |s - t| / |t| of each output.

usage: output-error.py ORIGINAL VOC NORMALIZE MODEL...      NORMALIZE: as a recipe has it, {divisor: 1, mean: [...], deviation: [...]}
"""

import re
import sys

import numpy
import onnxruntime
from PIL import Image

original, folder, normalize, models = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
numbers = dict(re.findall(r"(\w+): (\[[^\]]*\]|[\d.]+)", normalize))
divisor = float(numbers.get("divisor", 1))
mean, deviation = (
    numpy.array(eval(numbers.get(key, "[%d, %d, %d]" % ((k,) * 3))), numpy.float32)
    for k, key in enumerate(("mean", "deviation"))
)
sessions = [onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]) for path in [original] + models]
entry = sessions[0].get_inputs()[0]
height, width = entry.shape[2:]
outputs = [value.name for value in sessions[0].get_outputs()]
error = {path: {name: 0.0 for name in outputs} for path in models}
size = {name: 0.0 for name in outputs}
with open(folder + "/ImageSets/Main/test.txt") as lines:
    names = [line.split()[0] for line in lines if line.strip()]
for name in names:
    picture = Image.open(folder + "/JPEGImages/" + name + ".jpg").convert("RGB").resize((width, height), Image.BILINEAR)
    pixels = (numpy.asarray(picture, numpy.float32) / divisor - mean) / deviation
    image = numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None], numpy.float32)
    results = [dict(zip(outputs, session.run(outputs, {entry.name: image}))) for session in sessions]
    for output in outputs:
        wanted = results[0][output].astype(float)
        size[output] += (wanted**2).sum()
        for path, result in zip(models, results[1:]):
            error[path][output] += ((result[output] - wanted) ** 2).sum()
print("|s - t| / |t| over %d pictures" % len(names))
print("%-40s" % "model" + "".join("%12s" % name for name in outputs))
for path in models:
    print("%-40s" % path + "".join("%12.4f" % (error[path][name] / size[name]) ** 0.5 for name in outputs))
