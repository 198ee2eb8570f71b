import Pruning
import Testing

/// A network of one segment whose table counts its channels; what it takes as a whole is invented.
struct BudgetSearchTests {
  private static let solver: WidthSolver = {
    let widths = Array(1...1000)
    let segment = WidthProblem.Choices(widths: widths, values: widths.map(Double.init))
    let width = Width(full: 1000, parts: [.init(segment: 0, count: 1)])
    return WidthSolver(
      WidthProblem(segments: [segment], terms: [CostTerm(input: width, rule: .product(1))])
    )
  }()

  private func run(
    _ amount: PruneTarget.Amount,
    isExact: Bool = false,
    corrections: Int = 5,
    _ cost: @escaping (Double) -> Double
  ) throws -> (BudgetSearch, BudgetSearch.Found) {
    var search = BudgetSearch(amount, isExact: isExact)
    search.corrections = corrections
    let found = try search.run(Self.solver, original: cost(1000)) { choice in
      .init(value: cost(Double(choice[0] + 1)), original: cost(1000))
    }
    return (search, found)
  }

  @Test func `a table that is right but for a factor is not corrected`() throws {
    let (search, found) = try run(.share(0.5)) { 0.02 * $0 }
    #expect(found.rounds.count == 1)
    #expect(abs(search.error(of: found.rounds[0].measured)) < 0.002)
  }

  @Test(arguments: [0.8, 0.65, 0.5])
  func `a part of the network that no cut makes faster is corrected once`(share: Double) throws {
    let (search, found) = try run(.share(share)) { 3 + 0.007 * $0 }
    #expect(found.rounds.count == 2)
    #expect(abs(search.error(of: found.rounds[0].measured)) > 0.02)
    #expect(abs(search.error(of: found.rounds[1].measured)) < 0.002)
    #expect(found.taken == 1)
  }

  @Test(arguments: [0.8, 0.65, 0.5])
  func `a cost that bends is closed in`(share: Double) throws {
    let (search, found) = try run(.share(share)) { 1 + 9 * ($0 / 1000) * ($0 / 1000) }
    #expect(abs(search.error(of: found.rounds[found.taken].measured)) <= 0.02)
    #expect(found.rounds.count <= 4)
  }

  @Test func `a number is a share of what the model takes now`() throws {
    let (search, found) = try run(.number(6)) { 0.01 * $0 }
    #expect(abs(search.error(of: found.rounds[0].measured)) < 0.002)
    #expect(found.rounds[0].predicted == found.rounds[0].measured.value)
  }

  @Test func `what meets the goal by chance is measured again`() throws {
    var calls = 0
    let search = BudgetSearch(.share(0.5), isExact: false)
    let found = try search.run(Self.solver, original: 1000) { choice in
      calls += 1
      // The first measurement meets the goal, every other says the truth, which is a fifth more.
      return .init(value: Double(choice[0] + 1) * (calls == 1 ? 1 : 1.2), original: 1000)
    }
    #expect(calls > 2)
    #expect(abs(search.error(of: found.rounds[found.taken].measured)) <= 0.02)
    #expect(found.taken > 0)
  }

  @Test func `the nearest cut is taken where corrections end`() throws {
    // A step at 500 that nothing lies between.
    let (search, found) = try run(.share(0.5), corrections: 4) { $0 < 500 ? 3 : 8 + $0 / 500 }
    let errors = found.rounds.map { abs(search.error(of: $0.measured)) }
    #expect(errors[found.taken] == errors.min())
    #expect(found.rounds.count <= 5)
  }

  @Test func `a counted cost is not exceeded`() throws {
    // The table lacks a part that shrinks too.
    let (search, found) = try run(.share(0.5), isExact: true) {
      $0 + 100 * ($0 / 1000) * ($0 / 1000)
    }
    let error = search.error(of: found.rounds[found.taken].measured)
    #expect(error <= 0 && error > -0.005, "\(error)")
  }

  @Test func `the least widths are measured before they are said not to suffice`() throws {
    let (search, found) = try run(.share(0.1)) { 500 + $0 / 2 }
    let taken = found.rounds[found.taken]
    #expect(taken.choice == [0])
    #expect(search.error(of: taken.measured) > 1)
  }
}
