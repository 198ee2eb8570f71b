import Architectures
import Testing

struct ArchitectureTests {
  @Test func `finds every architecture by its name`() throws {
    #expect(
      Architecture.all.map(\.name) == [
        "yolov3_mobilenet_v1", "yolov3_resnet34", "yolov3_resnet50vd_dcn", "blazeface",
        "blazeface_lite", "blazeface_nas", "blazeface_nas_v2",
      ]
    )
    for architecture in Architecture.all {
      #expect(try Architecture.named(architecture.name) == architecture)
    }
  }

  @Test func `names the nearest architecture when there is none`() {
    let known = Architecture.all.map(\.name)
    #expect(
      throws: ArchitectureError.unknownName(
        "yolov3_mobilenetv1",
        nearest: "yolov3_mobilenet_v1",
        known: known
      )
    ) { _ = try Architecture.named("yolov3_mobilenetv1") }
    #expect(throws: ArchitectureError.unknownName("x", nearest: nil, known: known)) {
      _ = try Architecture.named("x")
    }
    let error = ArchitectureError.unknownName("r", nearest: "yolov3_resnet34", known: known)
    #expect(error.description.contains("did you mean 'yolov3_resnet34'?"))
  }
}
