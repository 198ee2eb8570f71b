import PluginKit
import Tensors
import Testing

/// What a loss and its host need not say.
struct DistillLossTests {
  private struct Nothing: DistillLoss {
    func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
      try Tensor.full([], 0)
    }
  }

  private final class Bare: DistillContext {
    let (step, steps, inputHeight, inputWidth) = (1, 2, 3, 4)
  }

  @Test func `a loss that names nothing compares the outputs`() throws {
    #expect(try Nothing().taps == [.outputs])
  }

  @Test func `a host without labels says so, and has a seed of zero`() {
    let host = Bare()
    #expect(host.seed == 0 && !host.shouldStop)
    let error = #expect(throws: PluginError.self) { try host.targets() }
    #expect(error?.code == .unimplemented)
    host.log(.info, "nobody listens")
  }

  @Test func `a box counts one unless images were mixed`() {
    let box = DistillTarget(image: 0, category: 2, centerX: 0.5, centerY: 0.5, width: 1, height: 1)
    #expect(box.weight == 1)
  }
}
