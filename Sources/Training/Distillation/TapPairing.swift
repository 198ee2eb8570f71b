import Graphs
package import Models
import Operators
package import PluginKit

/// Which values of two networks are compared.
package struct TapPairing {
  /// A value of each network.
  package struct Pair: Sendable, Hashable {
    package var student: String
    package var teacher: String
    /// Input pixels per pixel of the student's map.
    package var stride: Int?
    /// The channels of both, where they differ and a convolution is to bring them together.
    package var channels: Channels?
  }

  /// Channel counts on both sides.
  package struct Channels: Sendable, Hashable {
    package var student: Int
    package var teacher: Int

    package init(student: Int, teacher: Int) {
      self.student = student
      self.teacher = teacher
    }
  }

  private let student: Model
  private let teacher: Model
  private let adapts: Bool

  /// - Parameters:
  ///   - student: the network that is trained.
  ///   - teacher: the one that it is compared with.
  ///   - adapts: whether maps of unlike channel counts may be paired.
  package init(student: Model, teacher: Model, adapts: Bool) {
    self.student = student
    self.teacher = teacher
    self.adapts = adapts
  }

  /// The pairs of a loss's taps, in their order.
  ///
  /// - Throws: ``DistillError`` for values that are not there, find no partner or cannot be compared.
  package func pairs(of taps: [DistillTap], loss: String) throws(DistillError) -> [Pair] {
    var pairs: [Pair] = []
    for tap in taps {
      switch tap {
      case .outputs: pairs += try outputs(loss)
      case .features: pairs += try features(loss)
      case .named(let a, let b):
        let own = try value(a, "student", student)
        pairs.append(try pair(own, value(b, "teacher", teacher), loss, isOutput: false))
      }
    }
    guard !pairs.isEmpty else {
      throw .unpaired(loss: loss, what: "taps", student: "none", teacher: "none")
    }
    return pairs
  }

  private func outputs(_ loss: String) throws(DistillError) -> [Pair] {
    let own = ComparedOutputs(of: student).names
    let others = ComparedOutputs(of: teacher).names
    guard !own.isEmpty, !others.isEmpty else {
      throw .unpaired(
        loss: loss,
        what: "outputs of floats",
        student: Self.list(own),
        teacher: Self.list(others)
      )
    }
    var partners = own
    if !own.allSatisfy(others.contains) {
      if let matched = byStride(own, others) {
        partners = matched
      } else if own.count == others.count {
        partners = others
      } else {
        throw .unpaired(
          loss: loss,
          what: "outputs",
          student: Self.list(own),
          teacher: Self.list(others)
        )
      }
    }
    var pairs: [Pair] = []
    for (a, b) in zip(own, partners) { pairs.append(try pair(a, b, loss, isOutput: true)) }
    return pairs
  }

  private func features(_ loss: String) throws(DistillError) -> [Pair] {
    let own = HeadFeatures.names(in: student.graph, student.operators)
    let others = HeadFeatures.names(in: teacher.graph, teacher.operators)
    var pairs: [Pair] = []
    for a in own {
      guard let stride = Self.stride(of: a, in: student) else { continue }
      let same = own.filter { Self.stride(of: $0, in: student) == stride }
      let partners = others.filter { Self.stride(of: $0, in: teacher) == stride }
      guard !partners.isEmpty else { continue }
      guard same.count == partners.count, let place = same.firstIndex(of: a) else {
        throw .unpaired(
          loss: loss,
          what: "features of stride \(stride)",
          student: Self.list(same),
          teacher: Self.list(partners)
        )
      }
      pairs.append(try pair(a, partners[place], loss, isOutput: false))
    }
    guard !pairs.isEmpty else {
      throw .unpaired(
        loss: loss,
        what: "features",
        student: Self.list(own),
        teacher: Self.list(others)
      )
    }
    return pairs
  }

  /// The others in the order of their strides' owners; nil where strides do not tell them apart.
  private func byStride(_ own: [String], _ others: [String]) -> [String]? {
    let a = own.map { Self.stride(of: $0, in: student) }
    let b = others.map { Self.stride(of: $0, in: teacher) }
    guard own.count == others.count, Set(a).count == a.count, Set(a) == Set(b), !a.contains(nil)
    else { return nil }
    return a.compactMap { stride in b.firstIndex(of: stride).map { others[$0] } }
  }

  private func pair(
    _ a: String,
    _ b: String,
    _ loss: String,
    isOutput: Bool
  ) throws(DistillError) -> Pair {
    var pair = Pair(student: a, teacher: b, stride: Self.stride(of: a, in: student))
    guard let own = student.facts[a].sizes, let other = teacher.facts[b].sizes else { return pair }
    func refuse(_ reason: String) -> DistillError {
      .shapes(
        loss: loss,
        student: "'\(a)' of \(Self.text(own))",
        teacher: "'\(b)' of \(Self.text(other))",
        reason: reason
      )
    }
    guard own.count == other.count else { throw refuse("they differ in rank") }
    for (axis, (x, y)) in zip(own, other).enumerated() where axis > 0 {
      guard let x, let y, x != y else { continue }
      guard axis == 1, own.count == 4 else {
        throw refuse("take maps of one stride, at one input size")
      }
      guard !isOutput else {
        throw refuse("outputs are compared as they are: take a teacher of the same classes")
      }
      guard adapts else { throw refuse("'adapters: true' lets a 1x1 convolution be learned") }
      pair.channels = Channels(student: x, teacher: y)
    }
    return pair
  }

  /// A value by its own name, or by that of the node that makes it first of all.
  private func value(
    _ name: String,
    _ side: String,
    _ model: Model
  ) throws(DistillError) -> String {
    let nodes = model.graph.nodes
    let values = nodes.flatMap(\.outputs).filter { !$0.isEmpty }
    if values.contains(name) { return name }
    if let made = nodes.first(where: { $0.name == name })?.outputs.first(where: { !$0.isEmpty }) {
      return made
    }
    throw .unknownValue(
      name,
      side: side,
      model: model.name,
      nearest: nearest(to: name, in: values + nodes.map(\.name).filter { !$0.isEmpty })
    )
  }

  private static func stride(of name: String, in model: Model) -> Int? {
    guard let sizes = model.facts[name].shape, sizes.count == 4, sizes[2] > 0,
      let height = model.inputSizes.first(where: { $0.sizes?.count == 4 })?.sizes?[2]
    else { return nil }
    return height / sizes[2]
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
  }

  private static func text(_ sizes: [Int?]) -> String {
    sizes.map { $0.map(String.init) ?? "?" }.joined(separator: "x")
  }
}

/// The maps that a detector's last convolutions read: what its head makes predictions of.
enum HeadFeatures {
  /// The maps, in the order of the outputs that they lead to.
  static func names(in graph: Graph, _ operators: OperatorSet) -> [String] {
    var makers: [String: Node] = [:]
    for node in graph.nodes {
      for output in node.outputs { makers[output] = node }
    }
    var found: [String] = []
    var seen: Set<String> = []
    var open = graph.outputs.map(\.name).reversed() as [String]
    while let name = open.popLast() {
      guard seen.insert(name).inserted, let node = makers[name] else { continue }
      guard operators[node]?.weights != nil else {
        open += node.inputs.reversed().filter { !$0.isEmpty }
        continue
      }
      if let input = node.inputs.first, makers[input] != nil, !found.contains(input) {
        found.append(input)
      }
    }
    return found
  }
}
