/// The three subsets of WIDER FACE's evaluation, by how hard their faces are to find.
package enum WiderFaceSubset: Int, Sendable, Hashable, CaseIterable {
  case easy, medium, hard

  /// The name as tables print it.
  package var name: String { "\(self)" }
}

/// One image of WIDER FACE: its faces, which subsets ask for them, and what a detector found.
package struct WiderFaceImage: Sendable, Hashable {
  /// Every labelled face.
  package var faces: [Box]
  /// By subset: the places in ``faces`` of those that it asks for; the others are ignored.
  package var asked: [[Int]]
  /// What was found.
  package var found: [Box]
  /// How sure the detector is of each, as it says.
  package var scores: [Double]

  package init(faces: [Box], asked: [[Int]], found: [Box] = [], scores: [Double] = []) {
    self.faces = faces
    self.asked = asked
    self.found = found
    self.scores = scores
  }
}
