import PluginKit

/// A search space in a process of its own.
struct IsolatedSpace: SpaceImplementation {
  private let session: IsolatedSession

  init(_ strategy: IsolatedStrategy, settings: Settings) { session = strategy.session(settings) }

  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] {
    var answer = try call(.dimensions, [], context)
    return try answer.values()
  }

  func start(
    _ dimensions: [SearchDimension],
    in context: any SearchContext
  ) throws(PluginError) -> [Int] {
    var answer = try call(.start, [], context)
    let tokens: [Int] = try answer.values()
    try dimensions.check(tokens)
    return tokens
  }

  func isFeasible(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> Bool {
    var answer = try call(.feasible, tokens, context)
    return try answer.bool()
  }

  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork {
    var answer = try call(.network, tokens, context)
    return try answer.bool() ? .model(try answer.data()) : .cuts(try answer.value())
  }

  private func call(
    _ function: Dialogue.Function,
    _ tokens: [Int],
    _ context: any SearchContext
  ) throws(PluginError) -> Unpacker {
    let network = context.network
    let groups = try network?.groups ?? []
    let layer = tokens.isEmpty ? nil : "tokens " + tokens.map(String.init).joined(separator: ",")
    return try session.call(
      function,
      layer: layer,
      stops: { context.shouldStop },
      answering: {
        (question, unpacker, packer) throws(PluginError) in
        guard let network else { throw .garbled }
        try network.answer(question, groups, &unpacker, &packer)
      }
    ) { packer in
      packer.add(context.seed)
      packer.add(context.inputSize?.height)
      packer.add(context.inputSize?.width)
      packer.add(context.classes)
      packer.add(network != nil)
      packer.add(network?.seed ?? 0)
      packer.add(tokens)
    }
  }
}
