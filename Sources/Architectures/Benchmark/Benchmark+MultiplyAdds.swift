package import Graphs

/// The maps over which the benchmark counts multiply-adds.
package enum FLOPsConvention: Sendable, Hashable {
  /// Every map has one pixel, so that a convolution counts its weights once: what a size of -1×-1 came to.
  case onePixel
  /// The maps that an image of this size makes.
  case input(ImageSize)
}

extension FLOPsConvention: CustomStringConvertible {
  package var description: String {
    switch self {
    case .onePixel: "multiply-adds of a 1×1 map"
    case .input(let size): "multiply-adds at \(size)"
    }
  }
}

extension Benchmark {
  /// The multiply-adds of an image: those of convolutions, depthwise ones included, without bias; deformable ones,
  /// which the benchmark's counter does not know, are zero, though the convolutions that guide them count.
  ///
  /// - Returns: nil where a convolution's output size does not follow from the graph.
  package static func multiplyAdds(of graph: Graph, in convention: FLOPsConvention) -> Int? {
    switch convention {
    case .onePixel: return multiplyAdds(of: graph) { _ in 1 }
    case .input(let size):
      let sizes = spatialSizes(of: graph, image: size)
      return multiplyAdds(of: graph) { value in sizes[value].map { $0.height * $0.width } }
    }
  }

  /// The same, over maps whose pixels `area` knows by the value's name.
  package static func multiplyAdds(of graph: Graph, area: (String) -> Int?) -> Int? {
    var total = 0
    for node in graph.nodes where node.op == "Conv" {
      guard let weights = node.input(1).flatMap({ graph.constants[$0] }),
        let map = node.output(0), let pixels = area(map)
      else { return nil }
      total += pixels * weights.count
    }
    return total
  }

  /// Height and width of every map that follows from the first input's: windows shrink it, `Resize` by literal
  /// scales grows it, anything else of the networks built here keeps it.
  private static func spatialSizes(of graph: Graph, image: ImageSize) -> [String: ImageSize] {
    guard let input = graph.requiredInputs.first else { return [:] }
    var sizes = [input.name: image]
    for node in graph.nodes {
      guard let first = node.input(0), let size = sizes[first],
        let result = outputSize(of: node, on: size, in: graph)
      else { continue }
      for output in node.outputs { sizes[output] = result }
    }
    return sizes
  }

  private static func outputSize(of node: Node, on size: ImageSize, in graph: Graph) -> ImageSize? {
    switch node.op {
    case "Conv", "DeformConv", "MaxPool", "AveragePool":
      guard let height = windows(of: node, on: size.height, axis: 0, in: graph),
        let width = windows(of: node, on: size.width, axis: 1, in: graph)
      else { return nil }
      return ImageSize(height: height, width: width)
    case "Resize":
      guard let scales = node.input(2).flatMap({ graph.constants[$0]?.floats }), scales.count == 4
      else { return nil }
      return ImageSize(
        height: Int(Float(size.height) * scales[2]),
        width: Int(Float(size.width) * scales[3])
      )
    default: return size
    }
  }

  /// How many windows fit along an axis of `length` pixels; nil where padding is left to the operator.
  private static func windows(
    of node: Node,
    on length: Int,
    axis: Int,
    in graph: Graph
  ) -> Int? {
    guard node.string("auto_pad", default: "NOTSET") == "NOTSET" else { return nil }
    let weights = node.input(1).flatMap { graph.constants[$0]?.shape.dropFirst(2) }
    guard let kernel = node.ints("kernel_shape") ?? weights.map(Array.init), kernel.count == 2
    else { return nil }
    let stride = node.ints("strides")?[axis] ?? 1
    let dilation = node.ints("dilations")?[axis] ?? 1
    let pads = node.ints("pads") ?? [0, 0, 0, 0]
    let room = length + pads[axis] + pads[axis + 2] - dilation * (kernel[axis] - 1) - 1
    let roundedUp = node.int("ceil_mode", default: 0) == 1 ? stride - 1 : 0
    return room < 0 ? nil : (room + roundedUp) / stride + 1
  }
}
