import Datasets
import Graphs
import Models
import Operators
import Quantization
import Tensors
import Testing
import TestNetworks
import TestSupport

struct LearnedRoundingTests {
  /// A layer of 8 outputs over 24 correlated inputs, 512 rows.
  private struct Layer {
    let weight: [Float]
    let rows: [Float]
    let scale: [Float]
    static let (outputs, width, count) = (8, 24, 512)

    init() {
      var random = SampleRandom(seed: 5, round: 0, sample: 0, purpose: 0)
      weight = (0..<Self.outputs * Self.width).map { _ in Float(random.normal()) * 0.2 }
      let mix = (0..<4 * Self.width).map { _ in random.normal() }
      rows = (0..<Self.count).flatMap { _ in
        let hidden = (0..<4).map { _ in random.normal() }
        return (0..<Self.width).map { place in
          Float((0..<4).reduce(0) { $0 + hidden[$1] * mix[$1 * Self.width + place] })
        }
      }
      // Steps of 4 bits, so that much is lost.
      let weight = weight
      scale = (0..<Self.outputs).map { output in
        (0..<Self.width).reduce(0) { max($0, abs(weight[output * Self.width + $1])) } / 7
      }
    }

    func product(_ weight: [Double]) -> [Double] {
      (0..<Self.count).flatMap { row in
        (0..<Self.outputs).map { output in
          (0..<Self.width).reduce(0) {
            $0 + Double(rows[row * Self.width + $1]) * weight[output * Self.width + $1]
          }
        }
      }
    }

    /// Squared error of the results a row, by whole numbers of the weight.
    func error(_ numbers: [Double]) -> Double {
      let rounded = numbers.indices.map { numbers[$0] * Double(scale[$0 / Self.width]) }
      let (a, b) = (product(rounded), product(weight.map(Double.init)))
      return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(Self.count)
    }
  }

  @Test
  func `results lose less than with rounding to nearest, and each weight goes to a neighbour`()
    throws
  {
    let layer = Layer()
    var random = SampleRandom(seed: 1, round: 0, sample: 0, purpose: 0)
    let results = layer.product(layer.weight.map(Double.init)).map(Float.init)
    let rounding = try LearnedRounding(
      .init(
        weight: Tensor(layer.weight, shape: [1, 8, 24]),
        scale: Tensor(layer.scale, shape: [1, 8, 1]),
        rows: Tensor(layer.rows, shape: [1, 512, 24]),
        results: Tensor(results, shape: [1, 512, 8])
      ),
      iterations: 500,
      random: &random
    )
    let numbers = try rounding.numbers.doubles()
    var nearest: [Double] = []
    for (index, number) in numbers.enumerated() {
      let steps = Double(layer.weight[index] / layer.scale[index / 24])
      #expect(number == steps.rounded(.down) || number == steps.rounded(.up))
      nearest.append(steps.rounded(.toNearestOrEven))
    }
    #expect(numbers != nearest)
    let (before, after) = (layer.error(nearest), layer.error(numbers))
    #expect(after < 0.5 * before, "\(after) after \(before)")
    #expect(abs(rounding.loss.nearest - before) < 1e-3 * before)
    #expect(abs(rounding.loss.learned - after) < 1e-3 * before)
  }

  @Test func `weights that are whole numbers of steps stay`() throws {
    var random = SampleRandom(seed: 1, round: 0, sample: 0, purpose: 0)
    let weight = try Tensor([1, -2, 0, 127] as [Float], shape: [1, 2, 2])
    let rows = try Tensor([1, 2, 3, 4, 5, -6] as [Float], shape: [1, 3, 2])
    let rounding = try LearnedRounding(
      .init(
        weight: weight,
        scale: Tensor([1, 1] as [Float], shape: [1, 2, 1]),
        rows: rows,
        results: ATen.one("bmm", rows, weight.permuted([0, 2, 1]))
      ),
      iterations: 10,
      random: &random
    )
    #expect(try rounding.numbers.floats() == [1, -2, 0, 127])
    #expect(rounding.loss.nearest == 0)
  }

  @Test(
    arguments: [
      ("Conv", [6, 4, 3, 3], ["group": .int(1), "pads": .ints([1, 0, 2, 1])]),
      ("Conv", [6, 2, 3, 2], ["group": .int(2), "strides": .ints([2, 1])]),
      ("Conv", [4, 1, 3, 3], ["group": .int(4), "dilations": .ints([2, 2])]),
      ("Gemm", [4, 5], [:]), ("Gemm", [5, 4], ["transB": .int(1)]), ("MatMul", [4, 5], [:]),
    ] as [(String, [Int], NamedTable<Attribute>)]
  )
  func `a layer is the product of its rows and its weight`(
    op: String,
    shape: [Int],
    attributes: NamedTable<Attribute>
  ) throws {
    let input = op == "Conv" ? [2, 4, 7, 6] : [3, 4]
    var net = SmallNetwork(seed: 4, input: input)
    let weight = Constant(net.floats(shape.reduce(1, *)), shape: shape)
    net.constant("w", weight)
    net.add(op, "y", ["x", "w"], attributes)
    net.finish(["y"])
    var graph = net.graph
    graph.outputs = [ValueInfo("y")]
    let x = try Tensor(net.floats(input.reduce(1, *)), shape: input)
    let result = try #require(try Session(graph).run(["x": x])["y"])
    let product = try #require(try layerProduct(graph.nodes[0], weight: shape))
    let count = product.placeCount(result)
    let places = try Tensor([Int64(count - 1), 0, Int64(count / 2)], shape: [3])
    let matrix = try product.matrix(weight.tensor())
    let made = try ATen.one("bmm", product.rows(x, at: places), matrix.permuted([0, 2, 1]))
    let expected = try product.results(result, at: places).floats()
    #expect(try Distance(of: made.floats(), from: expected).worst < 1e-5)
    #expect(expected.count == 3 * product.channels)
    #expect(try product.weight(matrix).floats() == weight.floats)
  }

  private func layerProduct(_ node: Node, weight shape: [Int]) throws -> LayerProduct? {
    let layout = try #require(OperatorSet.standard[node]?.weights)
    return LayerProduct(node, layout, weight: shape)
  }

  @Test func `products with factors of their own are left alone`() throws {
    let node = Node("Gemm", inputs: ["x", "w"], outputs: ["y"], attributes: ["alpha": .float(2)])
    #expect(try layerProduct(node, weight: [4, 4]) == nil)
    let spreading = Node("ConvTranspose", inputs: [], outputs: [])
    #expect(try layerProduct(spreading, weight: [1, 1, 2, 2]) == nil)
  }
}
