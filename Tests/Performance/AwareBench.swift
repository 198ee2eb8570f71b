import Datasets
import Detection
import Evaluation
import Files
import Glibc
import Graphs
import Models
import PluginHost
import Quantization
import Tensors
import Training

/// Times training with rounded values: YOLOv3-MobileNetV1 at width 0.25, batches of 8 at 320, by the strategy `aware`.
enum AwareBench {
  private static let classes = 3
  private static let side = 320
  private static let count = 8

  /// Images of noise, for calibration.
  private struct Noise: CalibrationImages {
    let input: String
    var count: Int { 4 }

    func inputs(_ index: Int) throws -> [String: Tensor] {
      let batch = drawnBatch(index, count: 1, side: side)
      return [input: try Tensor(batch.pixels, shape: [1, 3, side, side])]
    }
  }

  /// Prints one JSON line: seconds of each step, and the most memory that the process held.
  static func run(steps: Int) throws {
    let device = Device.cpu
    try Runtime.setThreadCount(2)
    let model = try Model.built(
      "yolov3_mobilenet_v1",
      classes: classes,
      form: NetworkForm(width: 0.25),
      inputSize: [count, 3, side, side]
    )
    var settings = QuantizeSettings(strategy: "aware")
    settings.train = TrainSettings()
    settings.train?.batch = count
    settings.train?.learningRate = 1e-6
    var surroundings = QuantizeStep.Surroundings(
      registry: PluginRegistry(policy: .standard())
    )
    surroundings.device = device
    // What is timed is the training that the strategy asks for; nothing is made of it.
    surroundings.train = { rounding, settings in
      try time(rounding, settings, steps: steps, on: device)
      exit(0)
    }
    _ = try QuantizeStep.run(
      model,
      settings: settings,
      images: Noise(input: model.graph.inputs[0].name),
      surroundings: surroundings
    )
  }

  private static func time(
    _ model: Model,
    _ settings: TrainSettings,
    steps: Int,
    on device: Device
  ) throws {
    let trainer = try Trainer(
      model,
      task: YOLOv3Task(classes: classes),
      settings: settings,
      steps: steps,
      device: device
    )
    var seconds: [Double] = []
    for step in -3..<steps {
      let batch = drawnBatch(step, count: count, side: side)
      let start = ContinuousClock.now
      _ = try trainer.train(on: batch)
      if step >= 0 { seconds.append((ContinuousClock.now - start) / .seconds(1)) }
    }
    let line: JSONValue = [
      "job": "step with rounded values", "peer": "Espalier, aware",
      "seconds": .array(seconds.map { .double($0) }),
      "peak_mib": .int(try BenchDevice.peak(of: device)),
    ]
    print(line.line)
  }
}
