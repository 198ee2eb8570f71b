import Architectures
import Graphs
import Testing

struct YOLOv3Tests {
  @Test(arguments: Variant.allCases)
  func `holds as many values as the benchmark's network`(variant: Variant) throws {
    let graph = try variant.model.graph(weights: .structureOnly)
    try graph.verify()
    #expect(floatCount(graph) == variant.values)
    #expect(variant.layers.map(\.values).reduce(0, +) == variant.values)
  }

  @Test(arguments: Variant.allCases)
  func `has the layers of the papers' tables`(variant: Variant) throws {
    let graph = try variant.model.graph(weights: .structureOnly)
    var found: [String: [Int]] = [:]
    for node in graph.nodes where node.op == "Conv" || node.op == "DeformConv" {
      let weights = try #require(node.input(1))
      found[weights] = graph.constants[weights]?.shape
      let groups = node.op == "Conv" ? node.int("group") : 1
      let layer = try #require(variant.layers.first { weightsName($0) == weights })
      #expect(groups == layer.groups)
      #expect((node.op == "DeformConv") == layer.deformable)
      #expect((graph.constants[node.input(2) ?? ""] != nil) == layer.bias)
    }
    var expected: [String: [Int]] = [:]
    for layer in variant.layers {
      expected[weightsName(layer)] = [
        layer.output, layer.input / layer.groups, layer.kernel, layer.kernel,
      ]
    }
    #expect(found == expected)
  }

  @Test(arguments: [(ImageSize(608), 608 * 608), (ImageSize(height: 320, width: 416), 320 * 416)])
  func `strides as the papers' tables say`(size: ImageSize, pixels: Int) throws {
    for variant in Variant.allCases {
      let graph = try variant.model.graph(size: size, weights: .structureOnly)
      let areas = spatialAreas(graph, height: size.height, width: size.width)
      for node in graph.nodes where node.op == "Conv" || node.op == "DeformConv" {
        let weights = try #require(node.input(1))
        let layer = try #require(variant.layers.first { weightsName($0) == weights })
        #expect(areas[node.outputs[0]] == pixels / (layer.stride * layer.stride), "\(node.name)")
      }
    }
  }

  @Test func `names every parameter as the benchmark does`() throws {
    let mobilenet = try Variant.mobilenetCOCO.model.graph(weights: .structureOnly).constants
    for name in [
      "conv1_weights", "conv1_bn_scale", "conv1_bn_offset", "conv1_bn_mean", "conv1_bn_variance",
      "conv2_1_dw_weights", "conv5_6_sep_bn_mean", "conv6_sep_weights",
      "yolo_block.0.0.0.conv.weights", "yolo_block.2.tip.bn.scale", "yolo_block.1.2.bn.offset",
      "yolo_block.0.1.1.bn.mean", "yolo_block.0.tip.bn.var", "yolo_output.0.conv.weights",
      "yolo_output.2.conv.bias", "yolo_transition.0.conv.weights", "yolo_transition.1.bn.var",
    ] { #expect(mobilenet[name] != nil, "\(name)") }
    #expect(parameterNames(mobilenet).count == 241)

    let resnet = try Variant.resnet50COCO.model.graph(weights: .structureOnly).constants
    for name in [
      "conv1_1_weights", "bnv1_1_scale", "bnv1_3_variance", "res2a_branch2a_weights",
      "bn2a_branch2a_scale", "res2a_branch1_weights", "bn5c_branch2c_offset",
      "res5b_branch2b_weights", "res5b_branch2b_conv_offset.w_0", "res5b_branch2b_conv_offset.b_0",
    ] { #expect(resnet[name] != nil, "\(name)") }
    #expect(resnet["res5a_branch2b_conv_offset.w_0"]?.shape == [27, 512, 3, 3])
    #expect(parameterNames(resnet).count == 387)

    let smaller = try Variant.resnet34VOC.model.graph(weights: .structureOnly).constants
    for name in ["conv1_weights", "bn_conv1_mean", "res2a_branch1_weights", "bn5c_branch2b_scale"] {
      #expect(smaller[name] != nil, "\(name)")
    }
  }

  @Test func `returns three raw maps, coarsest first`() throws {
    let fixed = try YOLOv3(backbone: .resnet34, classes: 20).graph(
      size: ImageSize(height: 320, width: 416),
      batch: 2,
      weights: .structureOnly
    )
    #expect(fixed.inputs == [ValueInfo("image", .float32, [2, 3, 320, 416])])
    #expect(
      fixed.outputs == [
        ValueInfo("yolo_output.0", .float32, [2, 75, 10, 13]),
        ValueInfo("yolo_output.1", .float32, [2, 75, 20, 26]),
        ValueInfo("yolo_output.2", .float32, [2, 75, 40, 52]),
      ]
    )
    let open = try YOLOv3(backbone: .resnet34).graph(size: nil, weights: .structureOnly)
    #expect(open.inputs[0].type.shape?.description == "batch×3×height×width")
    #expect(open.outputs[1].type.shape?.description == "batch×255×height/16×width/16")
    #expect(open.model.opset == 22)
  }

  @Test func `names every node, and no two alike`() throws {
    for variant in Variant.allCases {
      let graph = try variant.model.graph(weights: .structureOnly)
      #expect(graph.nodes.allSatisfy { !$0.name.isEmpty })
      #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
    }
  }

  @Test func `narrows the backbone and leaves the head's own widths`() throws {
    let graph = try YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3).graph(
      weights: .structureOnly
    )
    #expect(graph.constants["conv1_weights"]?.shape == [8, 3, 3, 3])
    #expect(graph.constants["conv6_sep_weights"]?.shape == [256, 256, 1, 1])
    #expect(graph.constants["yolo_block.1.0.0.conv.weights"]?.shape == [256, 256 + 128, 1, 1])
    #expect(graph.constants["yolo_output.0.conv.weights"]?.shape == [24, 1024, 1, 1])
  }

  @Test(arguments: [ImageSize(600), ImageSize(0), ImageSize(height: 608, width: 610)])
  func `refuses sizes that are not multiples of 32`(size: ImageSize) {
    #expect(throws: ArchitectureError.badSize(size)) {
      _ = try YOLOv3(backbone: .resnet34).graph(size: size)
    }
  }

  @Test func `refuses counts that make no network`() {
    #expect(throws: ArchitectureError.badClassCount(0)) {
      _ = try YOLOv3(backbone: .resnet34, classes: 0).graph()
    }
    #expect(throws: ArchitectureError.badBatch(0)) {
      _ = try YOLOv3(backbone: .resnet34).graph(batch: 0)
    }
    #expect(throws: ArchitectureError.badWidth(0.01)) {
      _ = try YOLOv3(backbone: .mobilenetV1(width: 0.01)).graph()
    }
    let message = ArchitectureError.badSize(ImageSize(height: 600, width: 417)).description
    #expect(message.contains("600×417") && message.contains("608×416"))
  }

  @Test func `lists the 18 convolutions that the benchmark prunes`() throws {
    #expect(YOLOv3.prunableWeights.count == 18)
    for variant in Variant.allCases {
      let constants = try variant.model.graph(weights: .structureOnly).constants
      #expect(YOLOv3.prunableWeights.allSatisfy { constants[$0] != nil })
    }
  }
}

/// What the benchmark calls the weights of a layer.
func weightsName(_ layer: Layer) -> String {
  if layer.name.hasPrefix("yolo_") { return "\(layer.name).conv.weights" }
  return layer.name.hasSuffix("_conv_offset") ? "\(layer.name).w_0" : "\(layer.name)_weights"
}

/// The trained tensors, told from scales and sizes by their names.
func parameterNames(_ constants: NamedTable<Constant>) -> [String] {
  constants.names.filter { !$0.hasSuffix(".scales") && !$0.hasSuffix("_split_sizes") }
}

func floatCount(_ graph: Graph) -> Int {
  parameterNames(graph.constants).reduce(0) { $0 + (graph.constants[$1]?.count ?? 0) }
}

/// The pixels of every value, by the textbook rule for windows; other operators keep the size.
func spatialAreas(_ graph: Graph, height: Int, width: Int) -> [String: Int] {
  var sizes: [String: (Int, Int)] = ["image": (height, width)]
  for node in graph.nodes {
    guard let (h, w) = sizes[node.inputs[0]] else { continue }
    var result = (h, w)
    if let kernel = node.ints("kernel_shape"), let stride = node.ints("strides"),
      let pads = node.ints("pads")
    {
      result = (
        (h + pads[0] + pads[2] - kernel[0]) / stride[0] + 1,
        (w + pads[1] + pads[3] - kernel[1]) / stride[1] + 1
      )
    } else if node.op == "Resize" {
      result = (2 * h, 2 * w)
    }
    for output in node.outputs { sizes[output] = result }
  }
  return sizes.mapValues { $0.0 * $0.1 }
}
