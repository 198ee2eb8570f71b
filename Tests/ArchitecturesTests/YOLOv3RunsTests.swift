import Architectures
import ModelFormats
import TestSupport
import Testing

struct YOLOv3RunsTests {
  @Test(
    .enabled(if: Python.isPresent, "\(Python.reason)"),
    arguments: [
      YOLOv3(backbone: .mobilenetV1(), classes: 20),
      YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3),
      YOLOv3(backbone: .resnet34, classes: 20), YOLOv3(backbone: .resnet50vdDCN, classes: 80),
    ]
  )
  func `gives in ONNX Runtime what NumPy makes of the papers`(model: YOLOv3) throws {
    let folder = try ScratchFolder()
    let path = folder.path("model.onnx")
    try ONNX.write(model.graph(size: nil), to: path)
    let printed = try Python.run(
      numpyReference,
      [path, model.backbone.name, "\(model.classes)", "64", "96", "32", "64"]
    )
    let errors = printed.split(separator: "\n").compactMap { Double($0) }
    #expect(errors.count == 6)
    #expect(errors.allSatisfy { $0 < 1e-4 }, "\(errors)")
  }
}
