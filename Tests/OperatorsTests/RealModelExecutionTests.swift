import Graphs
import ModelFormats
import Operators
import Tensors
import TestSupport
import Testing

/// Whole networks against ONNX Runtime, to 1e-4 of the largest value of each output.
@Suite(
  .serialized,
  .enabled(if: TestData.isPresent, "\(TestData.reason)"),
  .enabled(if: Python.isPresent, "\(Python.reason)")
)
struct RealModelExecutionTests {
  static let models = [
    "blazeface/blazeface_back_base", "blazeface/blazeface_front_base",
    "blazeface/blazeface_front_e2e", "ultraface/version-RFB-320",
    "ultraface/version-RFB-320_simplified", "ultraface/version-slim-320",
    "ultraface/version-slim-320_simplified", "yunet/yunet_n_320_320", "yunet/yunet_n_640_640",
    "yunet/yunet_n_dynamic", "yunet/yunet_s_320_320",
  ]
  static let topologies = [
    "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet",
    "squeezenet", "vgg19", "zfnet512",
  ]

  @Test(arguments: models)
  func `executes the detectors as ONNX Runtime does`(_ name: String) throws {
    try check(ReferenceRun("models/\(name).onnx"))
  }

  @Test(arguments: topologies)
  func `executes the nine topologies with drawn weights`(_ name: String) throws {
    try check(
      ReferenceRun("onnx-conformance/light/light_\(name).onnx", drawsWeights: true)
    )
  }

  private func check(_ run: ReferenceRun) throws {
    let graph = try OperatorSet.standard.normalized(run.graph)
    try graph.verify()
    for mode in [Session.Mode.plain, .fast] {
      let session = Session(graph, mode: mode, memory: 0)
      let error = try run.error(of: session.run(run.inputs))
      #expect(error <= 1e-4, "\(mode): \(error)")
    }
  }
}
