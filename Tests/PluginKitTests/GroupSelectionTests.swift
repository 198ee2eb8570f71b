import PluginKit
import Testing

/// Groups by name, as strategies' `include` and `exclude` give them.
struct GroupSelectionTests {
  /// A model of which nothing but the groups' names matters.
  private final class Names: PruningContext {
    let groups: [PruningGroup]

    init(_ names: [String]) {
      groups = names.enumerated().map {
        PruningGroup(index: $0, name: $1, op: "Conv", channels: 8, members: [])
      }
    }

    func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
      throw PluginError(.unimplemented, "no weights")
    }
    func importance(of group: PruningGroup) throws(PluginError) -> [Double] { [] }
    func model() throws(PluginError) -> [UInt8] { [] }
    func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] { [] }
  }

  private let model = Names(["stem", "head.0", "head.1", "head.10"])

  @Test(
    arguments: [
      ([], [], ["stem", "head.0", "head.1", "head.10"]),
      (["head.*"], ["head.1"], ["head.0", "head.10"]),
      (["head.1", "stem"], [], ["stem", "head.1"]),
      ([], ["head.1*"], ["stem", "head.0"]), (["stem"], ["*"], []),
    ] as [([String], [String], [String])]
  )
  func `takes what is included and not excluded, in the model's order`(
    included: [String],
    excluded: [String],
    names: [String]
  ) throws {
    let selection = GroupSelection(including: included, excluding: excluded)
    #expect(try selection.groups(of: model).map(\.name) == names)
    let settings = Settings(["include": .strings(included), "exclude": .strings(excluded)])
    #expect(try GroupSelection(settings: settings) == selection)
  }

  @Test(
    arguments: [
      (
        ["heed.0"], [],
        "\"heed.0\" in \"include\" matches no channel group; there are 4, such as \"head.0\";"
      ),
      (
        ["stem"], ["zzzzzzzzzz"],
        "\"exclude\" matches no channel group; there are 4, such as \"stem\", \"head.0\", \"head.1\";"
      ),
    ] as [([String], [String], String)]
  )
  func `a text that selects nothing is told with the nearest name`(
    included: [String],
    excluded: [String],
    message: String
  ) throws {
    let error = try #require(throws: PluginError.self) {
      try GroupSelection(including: included, excluding: excluded).groups(of: model)
    }
    #expect(error.code == .notFound)
    #expect(error.message.contains(message), "\(error.message)")
  }
}
