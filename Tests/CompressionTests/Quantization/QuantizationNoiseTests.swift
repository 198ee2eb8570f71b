import Compression
import Graphs
import Operators
import Tensors
import Testing

struct QuantizationNoiseTests {
  @Test(arguments: [1, 7, 8, 11, 24])
  func `sums of squares count every element`(count: Int) {
    let exact = (1...count).map { Float($0) }
    let found = exact.map { $0 + ($0.truncatingRemainder(dividingBy: 2) == 0 ? 0.5 : -0.25) }
    let noise = QuantizationNoise(of: found.span, exact: exact.span)
    let (even, odd) = (count / 2, count - count / 2)
    #expect(noise.signal == Double(count * (count + 1) * (2 * count + 1) / 6))
    #expect(noise.noise == Double(even) * 0.25 + Double(odd) * 0.0625)
  }

  @Test func `a value is compared place by place, however it lies in memory`() throws {
    var net = SmallNetwork()
    net.convolve("a", "x", 3, 8)
    net.add("Relu", "ra", ["a"])
    net.convolve("b", "ra", 8, 4)
    net.finish(["b"])
    let model = try Model("two", net.graph)
    let images = SmallNetwork.images(2)
    // One weight of the last layer is off, as rounding would have it.
    var other = net.graph
    let name = try #require(other.nodes.last { $0.op == "Conv" }?.inputs[1])
    let weight = try #require(other.constants[name])
    var values = weight.floats ?? []
    values[5] += 0.25
    other.constants[name] = Constant(values, shape: weight.shape)
    let found = try NoiseMeasurement(model, quantized: other, values: ["a", "b"], images: images)
    var wanted = QuantizationNoise()
    for index in 0..<2 {
      let inputs = try images.inputs(index)
      let exact = try #require(try Session(net.graph).run(inputs)["b"]).doubles()
      let off = try #require(try Session(other).run(inputs)["b"]).doubles()
      wanted.signal += exact.reduce(0) { $0 + $1 * $1 }
      wanted.noise += zip(exact, off).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let noise = try #require(found.values["b"])
    #expect(abs(noise.signal - wanted.signal) <= 1e-4 * wanted.signal)
    #expect(abs(noise.noise - wanted.noise) <= 1e-3 * wanted.noise)
    #expect(try #require(found.values["a"]).noise <= 1e-9 * wanted.signal)
  }
}
