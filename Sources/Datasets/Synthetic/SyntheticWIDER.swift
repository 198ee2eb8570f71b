/// Drawn scenes in WIDER FACE's layout: eight tenths `train`, two `val`, folders by what sort of picture it is.
struct SyntheticWIDER: SyntheticLayout {
  let images: Int

  let folders = ["wider_face_split"]

  private var train: Int { images - images / 5 }

  var lists: [(name: String, scenes: Range<Int>)] {
    [("train", 0..<train), ("val", train..<images)]
  }

  func file(of list: String) -> String { WIDERFace.list(of: list) }

  func image(_ number: Int, _ scene: SyntheticScene) -> String {
    let split = number < train ? "train" : "val"
    return "\(WIDERFace.images(of: split))/\(path(number, scene))"
  }

  /// The path, the number of faces, and of each left, top, width, height, blur, expression, illumination, invalid, occlusion, pose.
  func lines(_ number: Int, _ scene: SyntheticScene) -> String {
    var text = "\(path(number, scene))\n\(scene.objects.count)\n"
    for object in scene.objects {
      let box = object.box
      let occlusion = object.visible > 0.9 ? 0 : object.visible > 0.7 ? 1 : 2
      let row = [
        Int(box.left), Int(box.top), Int(box.width) + 1, Int(box.height) + 1, scene.blur, 0,
        scene.isDark ? 1 : 0, object.visible < Self.leastVisible ? 1 : 0, occlusion,
        object.isTurned ? 1 : 0,
      ]
      text += row.map { "\($0) " }.joined() + "\n"
    }
    return scene.objects.isEmpty ? text + "0 0 0 0 0 0 0 0 0 0 \n" : text
  }

  /// The share of a face below which it is marked as invalid.
  private static let leastVisible = 0.3

  private func path(_ number: Int, _ scene: SyntheticScene) -> String {
    let event = ["Group", "Crowd", "Dark"].firstIndex(of: scene.event) ?? 3
    return "\(event)--\(scene.event)/\(event)_\(scene.event)_\(number.sixDigits).jpg"
  }
}
