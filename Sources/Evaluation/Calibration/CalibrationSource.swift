import Datasets
import Detection
import Files
import Graphs
package import Models
import Operators

/// Which images without labels a step runs a network over.
package struct CalibrationSettings: Sendable, Hashable {
  /// A folder of images, an .npy file of inputs or a folder of those; nil takes the recipe's training images.
  package var path: String?
  /// Images to take, at most, evenly from all.
  package var images: Int
  /// How bytes become the network's input; nil takes the task's.
  package var normalization: String?

  /// Names the images; the recipe's training images where no path is given.
  package init(path: String? = nil, images: Int, normalization: String? = nil) {
    self.path = path
    self.images = images
    self.normalization = normalization
  }
}

/// Where a step's calibration images come from: its own folder or arrays, else the recipe's training images.
package struct CalibrationSource {
  package var settings: CalibrationSettings
  package var data: DataSettings?
  package var task: TaskSettings?
  /// The folder that relative paths start from.
  package var base: String

  package init(
    _ settings: CalibrationSettings,
    data: DataSettings? = nil,
    task: TaskSettings? = nil,
    base: String = "."
  ) {
    self.settings = settings
    self.data = data
    self.task = task
    self.base = base
  }

  /// The images as a model takes them.
  ///
  /// - Throws: ``CalibrationError``, `DataError`, what reading throws.
  package func images(for model: Model) throws -> any CalibrationImages {
    let path = settings.path.map { FilePath.path($0, from: base) }
    if let path, try Self.holdsArrays(path) {
      return try CalibrationArrays(model, path: path, limit: settings.images)
    }
    let dataset: Dataset
    if let path {
      dataset = try ImageFolder.read(path)
    } else if let data, let split = data.train {
      dataset = try data.dataset(split, base: base)
    } else {
      throw CalibrationError.noImages
    }
    guard let input = model.calibratedInput?.name else {
      throw ImageInputError(inputs: model.graph.requiredInputs.map(\.name))
    }
    guard let sizes = model.facts[input].sizes, sizes.count == 4,
      let height = sizes[2], let width = sizes[3]
    else {
      throw CalibrationError.openSize(input: input)
    }
    let named = try settings.normalization.map(CalibrationNormalization.read) ?? data?.normalization
    let preparation = try preparation(of: model, named)
    return CalibrationPictures(
      EvaluationImages(
        dataset,
        size: PixelSize(width: width, height: height),
        preparation: preparation,
        reading: ImageReading(policy: data?.faults ?? .refuse, cacheBytes: 0)
      ),
      input: input,
      limit: settings.images,
      batch: model.fixedBatch()?.count ?? 1
    )
  }

  /// How images become the model's input: as its task wants it, with the normalization that is named.
  private func preparation(
    of model: Model,
    _ named: Datasets.Normalization?
  ) throws -> ImagePreparation {
    let network = model.interface
    guard let task = task ?? TaskKind.recognized(network).map({ TaskSettings(kind: $0) }) else {
      guard let named else {
        throw CalibrationError.unknownPreparation(outputs: network.outputText)
      }
      return ImagePreparation(normalization: named)
    }
    var preparation = try task.kind.preparation(task.options, network)
    if let named { preparation.normalization = named }
    return preparation
  }

  /// Whether a path is an array or a folder of arrays.
  private static func holdsArrays(_ path: String) throws -> Bool {
    if path.hasSuffix(".npy") { return true }
    return try Folder.names(in: path).contains { $0.hasSuffix(".npy") }
  }
}
