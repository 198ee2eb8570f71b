import PluginKit
import Training

extension DistillSettings {
  /// The keys that recipes may have.
  enum Keys {
    static let taskWeight = Parameter<Double>(
      "task_weight",
      default: 1,
      in: 0...1_000_000,
      doc: "What the task's own loss is multiplied by; 0 leaves it out."
    )
    static let adapters = Parameter<Bool>(
      "adapters",
      default: true,
      doc: "Whether maps of unlike channel counts meet by a learned 1x1 convolution."
    )
    static let precision = Parameter<TrainSettings.Autocast>(
      "teacher_precision",
      default: .none,
      among: [.none, .bfloat16],
      doc: "The type in which the teacher's convolutions compute; none for float32."
    )
    static let cache = Parameter<String>(
      "teacher_cache",
      default: "",
      doc: "A folder that keeps the teacher's values; for images that stay the same."
    )

    /// Every declared key of the step's own, for the JSON Schema.
    static let specs = [taskWeight.spec, adapters.spec, precision.spec, cache.spec]
  }
}
