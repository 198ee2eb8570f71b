import Architectures
import Datasets
import Detection
import Foundation
import Graphs
import Models
import Operators
import Pruning
import Tensors
import TestNetworks
import Testing
import Training

/// What a GPU computes, beside the same on the CPU.
@Suite(.serialized, .enabled("no NVIDIA GPU") { GPU.isPresent })
struct CUDATests {
  private static let classes = 3
  private static let side = 96

  private func model(width: Double = 0.25, seed: UInt64 = 0) throws -> Model {
    try Model.built(
      "yolov3_mobilenet_v1",
      classes: Self.classes,
      form: NetworkForm(width: width),
      inputSize: [2, 3, Self.side, Self.side],
      seed: seed
    )
  }

  private func batch(_ step: Int) -> ImageBatch {
    let shape = [2, 3, Self.side, Self.side]
    let pixels = RandomArray.draw(.float32, shape: shape, seed: UInt64(step), name: "images")
    let boxes = [
      TargetBox(centerX: 0.3, centerY: 0.4, width: 0.1, height: 0.2, category: 0),
      TargetBox(centerX: 0.5, centerY: 0.5, width: 0.9, height: 0.8, category: 2),
    ]
    let size = PixelSize(width: Self.side, height: Self.side)
    return ImageBatch(
      indices: [0, 1],
      paths: ["drawn", "drawn"],
      originalSizes: [size, size],
      size: size,
      pixels: pixels?.floats ?? [],
      targets: [boxes, [boxes[1]]]
    )
  }

  /// What a step has done on one device.
  private struct Trace {
    var losses: [Double] = []
    /// How far each weight moved, all in one row.
    var moves: [Float] = []
  }

  /// Takes some steps on one device.
  private func trace(
    on device: Device,
    steps: Int = 1,
    distilling: DistillSettings? = nil,
    _ change: (inout TrainSettings) -> Void = { _ in }
  ) throws -> Trace {
    var settings = TrainSettings()
    settings.batch = 2
    settings.learningRate = 0.001
    settings.ema = 0.9
    change(&settings)
    let student = try model()
    let distillation = try distilling.map {
      try Distillation(
        $0,
        student: student,
        teacher: try model(width: 0.5, seed: 1),
        registry: DistillProblem.registry(),
        device: device
      )
    }
    let trainer = try Trainer(
      student,
      task: YOLOv3Task(classes: Self.classes),
      settings: settings,
      steps: steps,
      device: device,
      distillation: distillation
    )
    var trace = Trace()
    for step in 0..<steps { trace.losses.append(try trainer.train(on: batch(step)).loss) }
    #expect(try trainer.isFinite())
    let before = student.graph.constants
    for (name, weight) in try trainer.graph().constants where weight.type == .float32 {
      let known = before[name]?.floats ?? []
      trace.moves += zip(weight.floats ?? [], known).map { $0 - $1 }
    }
    return trace
  }

  /// ‖a − b‖ / ‖b‖.
  private func distance(_ a: [Float], _ b: [Float]) -> Double {
    func norm(_ values: [Float]) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return a.count == b.count ? norm(zip(a, b).map { $0 - $1 }) / norm(b) : .infinity
  }

  private func agree(_ gpu: [Double], _ cpu: [Double], within tolerance: Double) -> Bool {
    zip(gpu, cpu).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
  }

  /// Checks a step's loss and what it moved against the CPU's.
  ///
  /// Batch norm sees few values here, so that gradients hang on the order of sums: how far the CPU's own two memory formats are
  /// from each other is the measure. Later steps are not compared, since those part as far on the CPU alone.
  private func expectTheCPUs(
    distilling: DistillSettings? = nil,
    _ change: (inout TrainSettings) -> Void = { _ in }
  ) throws {
    let gpu = try trace(on: GPU.device, distilling: distilling, change)
    let cpu = try trace(on: .cpu, distilling: distilling, change)
    let other = try trace(on: .cpu, distilling: distilling) {
      change(&$0)
      $0.channelsLast.toggle()
    }
    #expect(agree(gpu.losses, cpu.losses, within: 1e-5), "\(gpu.losses), \(cpu.losses)")
    let (apart, own) = (distance(gpu.moves, cpu.moves), distance(other.moves, cpu.moves))
    #expect(apart <= 3 * own + 0.001, "\(apart) against \(own)")
  }

  // Adam's first step is the gradient's sign, which tells nothing of its size; it is compared all the same.
  @Test(arguments: TrainSettings.Optimiser.allCases, [false, true])
  func `a training step has the CPU's loss and gradient`(
    optimiser: TrainSettings.Optimiser,
    channelsLast: Bool
  ) throws {
    try expectTheCPUs {
      $0.optimiser = optimiser
      $0.channelsLast = channelsLast
      $0.clip = 10
    }
  }

  @Test func `many steps bring the loss down`() throws {
    let losses = try trace(on: GPU.device, steps: 60).losses
    let (first, last) = (losses[..<5].reduce(0, +), losses[55...].reduce(0, +))
    #expect(last < first / 2, "\(losses)")
  }

  @Test(arguments: [TrainSettings.Autocast.bfloat16, .float16])
  func `autocast narrows what is computed`(autocast: TrainSettings.Autocast) throws {
    let wide = try trace(on: GPU.device).losses
    let narrow = try trace(on: GPU.device) { $0.autocast = autocast }.losses
    #expect(wide != narrow)
    #expect(agree(narrow, wide, within: 0.03), "\(narrow), \(wide)")
  }

  @Test(
    .enabled("the plugins are not built: run make build") { DistillProblem.areBuilt },
    arguments: ["split", "l2", "fsp", "cwd", "mimic"]
  )
  func `distillation has the CPU's loss and gradient while the teacher has a stream of its own`(
    loss: String
  ) throws {
    let settings = DistillProblem.settings(.init(loss))
    try expectTheCPUs(distilling: settings)
  }

  @Test(.enabled("the plugins are not built: run make build") { DistillProblem.areBuilt })
  func `a teacher in bfloat16 is near the one in float32`() throws {
    var settings = DistillProblem.settings(.init("split"))
    let wide = try trace(on: GPU.device, distilling: settings).losses
    settings.precision = .bfloat16
    let narrow = try trace(on: GPU.device, distilling: settings).losses
    #expect(wide != narrow)
    #expect(agree(narrow, wide, within: 0.03), "\(narrow), \(wide)")
  }

  @Test(arguments: [
    YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3),
    YOLOv3(backbone: .resnet34, classes: 3), YOLOv3(backbone: .resnet50vdDCN, classes: 3),
  ])
  func `detectors have the CPU's outputs`(model: YOLOv3) throws {
    let graph = try model.graph(size: ImageSize(64), batch: 1)
    let image = try Tensor(
      RandomArray.draw(.float32, shape: [1, 3, 64, 64], seed: 1, name: "x")?.floats ?? [],
      shape: [1, 3, 64, 64]
    )
    let inputs = [graph.inputs[0].name: image]
    func run(_ device: Device, _ mode: Session.Mode) throws -> [String: Tensor] {
      try Session(graph, operators: .standard, device: device, mode: mode).run(inputs)
    }
    let cpu = try run(.cpu, .plain)
    for mode in [Session.Mode.plain, .fast] {
      for (name, tensor) in try run(GPU.device, mode) {
        #expect(tensor.device == GPU.device)
        let expected = try #require(try cpu[name]?.floats())
        let scale = expected.map(abs).reduce(1, max)
        let worst = zip(try tensor.floats(), expected).map { abs($0 - $1) }.reduce(0, max)
        #expect(worst <= 1e-4 * scale, "\(name): \(worst)")
      }
    }
  }

  @Test func `cuts are judged as if they were cut`() throws {
    let graph = try YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3)
      .graph(size: ImageSize(64), batch: 1)
    let all = try JudgedModel(graph, ratios: [0.5]).pruning.groups.groups.map(\.name)
    let some = all.indices.filter { $0 % 9 == 1 }.map { all[$0] }
    let judged = try JudgedModel(
      graph,
      ratios: [0.3],
      images: 1,
      groups: some,
      device: GPU.device
    )
    #expect(try judged.worst().difference <= 1e-5)
  }

  @Test func `a stream begins behind the usual one, and its work is there after it was joined`()
    throws
  {
    let stream = try Stream(on: GPU.device)
    // Products that take milliseconds, so that who does not wait reads what is not there yet.
    let side = 4096
    let ones = try Tensor.full([side, side], 1, device: GPU.device)
    for step in 1...10 {
      let first = try ATen.one("mm", ATen.one("mul", "Scalar", ones, Double(step)), ones)
      let second = try stream.enqueue { try ATen.one("mm", first, ones) }
      try stream.join()
      let difference = try ATen.one("sub", "Tensor", second, first)
      let wanted = Double(step * (side * side - side))
      #expect(try ATen.one("min", difference).doubles() == [wanted])
      #expect(try ATen.one("max", difference).doubles() == [wanted])
    }
  }

  @Test func `the usual stream is the current one again, whatever happens`() throws {
    struct Stop: Error {}
    let stream = try Stream(on: GPU.device)
    func current() throws -> Int { unsafe Int(bitPattern: try GPU.device.currentStream()) }
    let usual = try current()
    var (inside, nested): (Int, (any Error)?) = (usual, nil)
    do {
      try stream.enqueue {
        inside = try current()
        do { try stream.enqueue {} } catch { nested = error }
        throw Stop()
      }
      Issue.record("nothing was thrown")
    } catch is Stop {}
    #expect(inside != usual)
    #expect(nested is TensorError)
    #expect(try current() == usual)
  }

  @Test func `memory and time of the device are counted`() throws {
    let before = try Runtime.memory(of: GPU.device)
    #expect(before.total >= before.available && before.available > 0)
    let (start, end) = (
      try Event(on: GPU.device, timing: true), try Event(on: GPU.device, timing: true)
    )
    try start.record()
    let block = try Tensor.full([1 << 20], 1, device: GPU.device)
    try end.record()
    try end.synchronize()
    #expect(try start.milliseconds(to: end) > 0)
    #expect(try Runtime.memory(of: GPU.device).allocated >= before.allocated + 4 << 20)
    #expect(try block.floats().first == 1)
  }
}
