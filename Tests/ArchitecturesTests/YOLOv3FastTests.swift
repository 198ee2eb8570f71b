import Architectures
import Operators
import Tensors
import Testing
import TestSupport

struct YOLOv3FastTests {
  @Test(arguments: [
    YOLOv3(backbone: .mobilenetV1(), classes: 20), YOLOv3(backbone: .resnet34, classes: 20),
    YOLOv3(backbone: .resnet50vdDCN, classes: 4),
  ])
  func `gives on the fast path what the nodes' own kernels give`(model: YOLOv3) throws {
    let graph = try model.graph(size: nil)
    let (plain, fast) = (Session(graph), Session(graph, mode: .fast))
    let pixels = (0..<3 * 96 * 64).map { (index: Int) -> Float in
      Float(index * 7919 % 255) / 128 - 1
    }
    let image = try Tensor(pixels, shape: [1, 3, 96, 64])
    let wanted = try plain.run(["image": image])
    for (name, tensor) in try fast.run(["image": image]) {
      let reference = try #require(try wanted[name]?.floats())
      let distance = Distance(of: try tensor.floats(), from: reference)
      #expect(tensor.isContiguous && distance.relative <= 1e-5, "\(name): \(distance)")
    }
    #expect(fast.statistics.multiplyAdds == plain.statistics.multiplyAdds)
    #expect(fast.statistics.peakValues <= plain.statistics.peakValues)
  }
}
