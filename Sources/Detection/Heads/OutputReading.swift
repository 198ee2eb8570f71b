package import Datasets
import PluginKit

/// How a network's outputs are read where nobody says: by which task or head, why, and what it implies.
package struct OutputReading: Sendable, Hashable {
  /// What reads them; nil where nothing known does.
  package let head: String?
  /// Why, in the words of what was seen; of no head what does not fit.
  package let reason: String
  /// The head that fits most, where none does.
  package let nearest: String?
  /// How images are prepared, where a head reads the outputs.
  package let preparation: ImagePreparation?
  /// The number of classes, where outputs or names say it.
  package let classes: Int?
  /// How many of them the file names.
  package let namedClasses: Int

  /// - Parameter network: as inspection finds it.
  package init(_ network: NetworkInterface) {
    namedClasses = ClassNames.of(network).count
    if let kind = TaskKind.recognized(network), kind != .detector {
      head = kind.name
      reason = "the outputs are those of task '\(kind.name)'"
      nearest = nil
      preparation = try? kind.preparation(.init(), network)
      classes = nil
      return
    }
    do throws(DetectionError) {
      let (kind, reason) = try HeadKind.recognized(network)
      head = kind.name
      self.reason = reason
      nearest = nil
      preparation = kind.preparation(network)
      let counted = (try? kind.head(network, HeadOptions()))?.classes
      classes = counted ?? (namedClasses > 0 ? namedClasses : nil)
    } catch {
      (head, preparation, classes) = (nil, nil, nil)
      if case .unrecognized(_, let nearest, let reason) = error {
        self.nearest = nearest
        self.reason = reason
      } else {
        nearest = nil
        reason = "\(error)"
      }
    }
  }
}

extension OutputReading {
  /// A line for people; nil for a network that is not like a detector.
  package var line: String? {
    guard let head else {
      return nearest.map { "no known head; the nearest is '\($0)', but \(reason)" }
    }
    let count = classes.map { count in
      let names = namedClasses == 0 ? "the file names none" : "the file names \(namedClasses)"
      return "; \(count) \(count == 1 ? "class" : "classes"), \(names)"
    }
    return "\(head), since \(reason)\(count ?? "")"
  }
}

extension ImagePreparation {
  /// What is done to pictures, for people: `RGB / 255, letterbox on grey 114`.
  package var words: String {
    var parts = [normalization.order.rawValue.uppercased()]
    if normalization.mean.contains(where: { $0 != 0 }) {
      parts.append("- \(Self.listed(normalization.mean.map { $0 * normalization.divisor }))")
    }
    let divisors = normalization.deviation.map { $0 * normalization.divisor }
    if divisors.contains(where: { $0 != 1 }) { parts.append("/ \(Self.listed(divisors))") }
    let filled = fit == .stretch ? "stretch" : "\(fit.rawValue) on grey \(fill)"
    return parts.joined(separator: " ") + ", " + filled
  }

  /// Numbers of channels, one where all are equal.
  private static func listed(_ values: [Double]) -> String {
    let texts = values.map { value in
      let rounded = (value * 1000).rounded() / 1000
      return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
    return Set(texts).count == 1 ? texts[0] : "(\(texts.joined(separator: ", ")))"
  }
}
