import Pruning
import Testing

struct PruneTargetTests {
  @Test(
    arguments: [
      ("12ms", .latency, .number(12)), ("0.6x", .latency, .share(0.6)), ("60%", .macs, .share(0.6)),
      ("800us", .latency, .number(0.8)), ("1.5s", .latency, .number(1500)),
      ("1.2G", .macs, .number(1.2e9)), ("300 M", .macs, .number(3e8)),
      ("5000", .macs, .number(5000)),
      ("3MB", .size, .number(3e6)), ("2MiB", .size, .number(2_097_152)), ("9B", .size, .number(9)),
    ] as [(String, PruneTarget.Figure, PruneTarget.Amount)]
  )
  func `texts with the figure's units are read`(
    text: String,
    figure: PruneTarget.Figure,
    amount: PruneTarget.Amount
  ) {
    #expect(PruneTarget.Amount(text, of: figure) == amount)
  }

  @Test(
    arguments: [
      ("12", .latency), ("12MB", .latency), ("1x", .latency), ("1.2x", .macs), ("0x", .macs),
      ("-3MB", .size), ("100%", .size), ("ms", .latency), ("", .macs), ("nan", .macs),
      ("infx", .macs),
      ("3ms", .size), ("1e400", .macs), ("0.5X", .latency),
    ] as [(String, PruneTarget.Figure)]
  )
  func `other units, and shares of all and more, are refused`(
    text: String,
    figure: PruneTarget.Figure
  ) {
    #expect(PruneTarget.Amount(text, of: figure) == nil)
  }
}
