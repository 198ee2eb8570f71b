import Datasets
import Detection
import Evaluation
import Models
import Operators
import Tensors

/// What executes a model that is evaluated: our session on a device, or a runtime of others.
enum Execution {
  case session(Device)
  case runtime(InferenceLibrary, InferenceNetwork.Settings)

  /// As `option` names it: espalier, onnxruntime or openvino; the latter two execute files alone.
  init(_ invocation: Invocation, _ option: Option, isFile: Bool) throws {
    let settings = try RuntimeOptions.settings(invocation)
    let name = invocation.value(option) ?? "espalier"
    if name == "espalier" {
      for foreign in [RuntimeOptions.precision] + RuntimeOptions.libraries
      where invocation.value(foreign) != nil {
        throw UsageError.needs(
          "--\(option.name) onnxruntime or openvino",
          because: "'--\(foreign.name)' is for runtimes of others"
        )
      }
      // Without the option torch's own choice stands, which heeds OMP_NUM_THREADS and the cores that the process may use.
      if invocation.value(RuntimeOptions.threads) != nil {
        try Runtime.setThreadCount(settings.threads)
      }
      self = .session(try invocation.device())
      return
    }
    guard let kind = InferenceKind(rawValue: name) else {
      throw UsageError.badValue(option.name, name, wanted: "espalier, onnxruntime or openvino")
    }
    guard isFile else {
      let wanted = "espalier, which alone executes what is no ONNX file"
      throw UsageError.badValue(option.name, name, wanted: wanted)
    }
    guard invocation.value(.device) == nil else {
      throw UsageError.conflict(option.name, Option.device.name)
    }
    self = .runtime(try RuntimeOptions.library(kind, invocation), settings)
  }

  /// The runtime of others and its version.
  var title: String? {
    guard case .runtime(let library, _) = self else { return nil }
    return "\(library.kind.title) \(library.version)"
  }

  /// A model, ready for batches of images of a size.
  ///
  /// - Returns: the network, the number of images it takes, and whether it takes no other.
  /// - Throws: `EvaluationError` for a size that the model does not take.
  func ready(
    _ model: Model,
    _ batch: Int,
    _ size: PixelSize,
    task: (any DetectionTask)? = nil
  ) throws -> (network: any EvaluatedNetwork, batch: Int, isFixed: Bool) {
    switch self {
    case .session(let device):
      let (resized, batch, isFixed) = try Self.resized(model, batch, size)
      let session = Session(
        resized.operators.simulatingQuantization(resized.graph),
        operators: resized.operators.withRounding,
        device: device,
        mode: .fast,
        memory: 0
      )
      return (session, batch, isFixed)
    case .runtime(let library, let settings):
      // The file is executed as it is; a runtime prepares it for one number of images.
      let batch = model.fixedBatch(of: size)?.count ?? model.statedBatch ?? batch
      let network = try RuntimeNetwork(
        model,
        shape: [batch, 3, size.height, size.width],
        companions: task?.companions(images: batch, inputSize: size) ?? [:],
        in: library,
        settings: settings
      )
      return (network, batch, true)
    }
  }

  /// A model, ready for single images of any size, one after the other.
  ///
  /// - Returns: what executes it for an image of a size.
  /// - Throws: `EvaluationError` for a model that takes no other size than its own.
  func ready(
    _ model: Model
  ) throws -> (PixelSize) throws -> any EvaluatedNetwork {
    // Neither is what a file would state: a node that depends on its size shows.
    for size in [PixelSize(width: 200, height: 136), PixelSize(width: 333, height: 251)] {
      try check(model, size)
      _ = try model.resized(batch: 1, to: size)
    }
    if case .session = self {
      // A session asks for no sizes.
      let network = try ready(model, 1, PixelSize(width: 320, height: 320)).network
      return { _ in network }
    }
    var last: (size: PixelSize, network: any EvaluatedNetwork)?
    return { size in
      if let last, last.size == size { return last.network }
      last = nil
      let network = try ready(model, 1, size).network
      last = (size, network)
      return network
    }
  }

  /// Refuses a size that the model's file does not have, where the file is executed as it is.
  func check(_ model: Model, _ size: PixelSize) throws {
    guard case .runtime(let library, _) = self, let stated = try model.imageSize, stated != size
    else { return }
    throw EvaluationError.input(
      model: model.name,
      "\(library.kind.title) executes it as it is stated, at \(stated.height)x\(stated.width), not at "
        + "\(size.height)x\(size.width); leave --sizes out, or export the model at that size"
    )
  }

  private static func resized(
    _ model: Model,
    _ batch: Int,
    _ size: PixelSize
  ) throws -> (Model, batch: Int, isFixed: Bool) {
    // Nodes that depend on a batch keep it.
    if let fixed = model.fixedBatch(of: size)?.count {
      return (try model.resized(batch: fixed, to: size), fixed, true)
    }
    do { return (try model.resized(batch: batch, to: size), batch, false) } catch {
      guard let stated = model.statedBatch else { throw error }
      return (try model.resized(batch: stated, to: size), stated, true)
    }
  }
}
