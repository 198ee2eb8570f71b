import Datasets
import Detection
import Files
import Graphs
import Models
import PluginHost
import Tensors
import Training

/// Times steps of distillation: YOLOv3-ResNet34 teaches YOLOv3-MobileNetV1 by the split loss, batches of 2 at 320.
enum DistillBench {
  private static let classes = 20
  private static let side = 320

  /// Prints one JSON line: seconds of each step, and the most memory that the process held.
  static func run(steps: Int, precision: String) throws {
    let device = try BenchDevice.chosen()
    try Runtime.setThreadCount(2)
    let sizes = [2, 3, side, side]
    let student = try Model.built("yolov3_mobilenet_v1", classes: classes, inputSize: sizes)
    let teacher = try Model.built("yolov3_resnet34", classes: classes, inputSize: sizes, seed: 1)
    var settings = DistillSettings()
    settings.losses = [.init("split")]
    settings.precision = precision == "bfloat16" ? .bfloat16 : .none
    settings.train.batch = 2
    settings.train.learningRate = 1e-6
    let distillation = try Distillation(
      settings,
      student: student,
      teacher: teacher,
      registry: PluginRegistry(policy: .standard()),
      device: device
    )
    let trainer = try Trainer(
      student,
      task: YOLOv3Task(classes: classes),
      settings: settings.train,
      steps: steps,
      device: device,
      distillation: distillation
    )
    var seconds: [Double] = []
    for step in -3..<steps {
      let batch = drawnBatch(step, count: 2, side: side)
      let start = ContinuousClock.now
      _ = try trainer.train(on: batch)
      if step >= 0 { seconds.append((ContinuousClock.now - start) / .seconds(1)) }
    }
    let line: JSONValue = [
      "job": "distillation step", "peer": .string("Espalier, teacher in \(precision)"),
      "seconds": .array(seconds.map { .double($0) }),
      "peak_mib": .int(try BenchDevice.peak(of: device)),
    ]
    print(line.line)
  }
}
