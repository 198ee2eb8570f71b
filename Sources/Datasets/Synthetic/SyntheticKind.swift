internal import Graphs

/// What a drawn data set shows.
///
/// Adding a kind is adding a value, beside what draws it, and its name to ``all``.
package struct SyntheticKind: Listed {
  package let name: String
  /// What help says of it, in a sentence.
  package let doc: String
  /// Class names; a box's `category` is a place in this list.
  package let classes: [String]
  /// The size of its pictures where nobody says otherwise.
  package let size: PixelSize
  /// The layouts that its folder can have, the usual one first.
  package let formats: [DataFormat]
  /// Draws a scene: the same size, seed and number give the same bytes.
  package let scene: @Sendable (_ size: PixelSize, _ seed: UInt64, _ number: Int) -> SyntheticScene
}

extension SyntheticKind {
  /// What can be drawn.
  package static let all: [SyntheticKind] = [.shapes, .faces]

  /// Textured objects over clutter.
  package static let shapes = SyntheticKind(
    name: "shapes",
    doc: "Textured bars, blobs, discs and rings over clutter: four classes.",
    classes: ["bar", "blob", "disc", "ring"],
    size: PixelSize(width: 320, height: 320),
    formats: [.voc]
  ) { SyntheticScene.shapes($0, seed: $1, number: $2) }

  /// Faces over clutter, and what only looks like them.
  package static let faces = SyntheticKind(
    name: "faces",
    doc: "Faces of many sizes over clutter, turned, hidden in part, among heads that are none.",
    classes: ["face"],
    size: PixelSize(width: 640, height: 640),
    formats: [.wider, .voc]
  ) { SyntheticScene.faces($0, seed: $1, number: $2) }
}
