import Datasets
import PluginKit

extension TaskKind {
  /// Any detector whose outputs a head reads.
  package static let detector = TaskKind(
    DetectorTask.name,
    doc: "Any detector whose outputs a head reads, such as a YOLO or a DETR in ONNX.",
    options: HeadParameters.specs,
    recognizes: { (try? HeadKind.recognized($0)) != nil },
    preparation: { settings, network in
      let kind = try HeadParameters.kind(settings, network)
      return try HeadParameters.preparation(settings, of: kind, network)
    }
  ) { settings, subject in
    guard let network = subject.network else {
      throw DetectionError.unsupported(task: DetectorTask.name, "there is no network to read")
    }
    let kind = try HeadParameters.kind(settings, network)
    var options = try HeadParameters.options(settings, classes: subject.classes)
    options.expected = subject.count
    let head = try kind.head(network, options)
    let names = options.names.isEmpty ? ClassNames.of(network) : options.names
    return DetectorTask(
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
