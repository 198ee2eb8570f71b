/// A network family that this module builds, found by the name that recipes use.
package enum Architecture: Sendable, Hashable {
  case yolov3(YOLOv3.Backbone)
  case blazeFace(BlazeFace.Variant)

  /// Every architecture that a recipe can name.
  package static let all: [Architecture] = [
    .yolov3(.mobilenetV1()), .yolov3(.resnet34), .yolov3(.resnet50vdDCN),
    .blazeFace(.original), .blazeFace(.lite), .blazeFace(.nas), .blazeFace(.nasV2),
  ]

  /// The name in recipes, such as `yolov3_mobilenet_v1`.
  package var name: String {
    switch self {
    case .yolov3(let backbone): "yolov3_\(backbone.name)"
    case .blazeFace(let variant): variant.rawValue
    }
  }

  /// The architecture of a recipe's `model:`.
  ///
  /// - Throws: ``ArchitectureError/unknownName(_:nearest:known:)`` with the nearest name that exists.
  package static func named(_ name: String) throws(ArchitectureError) -> Architecture {
    if let found = all.first(where: { $0.name == name }) { return found }
    let known = all.map(\.name)
    throw .unknownName(name, nearest: nearestName(to: name, among: known), known: known)
  }
}
