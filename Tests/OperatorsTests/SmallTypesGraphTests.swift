import Graphs
import ModelFormats
import Operators
import TestSupport
import Tensors
import Testing

/// Graphs with values of 8 bits and fewer inside: quantization, movement, export.
struct SmallTypesGraphTests {
  private let operators = OperatorSet.standard

  private func graph(
    _ nodes: [Node],
    inputs: [ValueInfo],
    constants: NamedTable<Constant> = [:],
    outputs: [ValueInfo] = [ValueInfo("y")]
  ) throws -> Graph {
    try operators.normalized(
      Graph(
        nodes: nodes,
        inputs: inputs,
        outputs: outputs,
        constants: constants,
        model: ModelInfo(opsets: ["": 25])
      )
    )
  }

  private func run(_ graph: Graph, _ x: Constant) throws -> Constant {
    try #require(try Session(graph).run(["x": x.tensor()])["y"]).constant()
  }

  private func small(_ type: ElementType, _ values: [Int], _ shape: [Int]) -> Constant {
    let elements = values.map { UInt8(truncatingIfNeeded: $0) }
    guard type.bitCount < 8 else {
      return Constant(type: type, shape: shape, bytes: Bytes(elements))
    }
    return unsafe elements.withUnsafeBytes {
      unsafe Constant(packing: $0, type: type, shape: shape)
    }
  }

  // MARK: Quantization

  @Test func `quantizes blocks to int4, half to even, with zero points`() throws {
    // Blocks of two along axis 1, the last one short: scales 1, 2 for the first row, 0.5, 1 for the second.
    let quantize = try graph(
      [
        Node(
          "QuantizeLinear",
          inputs: ["x", "s", "z"],
          outputs: ["y"],
          attributes: ["axis": .int(1), "block_size": .int(2)]
        )
      ],
      inputs: [ValueInfo("x", .float32, [2, 3])],
      constants: [
        "s": Constant([1, 2, 0.5, 1], shape: [2, 2]), "z": small(.int4, [0, 1, -1, 0], [2, 2]),
      ]
    )
    let x = Constant([0.5, 1.5, -5, 0.75, 100, -100], shape: [2, 3])
    let y = try run(quantize, x)
    #expect(y.type == .int4)
    // 0.5 → 0, 1.5 → 2, -2.5 → -2 + 1; 1.5 → 2 - 1, 200 → 7, -100 → -8.
    #expect(y.integers == [0, 2, -1, 1, 7, -8])
    #expect(y.bytes.count == 3)
    let dequantize = try graph(
      [
        Node(
          "DequantizeLinear",
          inputs: ["x", "s", "z"],
          outputs: ["y"],
          attributes: ["axis": .int(1), "block_size": .int(2), "output_dtype": .int(10)]
        )
      ],
      inputs: [ValueInfo("x", .int4, [2, 3])],
      constants: quantize.constants
    )
    let back = try run(dequantize, y)
    #expect(back.type == .float16)
    #expect(back.floats == [0, 2, -4, 1, 4, -8])
  }

  @Test(arguments: [(1, [448, -448, 1]), (0, [Float.nan, -448, 1])])
  func `quantizes to float8 with and without saturation`(saturate: Int, expected: [Float]) throws {
    let quantize = try graph(
      [
        Node(
          "QuantizeLinear",
          inputs: ["x", "s"],
          outputs: ["y"],
          attributes: [
            "output_dtype": .int(Int(ElementType.float8e4m3fn.rawValue)),
            "saturate": .int(saturate),
          ]
        )
      ],
      inputs: [ValueInfo("x", .float32, [3])],
      constants: ["s": Constant([2], shape: [])]
    )
    let y = try run(quantize, Constant([2000, -900, 2.1], shape: [3]))
    #expect(y.type == .float8e4m3fn)
    let found = try #require(y.floats)
    for (a, b) in zip(found, expected) { #expect(a == b || a.isNaN && b.isNaN) }
  }

  @Test func `scales that are powers of two dequantize 4-bit floats`() throws {
    let dequantize = try graph(
      [
        Node(
          "DequantizeLinear",
          inputs: ["x", "s"],
          outputs: ["y"],
          attributes: ["axis": .int(0), "block_size": .int(2), "output_dtype": .int(1)]
        )
      ],
      inputs: [ValueInfo("x", .float4e2m1, [4])],
      constants: [
        "s": Constant(type: .float8e8m0, shape: [2], bytes: Bytes([126, 130] as [UInt8]))
      ]
    )
    // Patterns 1, 7, 15, 2 are 0.5, 6, -6, 1; the scales are 1/2 and 8.
    let y = try run(dequantize, small(.float4e2m1, [1, 7, 15, 2], [4]))
    #expect(y.floats == [0.25, 3, -48, 8])
  }

  // MARK: Movement

  @Test func `moves elements of 4 bits without computing with them`() throws {
    let moving = try graph(
      [
        Node("Transpose", inputs: ["x"], outputs: ["t"], attributes: ["perm": .ints([1, 0])]),
        Node("Reshape", inputs: ["t", "shape"], outputs: ["r"]),
        Node("Identity", inputs: ["r"], outputs: ["i"]),
        Node("Pad", inputs: ["i", "pads", "fill"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("x", .int4, [2, 3])],
      constants: [
        "shape": Constant([6]), "pads": Constant([1, 0]), "fill": small(.int4, [-8], []),
      ]
    )
    let y = try run(moving, small(.int4, [1, -2, 3, -4, 5, -6], [2, 3]))
    #expect(y.type == .int4)
    #expect(y.integers == [-8, 1, -4, -2, 5, 3, -6])
  }

  @Test func `fills, pads and joins 8-bit floats`() throws {
    let fill = Constant(type: .float8e5m2, shape: [1], bytes: Bytes([0x3E] as [UInt8]))
    let value = Constant(type: .float8e5m2, shape: [], bytes: Bytes([0xC0] as [UInt8]))
    let moving = try graph(
      [
        Node(
          "ConstantOfShape",
          inputs: ["n"],
          outputs: ["f"],
          attributes: ["value": .tensor(fill)]
        ), Node("Concat", inputs: ["x", "f"], outputs: ["c"], attributes: ["axis": .int(0)]),
        Node("Pad", inputs: ["c", "pads", "value"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("x", .float8e5m2, [1])],
      constants: ["n": Constant([2]), "pads": Constant([0, 1]), "value": value]
    )
    let x = Constant(type: .float8e5m2, shape: [1], bytes: Bytes([0x3C] as [UInt8]))
    #expect(try run(moving, x).floats == [1, 1.5, 1.5, -2])
  }

  @Test(arguments: [(true, [1, 0, -2, -1, 1]), (false, [0, -2, -1, 1, 1])])
  func `an If hands 2-bit values on from around it`(flag: Bool, expected: [Int]) throws {
    func branch(_ name: String) -> Attribute {
      .graph(
        Graph(
          nodes: [Node("Identity", inputs: [name], outputs: ["r"])],
          outputs: [ValueInfo("r", .int2, nil)]
        )
      )
    }
    let choosing = try graph(
      [
        Node(
          "If",
          inputs: ["x"],
          outputs: ["y"],
          attributes: ["then_branch": branch("a"), "else_branch": branch("b")]
        )
      ],
      inputs: [ValueInfo("x", .bool, [])],
      constants: [
        "a": small(.int2, [1, 0, -2, -1, 1], [5]), "b": small(.int2, [0, -2, -1, 1, 1], [5]),
      ]
    )
    let x = Constant(type: .bool, shape: [], bytes: Bytes([flag ? 1 : 0] as [UInt8]))
    #expect(try run(choosing, x).integers == expected)
  }

  // MARK: Files

  @Test(
    .enabled(if: Python.isPresent, "\(Python.reason)"),
    arguments: [
      (ElementType.float8e4m3fn, 19), (.int4, 21), (.float4e2m1, 23), (.uint2, 25),
    ]
  )
  func `is exported in the opset that has the type, and reads back equal`(
    type: ElementType,
    opset: Int
  ) throws {
    let constant = small(type, [0, 1, 2, 3, 1], [5])
    let dequantizing = try graph(
      [Node("DequantizeLinear", name: "d", inputs: ["w", "x"], outputs: ["y"])],
      inputs: [ValueInfo("x", .float32, [])],
      constants: ["w": constant],
      outputs: [ValueInfo("y", .float32, [5])]
    )
    let least = try operators.exported(dequantizing)
    #expect(least.model.opset == opset)
    let folder = try ScratchFolder()
    let path = folder.path("small.onnx")
    try ONNX.write(least, to: path)
    let script = """
      import sys, numpy as np, onnx
      from onnx.reference import ReferenceEvaluator
      model = onnx.load(sys.argv[1])
      onnx.checker.check_model(model, full_check=True)
      print(*ReferenceEvaluator(model).run(None, {"x": np.float32(0.5)})[0])
      """
    let text = try Python.run(script, [path])
    let expected = text.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
    let again = try operators.normalized(try ONNX.read(path))
    #expect(again.constants["w"] == constant)
    #expect(try run(again, Constant([0.5], shape: [])).floats == expected)
  }
}
