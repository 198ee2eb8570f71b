package import Datasets
import Graphs
package import Models
import Operators

/// The only number of images that a network takes at once, and what makes it so.
package struct FixedBatch: Sendable, Hashable {
  /// Images of one run.
  package let count: Int
  /// The node or output that allows no other number.
  package let place: String
  /// What would happen there.
  package let reason: String

  /// The count with its place and reason, as messages continue after a model's name.
  package var text: String {
    "takes \(count) image\(count == 1 ? "" : "s") at once, which \(place) fixes (\(reason))"
  }

  /// The multiples next to a number that the network cannot take, as a cure.
  package func multiples(near batch: Int) -> String {
    let below = batch / count * count
    return below == 0 ? "\(count)" : "\(below) or \(below + count)"
  }
}

extension Model {
  /// The number of images that the nodes insist on, whether the input states it or not; nil where any will do, or where it cannot be known.
  ///
  /// A stated batch alone fixes nothing: many files state 1 and take any number.
  ///
  /// - Parameter size: the images' size; nil takes that of the analysis.
  /// - Returns: the number and what fixes it.
  package func fixedBatch(of size: PixelSize? = nil) -> FixedBatch? {
    BatchProbe(self, size: size)?.fixed
  }

  /// The model, analysed with the number of images that it takes.
  ///
  /// - Throws: `OperatorError` where it does not take it after all.
  package func keepingBatch() throws -> Model {
    guard let probe = BatchProbe(self), let fixed = probe.fixed else { return self }
    return try Model(name, graph, sizes: probe.sizes(fixed.count), operators: operators)
  }
}

/// Analyses a network with numbers of images that it does not state, to see whether it takes them.
struct BatchProbe {
  /// What stands in the way of another number of images.
  struct Obstacle: Hashable {
    let place: String
    let reason: String
    /// The number of images that the place has built in, where it shows.
    var builtIn: Int?
  }

  /// An input whose first axis counts images.
  private struct Input {
    let name: String
    let rest: [Int]
    let symbol: String?
  }

  /// How many times the known number of images is tried: large enough that no size grows as much by chance.
  private static let factor = 7

  private let model: Model
  private let inputs: [Input]
  private let stated: Int?

  /// Nil where the sizes of an image are not known.
  init?(_ model: Model, size: PixelSize? = nil) {
    guard let images = model.calibratedInput ?? model.graph.requiredInputs.first,
      let dimensions = images.type.shape?.dimensions, !dimensions.isEmpty
    else { return nil }
    self.model = model
    let stated = model.statedBatch(of: images)
    self.stated = stated
    var inputs: [Input] = []
    for input in model.graph.requiredInputs {
      guard let first = input.type.shape?.dimensions.first else { continue }
      var symbol: String?
      switch first {
      // A vector that states its length, such as a threshold, counts no images.
      case .known(let count):
        guard input.name == images.name || count == stated && (input.type.shape?.rank ?? 0) > 1
        else { continue }
      case .symbolic(let name): symbol = name
      case .unknown: break
      }
      guard let sizes = model.facts[input.name].sizes else { continue }
      var rest = sizes.dropFirst().compactMap(\.self)
      guard rest.count == sizes.count - 1 else {
        if input.name == images.name { return nil }
        continue
      }
      if let size, input.name == images.name, rest.count == 3 {
        rest = [rest[0], size.height, size.width]
      }
      inputs.append(Input(name: input.name, rest: rest, symbol: symbol))
    }
    self.inputs = inputs
  }

  /// The number of images that is built in, if any is.
  var fixed: FixedBatch? {
    let known = stated ?? 1
    // What cannot be analysed at all says nothing about batches.
    guard let facts = try? facts(known) else { return nil }
    guard let obstacle = obstacle(from: known, facts, to: known * Self.factor) else { return nil }
    var count = known
    if stated == nil, let builtIn = obstacle.builtIn, (try? self.facts(builtIn)) != nil {
      count = builtIn
    }
    return FixedBatch(count: count, place: obstacle.place, reason: obstacle.reason)
  }

  /// The sizes of an analysis with a number of images.
  func sizes(_ count: Int) -> InputSizes {
    var sizes = model.facts.sizes
    for input in inputs {
      sizes.inputs[input.name] = [count] + input.rest
      if let symbol = input.symbol { sizes.symbols[symbol] = count }
    }
    return sizes
  }

  private func facts(_ count: Int) throws(OperatorError) -> GraphFacts {
    try GraphFacts(model.graph, operators: model.operators, sizes: sizes(count))
  }

  private func obstacle(from count: Int, _ known: GraphFacts, to other: Int) -> Obstacle? {
    let found: GraphFacts
    do throws(OperatorError) { found = try facts(other) } catch {
      guard case .at(let node, let reason) = error else {
        return Obstacle(place: "the graph", reason: "\(error)")
      }
      return Obstacle(place: node, reason: "\(reason)")
    }
    var trace = BatchTrace(
      model.graph,
      few: (count, known),
      many: (other, found),
      from: inputs.map(\.name)
    )
    return trace.obstacle()
  }
}
