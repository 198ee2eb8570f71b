import Graphs
import ModelFormats
import Operators
import TestSupport
import Tensors
import Testing

/// Casts to and from types of 8 bits and fewer.
struct SmallTypesCastTests {
  private func cast(
    _ x: Constant,
    to type: ElementType,
    _ attributes: NamedTable<Attribute> = [:]
  ) throws -> Constant {
    var attributes = attributes
    attributes["to"] = .int(Int(type.rawValue))
    let graph = Graph(
      nodes: [Node("Cast", name: "c", inputs: ["x"], outputs: ["y"], attributes: attributes)],
      inputs: [ValueInfo("x", x.type)],
      outputs: [ValueInfo("y")],
      model: ModelInfo(opsets: ["": 25])
    )
    let normal = try OperatorSet.standard.normalized(graph)
    return try #require(try Session(normal).run(["x": x.tensor()])["y"]).constant()
  }

  private func doubles(_ values: [Double]) -> Constant {
    Constant(type: .float64, shape: [values.count], bytes: Bytes(values))
  }

  private static let floats: [(ElementType, String)] = [
    (.float8e4m3fn, "float8_e4m3fn"), (.float8e4m3fnuz, "float8_e4m3fnuz"),
    (.float8e5m2, "float8_e5m2"), (.float8e5m2fnuz, "float8_e5m2fnuz"),
    (.float4e2m1, "float4_e2m1fn"),
  ]

  /// Values at, between and just beside those of every type, beyond the largest, and special ones.
  private static let script = """
    import sys, numpy as np, ml_dtypes as m, onnx
    from onnx import numpy_helper as nh, helper as h
    path, name, source, saturates = sys.argv[1:]
    t, s = getattr(m, name), np.dtype(source)
    n = 16 if t == m.float4_e2m1fn else 256
    grid = np.arange(n, dtype=np.uint8).view(t).astype(np.float64)
    grid = np.unique(grid[np.isfinite(grid)])
    middles = (grid[1:] + grid[:-1]) / 2
    x = np.concatenate([grid, middles, middles * (1 + 2.0**-30), middles * (1 - 2.0**-30),
        np.random.default_rng(3).standard_normal(500) * np.exp(np.random.default_rng(4).uniform(-12, 12, 500)),
        [448, 449, 463.9, 464, 464.1, 480, 1e6, -1e6, 61439, 61440, 65536, 1e30, -1e30, 1e-30, -1e-30, 0.0, -0.0, np.inf, -np.inf]])
    if source != "int32": x = np.concatenate([x, [np.nan]])
    with np.errstate(all="ignore"):
        x = np.nan_to_num(np.clip(x, -2**31, 2**31 - 1)).astype(s) if source == "int32" else x.astype(s)
        wide = x.astype(np.float64)
        big = float(m.finfo(t).max)
        y = (np.clip(wide, -big, big) if saturates == "1" else wide).astype(t)
    if source == "float64":  # ml_dtypes rounds to float32 first; positive patterns rise with their values.
        g = np.arange(n // 2, dtype=np.uint8).view(t).astype(np.float64)
        g, a = g[np.isfinite(g)], np.abs(wide)
        i = np.clip(np.searchsorted(g, a, side="right") - 1, 0, len(g) - 2)
        middle = (g[i] + g[i + 1]) / 2
        k = i + ((a > middle) | ((a == middle) & (i % 2 == 1)))
        p = k + np.where(np.signbit(wide) & ((k > 0) | (not name.endswith("fnuz"))), n // 2, 0)
        y = np.where(a <= big, p.astype(np.uint8), y.view(np.uint8)).view(t)
    onnx.save(h.make_model(h.make_graph([], "d", [], [], [nh.from_array(x, "x"), nh.from_array(y, "y")]), ir_version=13), path)
    """

  @Test(
    .enabled(if: Python.isPresent, "\(Python.reason)"),
    arguments: floats,
    ["float16", "float32", "float64", "int32"]
  )
  func `rounds to the nearest as ml_dtypes does, saturating or not`(
    type: (ElementType, String),
    source: String
  ) throws {
    let folder = try ScratchFolder()
    for saturates in [true, false] {
      let path = folder.path("\(saturates).onnx")
      _ = try Python.run(Self.script, [path, type.1, source, saturates ? "1" : "0"])
      let data = try ONNX.read(path).constants
      let (x, y) = (try #require(data["x"]), try #require(data["y"]))
      let found = try cast(x, to: type.0, ["saturate": .int(saturates ? 1 : 0)])
      #expect(found.type == type.0)
      let (a, b) = (try #require(found.floats), try #require(y.floats))
      #expect(a.count == b.count)
      for (index, (left, right)) in zip(a, b).enumerated() {
        // NaN has no pattern in float4e2m1; ml_dtypes makes a zero of it, whose sign says nothing.
        let isSame =
          left.bitPattern == right.bitPattern || left.isNaN && right.isNaN
          || type.0 == .float4e2m1 && left == 0 && right == 0 && index == a.count - 1
        #expect(isSame, "\(source) element \(index): \(left), not \(right)")
      }
    }
  }

  @Test func `float64 is rounded once`() throws {
    // 1 + 1/16 lies between 1 and 1.125: what is a little more goes up, though float32 cannot tell.
    let x = doubles([1.0625, 1.0625 + 0x1p-40, -1.0625 - 0x1p-40])
    #expect(try cast(x, to: .float8e4m3fn).floats == [1, 1.125, -1.125])
  }

  /// The rows of the table in ONNX's description of Cast, and roundings by hand.
  @Test(arguments: [
    ("up", 1, [0, 127, 128, 128, 128, 1, 0, 254, 254]),
    ("down", 1, [0, 127, 127, 127, 127, 0, 0, 254, 254]),
    ("nearest", 1, [0, 127, 127, 128, 128, 1, 0, 254, 254]),
    ("nearest", 0, [255, 127, 127, 128, 128, 1, 255, 255, 255]),
  ])
  func `powers of two round as asked`(mode: String, saturate: Int, expected: [UInt8]) throws {
    let x = doubles([0, 1, 1.25, 1.5, 1.75, 0x1.8p-127, 0x1p-130, 0x1.8p127, .infinity])
    let attributes: NamedTable<Attribute> = [
      "round_mode": .string(Array(mode.utf8)), "saturate": .int(saturate),
    ]
    let found = try cast(x, to: .float8e8m0, attributes)
    #expect(found.bytes.elements(as: UInt8.self) == expected)
    let nan = try cast(doubles([.nan]), to: .float8e8m0, attributes)
    #expect(nan.bytes.elements(as: UInt8.self) == [255])
  }

  @Test func `refuses a rounding that ONNX does not have`() throws {
    #expect {
      try cast(doubles([1]), to: .float8e8m0, ["round_mode": .string(Array("odd".utf8))])
    } throws: {
      "\($0)" == "Cast 'c': round_mode 'odd'; there are up, down and nearest"
    }
  }

  /// `numpy.array(..., numpy.float32).astype(ml_dtypes.int4)` and so on: cut off, then the lowest bits.
  @Test(arguments: [
    (ElementType.int4, [7, -8, -1, 1, 2, -7, -1, 1, -4]),
    (.uint4, [7, 8, 15, 1, 2, 9, 15, 1, 12]), (.int2, [-1, 0, -1, 1, -2, 1, -1, 1, 0]),
    (.uint2, [3, 0, 3, 1, 2, 1, 3, 1, 0]),
  ])
  func `whole numbers keep their lowest bits`(type: ElementType, expected: [Int]) throws {
    let x = Constant([-9, -8.5, -1.7, 1.7, 2.5, 9.9, 15.5, 17, 300], shape: [9])
    #expect(try cast(x, to: type).integers == expected)
    let whole = Constant(
      type: .int16,
      shape: [3],
      bytes: Bytes([200, -9, 17] as [Int16])
    )
    let mask = 1 << type.bitCount - 1
    #expect(
      try cast(whole, to: type).integers?.map { $0 & mask } == [200 & mask, -9 & mask, 17 & mask]
    )
  }

  @Test func `small types become each other`() throws {
    let x = try cast(Constant([-8, -1.5, 0.5, 3, 7], shape: [5]), to: .float8e5m2)
    #expect(try cast(x, to: .int4).integers == [-8, -1, 0, 3, 7])
    #expect(try cast(x, to: .float4e2m1).floats == [-6, -1.5, 0.5, 3, 6])
    #expect(try cast(x, to: .float8e4m3fnuz).floats == [-8, -1.5, 0.5, 3, 7])
    #expect(try cast(x, to: .uint8).integers?.suffix(3) == [0, 3, 7])
    #expect(try cast(x, to: .bool).integers == [1, 1, 1, 1, 1])
    #expect(try cast(cast(x, to: .int4), to: .int8).integers == [-8, -1, 0, 3, 7])
  }
}
