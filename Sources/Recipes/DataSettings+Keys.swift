import Datasets
import Evaluation
import PluginKit

extension DataSettings {
  /// The keys that recipes may have.
  enum Keys {
    static let format = Parameter<DataFormat?>(
      "format",
      default: nil,
      doc: "How the labels are written."
    )
    static let root = Parameter<String>(
      required: "root",
      doc: "The folder that the other paths start from."
    )
    static let faults = Parameter<FaultPolicy>(
      "faults",
      default: .skip,
      doc: "Leave out what is broken and count it, or end at the first."
    )
    static let classes = Parameter<[String]>(
      "classes",
      default: [],
      doc: "Class names in order; none takes those of the annotations."
    )
    static let metric = Parameter<DetectionMetric?>(
      "metric",
      default: nil,
      doc: "The metric's form; none takes the format's own."
    )
    static let multiscale = Parameter<Bool>(
      "multiscale",
      default: false,
      doc: "Lets 'espalier eval' judge by WIDER FACE's multi-scale protocol."
    )

    static let presentOnly = Parameter<Bool>(
      "present_only",
      default: false,
      doc: "Judges by WIDER FACE's lists only the images that are there."
    )

    /// Every declared key but the splits, for the JSON Schema.
    static let specs = [
      format.spec, root.spec, faults.spec, classes.spec, metric.spec, multiscale.spec,
      presentOnly.spec,
    ]
    /// The splits, by key and what they are for.
    static let splits = [
      ("train", "The images to train on."), ("val", "The images to evaluate on."),
      ("test", "The images for the last figures."),
    ]

    static let ratios = Parameter<[Double]>(
      "ratios",
      default: SeededSplit.standard.ratios,
      elementsIn: 0.000001...1_000_000,
      doc: "The shares of train, val and test, or of the first two."
    )
    static let splitSeed = Parameter<Int>(
      "seed",
      default: SeededSplit.standard.seed,
      in: 0...Int.max,
      doc: "The seed by which images fall to parts."
    )
    /// The keys of `split`.
    static let splittingSpecs = [ratios.spec, splitSeed.spec]

    static let divisor = Parameter<Double>(
      "divisor",
      default: 1,
      in: 0.000001...1_000_000,
      doc: "What bytes are divided by first, such as 255."
    )
    static let mean = Parameter<[Double]>(
      "mean",
      default: [0, 0, 0],
      elementsIn: -1_000_000...1_000_000,
      doc: "What is taken off red, green and blue then."
    )
    static let deviation = Parameter<[Double]>(
      "deviation",
      default: [1, 1, 1],
      elementsIn: 0.000001...1_000_000,
      doc: "What they are divided by last."
    )
    static let order = Parameter<Normalization.Order>(
      "order",
      default: .rgb,
      doc: "The order of the channels."
    )
    /// The keys of `normalize` where it is a mapping.
    static let normalizationSpecs = [divisor.spec, mean.spec, deviation.spec, order.spec]
  }
}

extension FaultPolicy: ParameterChoice {}

extension DataFormat: ParameterChoice {}

extension DetectionMetric: ParameterChoice {}

extension Normalization.Order: ParameterChoice {}
