/// What is done to samples on their way into a training batch: a value that a recipe names.
package struct Augmentation: Sendable, Hashable {
  /// The preset's name, or `custom`.
  package var name: String
  /// Blending of two samples, before all else.
  package var mixup: Mixup?
  /// In order.
  package var transforms: [Transform]
  /// Interpolations of the resize to the network's input; one is drawn for each batch.
  package var interpolations: [Interpolation]
  /// Sides of square inputs, one drawn for each batch; empty where batches have the size of the run.
  package var sides: [Int]
  /// The most boxes of a sample; further ones go.
  package var boxLimit: Int

  package init(
    name: String = "custom",
    mixup: Mixup? = nil,
    transforms: [Transform] = [],
    interpolations: [Interpolation] = [.linear],
    sides: [Int] = [],
    boxLimit: Int = Int.max
  ) {
    self.name = name
    self.mixup = mixup
    self.transforms = transforms
    self.interpolations = interpolations
    self.sides = sides
    self.boxLimit = boxLimit
  }

  /// Resizing alone.
  package static let none = Augmentation(name: "none")

  /// Both flips, transposition and brightness: for small sets whose objects have no upside.
  package static let light = Augmentation(
    name: "light",
    transforms: [
      .horizontalFlip(Flip(.leftRight)), .verticalFlip(Flip(.topBottom)),
      .transpose(Flip(.diagonal)), .brightness(Brightness()),
    ]
  )

  /// The benchmark's YOLOv3 training (PaddleDetection 0.2).
  package static let yolov3 = Augmentation(
    name: "yolov3",
    mixup: Mixup(),
    transforms: [
      .colorDistort(.benchmark), .expand(.yolov3), .crop(.yolov3),
      .horizontalFlip(Flip(.leftRight)),
    ],
    interpolations: Interpolation.allCases,
    sides: Array(stride(from: 320, through: 608, by: 32)),
    boxLimit: 50
  )

  /// The benchmark's BlazeFace training (PaddleDetection 0.2); its input is 640 x 640.
  package static let blazeFace = Augmentation(
    name: "blazeface",
    transforms: [
      .enhance(Enhance()),
      .expand(Expand(ratio: 1...4, fill: RGB(red: 127, green: 127, blue: 127))),
      .anchorCrop(AnchorCrop()), .horizontalFlip(Flip(.leftRight)),
    ],
    interpolations: Interpolation.allCases,
    sides: [640]
  )

  /// What a recipe may name.
  package static let presets: [Augmentation] = [.none, .light, .yolov3, .blazeFace]

  /// The preset of a name.
  package static func preset(_ name: String) -> Augmentation? {
    presets.first { $0.name == name }
  }

  /// Applies the transforms in order, each with its own stream.
  package func apply(to sample: inout Sample, key: Key) {
    for (place, transform) in transforms.enumerated() {
      var random = key.random("\(transform.name)#\(place)")
      transform.body.apply(to: &sample, &random)
    }
  }

  /// What a sample's chance depends on.
  package struct Key: Sendable, Hashable {
    package var seed: UInt64
    package var step: Int
    package var sample: Int

    package init(seed: UInt64, step: Int, sample: Int) {
      self.seed = seed
      self.step = step
      self.sample = sample
    }

    /// The stream of a purpose.
    package func random(_ purpose: String) -> SampleRandom {
      // FNV-1a, since Swift's own hashes differ from process to process.
      let hash = purpose.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01B3
      }
      return SampleRandom(seed: seed, round: step, sample: sample, purpose: hash)
    }
  }
}
