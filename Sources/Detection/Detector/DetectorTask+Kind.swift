import Datasets
import PluginKit

extension TaskKind {
  /// Any detector whose outputs a head reads.
  package static let detector = TaskKind(
    DetectorTask.name,
    doc: "Any detector whose outputs a head reads, such as a YOLO or a DETR in ONNX.",
    matchesTeacher: true,
    options: HeadParameters.specs,
    recognizes: { (try? HeadKind.recognized($0)) != nil },
    preparation: { settings, network in
      let kind = try HeadParameters.kind(settings, network)
      return try HeadParameters.preparation(settings, of: kind, network)
    }
  ) { settings, subject in
    let network = try subject.required(by: DetectorTask.name)
    return try DetectorTask(HeadParameters.kind(settings, network), settings, subject, network)
  }
}

extension TaskSubject {
  /// The network.
  ///
  /// - Throws: ``DetectionError/unsupported(task:_:)`` where there is none yet.
  func required(by task: String) throws(DetectionError) -> NetworkInterface {
    guard let network else { throw .unsupported(task: task, "there is no network to read") }
    return network
  }
}

extension DetectorTask {
  /// The detector of a head with what settings say of it.
  ///
  /// - Throws: ``DetectionError`` where network, head and data do not fit.
  init(
    _ kind: HeadKind,
    _ settings: Settings,
    _ subject: TaskSubject,
    _ network: NetworkInterface
  ) throws {
    var options = try HeadParameters.options(settings, classes: subject.classes)
    options.expected = subject.count
    let head = try kind.head(network, options)
    let names = options.names.isEmpty ? ClassNames.of(network) : options.names
    self.init(
      kind.name,
      head,
      selection: try HeadParameters.selection(settings, of: kind),
      clips: try settings[HeadParameters.clip],
      classes: try ClassNames.places(
        of: names,
        count: head.classes ?? subject.classes,
        among: subject.classNames
      )
    )
  }
}
