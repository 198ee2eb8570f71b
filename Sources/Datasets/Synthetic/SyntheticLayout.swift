internal import Files

/// How drawn scenes lie in a folder.
protocol SyntheticLayout: Sendable {
  /// The folders that lists and annotations go to.
  var folders: [String] { get }

  /// The lists by name, and which scenes each has; none has those of another.
  var lists: [(name: String, scenes: Range<Int>)] { get }

  /// Lists of the scenes of several others.
  var unions: [(name: String, scenes: Range<Int>)] { get }

  /// A list's file.
  func file(of list: String) -> String

  /// The image's file of a scene.
  func image(_ number: Int, _ scene: SyntheticScene) -> String

  /// A further file of a scene, and its text; nil where lists say all.
  func annotation(_ number: Int, _ scene: SyntheticScene) -> (file: String, text: String)?

  /// What lists have of a scene.
  func lines(_ number: Int, _ scene: SyntheticScene) -> String
}

extension SyntheticLayout {
  var unions: [(name: String, scenes: Range<Int>)] { [] }

  func annotation(_ number: Int, _ scene: SyntheticScene) -> (file: String, text: String)? { nil }
}

extension Int {
  /// With zeros before it, six digits at least.
  var sixDigits: String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, 6 - digits.count)) + digits
  }
}
