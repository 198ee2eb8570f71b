package import Metrics

/// A picture and its boxes on their way through transforms.
package struct Sample: Sendable, Hashable {
  /// A box by its first and last columns and rows, as in Pascal VOC's files: a pixel's place is a number, not an area.
  package struct Object: Sendable, Hashable {
    package var left: Double
    package var top: Double
    package var right: Double
    package var bottom: Double
    package var category: Int
    /// The share of its image in a mixed one, else 1.
    package var weight: Double

    package init(
      left: Double,
      top: Double,
      right: Double,
      bottom: Double,
      category: Int,
      weight: Double = 1
    ) {
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
      self.category = category
      self.weight = weight
    }

    package var width: Double { right - left }
    package var height: Double { bottom - top }
    package var centerX: Double { (left + right) / 2 }
    package var centerY: Double { (top + bottom) / 2 }

    /// The share of the union of two boxes that both cover.
    package func overlap(with other: Object) -> Double {
      let shared =
        max(0, min(right, other.right) - max(left, other.left))
        * max(0, min(bottom, other.bottom) - max(top, other.top))
      let union = width * height + other.width * other.height - shared
      return union > 0 ? shared / union : 0
    }
  }

  package var picture: Picture
  package var objects: [Object]

  package init(picture: Picture, objects: [Object]) {
    self.picture = picture
    self.objects = objects
  }

  /// A picture with a data set's boxes; crowds are no single objects and stay out, as do boxes beyond the picture.
  package init(picture: Picture, truths: [TrueBox]) {
    self.picture = picture
    let seen = truths.filter { truth in
      !truth.isCrowd && BoxBorder(truth.box, in: picture.size)?.isBeyond != true
    }
    objects = seen.map { truth in
      Object(
        left: truth.box.x,
        top: truth.box.y,
        right: truth.box.right,
        bottom: truth.box.bottom,
        category: truth.category
      )
    }
  }

  /// The boxes in shares of the picture, centre form, at most `limit` of them.
  package func targets(limit: Int) -> [TargetBox] {
    let (width, height) = (Double(picture.width), Double(picture.height))
    return objects.prefix(limit).map { object in
      TargetBox(
        centerX: Float(object.centerX / width),
        centerY: Float(object.centerY / height),
        width: Float(object.width / width),
        height: Float(object.height / height),
        category: object.category,
        weight: Float(object.weight)
      )
    }
  }
}
