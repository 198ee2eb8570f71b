import Datasets
import Detection
import Files
import Glibc
import Models
import Tensors
import Training

/// Espalier's own side of `make bench-training`: steps of YOLOv3-MobileNetV1, as training.py does them.
enum TrainingBench {
  /// Prints the seconds of every step after some that are not timed, waiting for images included.
  ///
  /// - Parameter arguments: folder, list, width, side, batch, steps, and what convolutions compute in.
  /// - Throws: what the data, the model or a step refuse.
  static func run(_ arguments: [String]) throws {
    guard arguments.count == 7, let width = Double(arguments[2]), let side = Int(arguments[3]),
      let batch = Int(arguments[4]), let steps = Int(arguments[5]),
      let autocast = TrainSettings.Autocast(rawValue: arguments[6])
    else {
      print("usage: espalier-bench training VOC LIST WIDTH SIDE BATCH STEPS none|bfloat16")
      exit(2)
    }
    let device = try BenchDevice.chosen()
    try Runtime.setThreadCount(2)
    let data = try PascalVOC.read([PascalVOC.Part(root: arguments[0], list: arguments[1])])
    var augmentation = Augmentation.preset("light") ?? .none
    augmentation.sides = []
    let plan = TrainingPlan(
      batchSize: batch,
      size: PixelSize(width: side, height: side),
      augmentation: augmentation
    )
    let batches = try TrainingBatches(data, plan: plan, reading: ImageReading(policy: .skip))
    var settings = TrainSettings()
    settings.batch = batch
    settings.learningRate = 0.002
    settings.autocast = autocast
    let model = try Model.built(
      "yolov3_mobilenet_v1",
      classes: data.classes.count,
      form: NetworkForm(width: width),
      inputSize: [batch, 3, side, side]
    )
    let warm = 5
    let trainer = try Trainer(
      model,
      task: YOLOv3Task(classes: data.classes.count),
      settings: settings,
      steps: warm + steps,
      device: device
    )
    var (seconds, waiting): ([JSONValue], Double) = ([], 0)
    var processor = clock()
    for step in 0..<warm + steps {
      if step == warm { processor = clock() }
      let start = ContinuousClock.now
      let images = try batches.batch(step)
      let ready = ContinuousClock.now
      _ = try trainer.train(on: images)
      guard step >= warm else { continue }
      waiting += (ready - start) / .seconds(1)
      seconds.append(.double((ContinuousClock.now - start) / .seconds(1)))
    }
    try device.synchronize()
    let spent = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    let line: JSONValue = [
      "job": "training step", "peer": .string("Espalier, \(autocast.rawValue)"),
      "seconds": .array(seconds), "processor": .double(spent / Double(steps)),
      "waiting": .double(waiting / Double(steps)),
    ]
    print(line.line)
  }
}
