import Architectures
import Graphs
import Testing

struct BenchmarkTests {
  @Test(arguments: Benchmark.rows)
  func `gives the page's shares of what was cut`(row: Benchmark.Row) throws {
    let (full, pruned) = try networks(row)
    let measured = try #require(
      Benchmark.measure(full: full, pruned: pruned, convention: row.convention)
    )
    #expect(row.agrees(with: measured))
    #expect(rounded(measured.flopsCut) == row.printedFlopsCut)
    // The page prints 66.90 where rounding gives 66.91.
    let isOdd = row.printedSizeCut == 66.90
    #expect(rounded(measured.sizeCut) == (isOdd ? 66.91 : row.printedSizeCut))
  }

  @Test(arguments: Benchmark.rows)
  func `counts to the last multiply-add and value`(row: Benchmark.Row) throws {
    let (full, pruned) = try networks(row)
    for (convention, expected) in row.multiplyAdds {
      #expect(Benchmark.multiplyAdds(of: full, in: convention) == expected.full)
      #expect(Benchmark.multiplyAdds(of: pruned, in: convention) == expected.pruned)
    }
    #expect(Benchmark.values(of: full) == row.values.full)
    #expect(Benchmark.values(of: pruned) == row.values.pruned)
  }

  /// The corrected page of March 2020 states sizes in MiB and "GFLOPs", multiply-adds over 2³⁰.
  @Test(
    arguments: zip(
      Benchmark.rows,
      [
        (176.82, 149.49, 44.71, 37.53), (176.82, 112.08, 44.71, 29.98),
        (94.60, 67.60, 20.64, 13.57),
        (94.60, 31.30, 20.64, 6.27), (93.37, 66.53, 20.20, 13.22), (93.37, 30.81, 20.20, 6.15),
      ]
    )
  )
  func `gives the corrected page's sizes and counts`(
    row: Benchmark.Row,
    page: (fullSize: Double, size: Double, fullCount: Double, count: Double)
  ) throws {
    let (full, pruned) = try networks(row)
    let at608 = FLOPsConvention.input(ImageSize(608))
    for (graph, size, count) in [
      (full, page.fullSize, page.fullCount), (pruned, page.size, page.count),
    ] {
      #expect(rounded(Double(Benchmark.diskBytes(of: graph)) / 0x1p20) == size)
      let multiplyAdds = try #require(Benchmark.multiplyAdds(of: graph, in: at608))
      // Three of the page's counts are truncated.
      #expect(abs(Double(multiplyAdds) / 0x1p30 - count) < 0.0101)
    }
  }

  @Test func `gives one share of a fixed-size count whatever the size`() throws {
    let row = try #require(Benchmark.rows.last)
    let (full, pruned) = try networks(row)
    let cuts = try [608, 416, 320].map { side in
      let convention = FLOPsConvention.input(ImageSize(side))
      return try #require(Benchmark.measure(full: full, pruned: pruned, convention: convention))
        .flopsCut
    }
    for cut in cuts { #expect(abs(cut - cuts[0]) < 1e-9) }
  }

  @Test(arguments: Variant.allCases)
  func `counts multiply-adds as the papers' tables do`(variant: Variant) throws {
    let graph = try variant.model.graph(size: nil, weights: .structureOnly)
    let counted = variant.layers.filter { !$0.deformable }
    #expect(
      Benchmark.multiplyAdds(of: graph, in: .onePixel) == counted.map(\.weights).reduce(0, +)
    )
    for size in [ImageSize(608), ImageSize(height: 320, width: 416)] {
      let pixels = size.height * size.width
      #expect(
        Benchmark.multiplyAdds(of: graph, in: .input(size))
          == counted.map { $0.multiplyAdds(pixels: pixels) }.reduce(0, +)
      )
    }
  }

  /// What `stat` gave for directories of files with these names on an ext4 of 4096-byte blocks.
  @Test(arguments: [(Variant.mobilenetCOCO, 241, 12), (.resnet50COCO, 387, 20)])
  func `takes the blocks that directories were measured to take`(
    variant: Variant,
    files: Int,
    kibibytes: Int
  ) throws {
    let graph = try variant.model.graph(weights: .structureOnly)
    #expect(Benchmark.parameters(of: graph).count == files)
    // Header: 20 bytes; type: 2; dimensions: a tag and 1 byte below 128, 2 below 16384; then the values.
    let bytes = Benchmark.parameters(of: graph).map { _, constant -> Int in
      let header = 22 + constant.shape.map { $0 < 128 ? 2 : 3 }.reduce(0, +)
      return (header + 4 * constant.count + 4095) / 4096 * 4096
    }
    #expect(Benchmark.diskBytes(of: graph) - bytes.reduce(0, +) == kibibytes * 1024)
  }

  @Test func `cannot count a convolution whose map is not known`() throws {
    let graph = try YOLOv3(backbone: .resnet34).graph(weights: .structureOnly)
    #expect(Benchmark.multiplyAdds(of: graph) { $0 == "conv1" ? nil : 1 } == nil)
  }
}

/// A row's network, and the same cut as the benchmark's table of channels says.
private func networks(_ row: Benchmark.Row) throws -> (full: Graph, pruned: Graph) {
  guard case .yolov3(let backbone) = row.architecture else {
    throw ArchitectureError.unknownName(row.architecture.name, nearest: nil, known: [])
  }
  let model = YOLOv3(backbone: backbone, classes: row.classes)
  let full = try model.graph(weights: .structureOnly)
  let kept = row.strategy == "r578" ? KeptChannels.r578 : KeptChannels.sensity
  return (full, kept.cut(full))
}

private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
