import Foundation
import Graphs
import ModelFormats
import Models
import Operators
import PluginKit
import Quantization
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Quantized files in ONNX Runtime, beside the same files in the session.
@Suite(.enabled(if: Python.isPresent, "\(Python.reason)"))
struct RuntimeAgreementTests {
  /// What ONNX Runtime makes of a file on a few images.
  private struct Reference {
    /// By image: every value inside, computed without optimisation.
    var values: [[String: Constant]] = []
    /// The operators that are left after optimisation.
    var operators: [String: Int] = [:]
  }

  private static let script = #"""
    import collections, json, os, sys
    import numpy as np, onnx, onnxruntime as ort
    from onnx import helper, numpy_helper
    path, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    ort.set_default_logger_severity(3)
    model = onnx.load(path)
    # One detector declares its table of boxes as a scalar, so that the checker refuses the sizes of the file as it came, too.
    sizes = all(len(o.type.tensor_type.shape.dim) for o in model.graph.output)
    onnx.checker.check_model(path, full_check=sizes)
    shown = onnx.ModelProto(); shown.CopyFrom(model)
    needed = {i.name for i in model.graph.input} - {c.name for c in model.graph.initializer}
    del shown.graph.output[:]
    names = []
    for node in shown.graph.node:
        names += [o for o in node.output if o]
    for name in names:
        shown.graph.output.append(helper.make_empty_tensor_value_info(name))
    plain = ort.SessionOptions()
    plain.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    full = ort.SessionOptions()
    full.optimized_model_filepath = folder + "/optimised.onnx"
    a = ort.InferenceSession(shown.SerializeToString(), plain, providers=["CPUExecutionProvider"])
    ort.InferenceSession(path, full, providers=["CPUExecutionProvider"])
    def save(arrays, target):
        g = helper.make_graph([], "d", [], [], [numpy_helper.from_array(np.ascontiguousarray(v), k) for k, v in arrays.items()])
        onnx.save(helper.make_model(g), target)
    for index in range(count):
        x = np.load(f"{folder}/{index}.npy")
        feed = {model.graph.input[0].name: x}
        feed.update({i.name: np.load(f"{folder}/input-{i.name}.npy") for i in model.graph.input[1:] if i.name in needed})
        save(dict(zip(names, a.run(names, feed))), f"{folder}/plain{index}.onnx")
    made = onnx.load(folder + "/optimised.onnx")
    print(json.dumps(collections.Counter(n.op_type for n in made.graph.node)))
    """#

  private func reference(_ graph: Graph, opset: Int?, images: DrawnImages) throws -> Reference {
    let folder = try ScratchFolder()
    let path = folder.path("model.onnx")
    try ONNX.write(OperatorSet.standard.exported(graph, opset: opset), to: path)
    for (index, array) in images.arrays.enumerated() {
      try Data(NPY.encode(array)).write(to: URL(filePath: folder.path("\(index).npy")))
    }
    for (name, array) in images.others {
      try Data(NPY.encode(array)).write(to: URL(filePath: folder.path("input-\(name).npy")))
    }
    let printed = try Python.run(Self.script, [path, folder.path(""), "\(images.count)"])
    var reference = Reference()
    let line = printed.split(separator: "\n").last ?? ""
    reference.operators =
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Int] ?? [:]
    func read(_ name: String) throws -> [String: Constant] {
      let constants = try ONNX.read(folder.path(name)).constants
      return Dictionary(constants.map { ($0.name, $0.value) }) { first, _ in first }
    }
    for index in 0..<images.count {
      reference.values.append(try read("plain\(index).onnx"))
    }
    return reference
  }

  /// How far the outputs of a whole network may lie from ONNX Runtime's, as a share of what quantization costs: of the distance to the
  /// float network's.
  ///
  /// One step that is rounded otherwise becomes many, layer by layer, whoever is right; two networks whose roundings have nothing to do
  /// with each other lie √2 of that distance apart. Of 12 detectors, with AVX2 and with VNNI, ours lie 0 to 0.92 away, and
  /// ONNX Runtime with and without optimisation lies 0 to 0.92 from itself.
  private static let share = 1.5

  /// What our kernels make of ONNX Runtime's own values, piece by piece between one DequantizeLinear and the next QuantizeLinear.
  private struct Pieces {
    /// The largest difference in steps of all QuantizeLinear.
    var worst = 0
    /// Elements that differ, and all.
    var (differing, count) = (0, 0)
    /// How far from the middle between two steps the value was, at most, where the steps differ; in steps.
    var offMiddle = 0.0
    /// The largest difference of outputs, as a share of the greatest magnitude in each, or of 1 where that is less.
    var outputs = 0.0
  }

  private func pieces(
    _ graph: Graph,
    _ image: [String: Tensor],
    _ values: [String: Constant]
  ) throws -> Pieces {
    let restored = graph.nodes.filter { $0.op == "DequantizeLinear" && values[$0.inputs[0]] != nil }
    let rounding = graph.nodes.filter { $0.op == "QuantizeLinear" }
    let stored = rounding.map { $0.outputs[0] }
    let session = Session(graph, resumePoints: Set(restored.map { $0.outputs[0] } + stored))
    var given = image
    for node in restored { given[node.outputs[0]] = try values[node.outputs[0]]?.tensor() }
    let outputs = graph.outputs.map(\.name)
    let found = try session.resume(from: given, wanting: stored + outputs)
    var pieces = Pieces()
    for node in rounding {
      let ours = try found[node.outputs[0]]?.ints() ?? []
      let theirs = values[node.outputs[0]]?.integers ?? []
      try #require(ours.count == theirs.count && !ours.isEmpty)
      pieces.count += ours.count
      let scale = Double(graph.constants[node.inputs[1]]?.floats?.first ?? .nan)
      let exact =
        values[node.inputs[0]]?.floats ?? image[node.inputs[0]].flatMap { try? $0.floats() }
      for index in ours.indices where ours[index] != theirs[index] {
        pieces.worst = max(pieces.worst, abs(ours[index] - theirs[index]))
        pieces.differing += 1
        let steps = abs(Double(try #require(exact)[index]) / scale)
        let fraction = steps - steps.rounded(.down)
        pieces.offMiddle = max(pieces.offMiddle, Distance(of: [fraction], from: [0.5]).worst)
      }
    }
    // Outputs that are no floats are compared elsewhere; a float one that is missing is an error.
    for name in outputs where values[name]?.type == .float32 {
      let theirs = try #require(values[name]?.floats)
      let ours = try #require(try found[name]?.floats())
      pieces.outputs = max(pieces.outputs, Distance(of: ours, from: theirs).relative)
    }
    return pieces
  }

  /// The mean difference of outputs.
  private func difference(_ a: [String: [Float]], _ b: [String: Constant]) -> Double {
    var (sum, count) = (0.0, 0)
    for (name, constant) in b {
      let (found, expected) = (a[name] ?? [], constant.floats ?? [])
      guard found.count == expected.count, !expected.isEmpty else { return .infinity }
      for (x, y) in zip(found, expected) {
        sum += Double(abs(x - y))
        count += 1
      }
    }
    return sum / Double(max(1, count))
  }

  private func check(
    _ model: Model,
    target: QuantizationTarget,
    images: DrawnImages,
    opset: Int? = nil
  )
    throws -> Reference
  {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = target
    let step = try QuantizeStep.plain(model, settings, images: images)
    let graph = step.after.graph
    let few = DrawnImages(
      input: images.input,
      arrays: Array(images.arrays.prefix(Swift.max(2, images.count - 1))),
      others: images.others
    )
    let reference = try reference(graph, opset: opset, images: few)
    var (ours, cost) = ([0.0, 0.0], 0.0)
    for index in 0..<few.count {
      let image = try few.inputs(index)
      let pieces = try pieces(graph, image, reference.values[index])
      #expect(pieces.worst <= 1)
      // Sums of floats in another order are rounded otherwise where they lie by chance in the middle between two steps, and nowhere else.
      #expect(pieces.offMiddle <= 1e-3)
      #expect(pieces.differing <= 1 + pieces.count / 100_000)
      #expect(pieces.outputs <= 2e-6)
      let float = try Session(model.graph, operators: model.operators).run(image)
      let theirs = reference.values[index].filter { float[$0.key] != nil }
      cost += difference(try float.mapValues { try $0.floats() }, theirs)
      // Node by node, and with the kernels of this processor.
      for (place, mode) in [Session.Mode.plain, .fast].enumerated() {
        let outputs = try Session(graph, mode: mode).run(image)
        ours[place] += difference(try outputs.mapValues { try $0.floats() }, theirs)
      }
    }
    #expect(cost > 0)
    for distance in ours {
      #expect(distance <= Self.share * cost, "ours \(distance), what quantization costs \(cost)")
    }
    return reference
  }

  @Test(arguments: QuantizationTarget.all.map(\.name))
  func `a small detector of every rule runs alike in ONNX Runtime`(name: String) throws {
    let target = try #require(QuantizationTarget.named(name))
    _ = try check(
      Model("detector", SmallNetwork.detector),
      target: target,
      images: SmallNetwork.images(4)
    )
  }

  @Test func `ONNX Runtime computes the layers, sums, pools and joins in whole numbers`() throws {
    let found = try check(
      Model("detector", SmallNetwork.detector),
      target: .onnxRuntime,
      images: SmallNetwork.images(4)
    )
    #expect(found.operators["QLinearConv"] == 5, "\(found.operators)")
    #expect(found.operators["QLinearAdd"] == 1)
    #expect(found.operators["QLinearLeakyRelu"] == 1)
    // The head alone.
    #expect((found.operators["Conv"] ?? 0) + (found.operators["FusedConv"] ?? 0) <= 1)
    #expect(found.operators["Relu"] == nil || found.operators["Relu"] == 1)
  }

  @Test(arguments: [13, 17, 21])
  func `opsets from 13 on are written`(opset: Int) throws {
    let step = try QuantizeStep.plain(
      Model("detector", SmallNetwork.detector),
      QuantizeSettings(strategy: "plain"),
      images: SmallNetwork.images(2)
    )
    let reference = try reference(step.after.graph, opset: opset, images: SmallNetwork.images(1))
    #expect(!reference.values.isEmpty)
  }

  @Test(
    .enabled(if: TestData.isPresent, "\(TestData.reason)"),
    arguments: [
      "ultraface/version-RFB-320.onnx", "ultraface/version-slim-320.onnx",
      "ultraface/version-RFB-320_simplified.onnx", "yunet/yunet_n_320_320.onnx",
      "yunet/yunet_s_320_320.onnx", "blazeface/blazeface_back_base.onnx",
      "blazeface/blazeface_front_base.onnx", "ultraface/version-slim-320_simplified.onnx",
      "yunet/yunet_n_640_640.onnx", "yunet/yunet_n_dynamic.onnx",
      "blazeface/blazeface_front_e2e.onnx",
    ]
  )
  func `real detectors run alike in ONNX Runtime`(file: String) throws {
    let path = try #require(TestData.path("models/\(file)"))
    let model = try Model.read(path, inputSize: nil)
    let input = try #require(model.graph.requiredInputs.first)
    let shape = try #require(model.facts[input.name].shape)
    // Means of a few images are no means; but which boxes the end-to-end detector returns hangs on single steps of 8 bits.
    var images = SmallNetwork.images(file.contains("e2e") ? 3 : 5, shape: shape)
    images.input = input.name
    for other in model.graph.requiredInputs.dropFirst() {
      // Thresholds that keep a few boxes.
      images.others[other.name] =
        other.type.element == .int64 ? Constant(scalar: 8) : Constant([0.3], shape: [])
    }
    _ = try check(model, target: .onnxRuntime, images: images)
  }

  @Test func `YOLOv3-MobileNetV1 runs alike in ONNX Runtime`() throws {
    let model = try Model.built("yolov3_mobilenet_v1", classes: 20, inputSize: [1, 3, 160, 160])
    let input = try #require(model.graph.requiredInputs.first)
    var images = SmallNetwork.images(2, shape: [1, 3, 160, 160])
    images.input = input.name
    _ = try check(model, target: .onnxRuntime, images: images)
  }
}
