import Detection
import Evaluation
import Files
import Graphs
package import Models
import PluginKit
package import Search
package import Tensors
import Training

/// Where a step of a run searches, and what both the program that asks and its workers make of it.
package struct SearchPlace {
  package let settings: SearchSettings
  package let networks: SearchedNetworks
  package let work: TrialWork
  /// The SHA-256 of the file of the network that the search begins from.
  package let network: String
  /// The folder of the search, in the run's folder.
  package let folder: String
  /// Of proposals and trainings.
  package let seed: UInt64

  /// Reads the network that the search begins from, and makes the space.
  ///
  /// - Parameters:
  ///   - settings: of the step.
  ///   - recipe: the run's.
  ///   - number: the step's, from 1.
  ///   - run: the run's folder.
  ///   - original: the model before the first step, for tasks that compare with it; nil reads it anew.
  ///   - device: where networks are trained and judged.
  ///   - environment: plugins, folders, and who is told.
  /// - Throws: what reading the network, making the space or the task refuses.
  package init(
    _ settings: SearchSettings,
    of recipe: Recipe,
    step number: Int,
    run: String,
    original: Model?,
    device: Device,
    _ environment: RunEnvironment
  ) throws {
    guard let task = recipe.task, let data = recipe.data else {
      throw SearchError.unusable("a recipe that searches needs 'task' and 'data'")
    }
    self.settings = settings
    folder = Self.folder(of: number, in: run)
    let file = Self.file(in: folder)
    let bytes = try File.bytes(of: file)
    network = unsafe bytes.withUnsafeBytes { raw in
      unsafe SHA256.hexadecimal(of: raw.bindMemory(to: UInt8.self).span)
    }
    let base = try Model.read(file, inputSize: recipe.inputSize)
    seed = settings.seed ?? recipe.seed
    networks = try SearchedNetworks(
      settings,
      base: base,
      classes: task.classes,
      seed: seed,
      folder: environment.base,
      registry: environment.registry,
      gradients: recipe.gradients(
        device: device,
        base: environment.base,
        seed: seed,
        tell: environment.tell
      )
    ) { environment.tell(.plugin($0, $1)) }
    var teacher: Model?
    if !task.kind.needsLabels {
      teacher =
        try recipe.namedTeacher(base: environment.base) ?? original
        ?? RecipeRun.startingModel(of: recipe, base: environment.base)
    }
    work = TrialWork(
      settings,
      networks: networks,
      run: TrialWork.Run(
        task: task,
        data: data,
        device: device,
        seed: seed,
        base: environment.base,
        folder: folder,
        teacher: teacher,
        stop: environment.stop,
        tell: environment.tell
      )
    )
  }

  /// The folder of a step's search.
  static func folder(of number: Int, in run: String) -> String { "\(run)/search/step-\(number)" }

  /// The file of the network that a search begins from.
  static func file(in folder: String) -> String { "\(folder)/network.onnx" }
}

@available(*, unavailable) extension SearchPlace: Sendable {}

extension Recipe {
  /// The model that a task without labels names to compare with; nil where it names none.
  ///
  /// - Throws: `ModelFailure`.
  func namedTeacher(base: String) throws -> Model? {
    guard let task, let teacher = task.kind.teacher else { return nil }
    let file = try task.options[teacher]
    guard !file.isEmpty else { return nil }
    return try Model.read(FilePath.path(file, from: base), inputSize: inputSize)
  }
}
