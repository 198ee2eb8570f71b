/// One kind of change to a sample; its randomness is handed in, so that equal streams give equal samples.
package protocol SampleTransform: Sendable, Hashable {
  /// Changes the sample, or leaves it as chance has it.
  func apply(to sample: inout Sample, _ random: inout SampleRandom)
}

/// A transform by name, with its parameters.
package enum Transform: Sendable, Hashable {
  case colorDistort(ColorDistort)
  case enhance(Enhance)
  case expand(Expand)
  case crop(OverlapCrop)
  case anchorCrop(AnchorCrop)
  case horizontalFlip(Flip)
  case verticalFlip(Flip)
  case transpose(Flip)
  case brightness(Brightness)

  /// The name in recipes and messages.
  package var name: String {
    switch self {
    case .colorDistort: "color_distort"
    case .enhance: "enhance"
    case .expand: "expand"
    case .crop: "crop"
    case .anchorCrop: "anchor_crop"
    case .horizontalFlip: "horizontal_flip"
    case .verticalFlip: "vertical_flip"
    case .transpose: "transpose"
    case .brightness: "brightness"
    }
  }

  /// What does it.
  package var body: any SampleTransform {
    switch self {
    case .colorDistort(let body): body
    case .enhance(let body): body
    case .expand(let body): body
    case .crop(let body): body
    case .anchorCrop(let body): body
    case .horizontalFlip(let body), .verticalFlip(let body), .transpose(let body): body
    case .brightness(let body): body
    }
  }
}
