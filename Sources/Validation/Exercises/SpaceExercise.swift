import Graphs
import ModelFormats
import PluginHost
import PluginKit

/// A space of networks.
struct SpaceExercise: Exercise {
  let space: any SearchSpace

  func material(_ inputs: Inputs, _ draw: inout Draw) throws -> DrawnSearch {
    try DrawnSearch(inputs, &draw)
  }

  func run(
    _ context: DrawnSearch,
    checking: Bool,
    _ draw: inout Draw
  ) throws -> [UInt64] {
    let dimensions = try space.dimensions(in: context)
    let start = try space.start(in: context)
    var bits = dimensions.flatMap {
      [
        UInt64(bitPattern: Int64($0.range.lowerBound)),
        UInt64(bitPattern: Int64($0.range.upperBound)),
      ]
    }
    bits += start.map { UInt64(bitPattern: Int64($0)) }
    guard try space.isFeasible(start, in: context) else {
      throw Finding.fail("the tokens where a search begins, \(start), are not feasible")
    }
    bits += try decode(start, context, checking)
    for _ in 0..<2 {
      let tokens = dimensions.map { Int.random(in: $0.range, using: &draw) }
      let feasible = try space.isFeasible(tokens, in: context)
      bits.append(feasible ? 1 : 0)
      if feasible { bits += try decode(tokens, context, checking) }
    }
    return bits
  }

  /// The digest of a network that must be one.
  private func decode(_ tokens: [Int], _ context: DrawnSearch, _ checking: Bool) throws -> [UInt64]
  {
    switch try space.network(tokens, in: context) {
    case .model(let bytes):
      if checking {
        do {
          try ONNX.graph(from: Bytes(bytes)).verify()
        } catch {
          throw Finding.fail("the network of \(tokens) is no right model: \(error)")
        }
      }
      return [bytes.reduce(0) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }]
    case .cuts(let plan):
      if checking {
        do {
          try context.pruning.check(plan, scorer: nil)
        } catch {
          throw Finding.fail("the cuts of \(tokens) cannot be made: \(error)")
        }
      }
      return plan.bits
    }
  }
}
