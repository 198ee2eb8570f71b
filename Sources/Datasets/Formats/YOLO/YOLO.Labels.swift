internal import Files

extension YOLO {
  /// The rows of a label file.
  package enum Labels {
    /// A box in shares of its image.
    package struct Row: Sendable, Hashable {
      package var category: Int
      package var centerX: Double
      package var centerY: Double
      package var width: Double
      package var height: Double
      /// From 1.
      package var line: Int
      /// Whether the row is a polygon, of which the box is kept.
      package var isPolygon: Bool

      /// What Ultralytics compares rows by: numbers of 32 bits.
      var key: [Float] {
        [Float(category), Float(centerX), Float(centerY), Float(width), Float(height)]
      }
    }

    /// How far a coordinate may leave the image, as in Ultralytics.
    static let slack = 0.01

    /// The rows of a file in order, those that stand twice included; none where there is no file.
    ///
    /// - Throws: ``DataError/problem(_:)`` at the first row that is none.
    package static func rows(_ path: String) throws(DataError) -> [Row] {
      guard File.exists(path) else { return [] }
      var rows: [Row] = []
      let lines = try TextLines.read(path, wanted: "rows 'class x y width height'")
      for (number, text) in lines.enumerated() {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { continue }
        rows.append(try row(words, path, line: number + 1))
      }
      return rows
    }

    private static func row(
      _ words: [Substring],
      _ path: String,
      line: Int
    ) throws(DataError) -> Row {
      func fault(_ found: String) -> DataError {
        .problem(DataProblem(.brokenAnnotation, path: path, line: line, message: found))
      }
      var numbers: [Double] = []
      for word in words {
        guard let number = Double(word), number.isFinite else {
          throw fault("'\(word.prefix(40))' is not a number; wanted 'class x y width height'")
        }
        numbers.append(number)
      }
      let isPolygon = numbers.count >= 7 && numbers.count.isMultiple(of: 2) == false
      guard numbers.count == 5 || isPolygon else {
        throw fault(
          "\(numbers.count) numbers; wanted 'class x y width height', or a class and the corners of a polygon"
        )
      }
      guard let category = Int(exactly: numbers[0]), category >= 0 else {
        throw fault("'\(words[0].prefix(40))' is not a class, which count from 0")
      }
      for (word, number) in zip(words, numbers).dropFirst()
      where !(-slack...1 + slack).contains(number) {
        throw fault(
          "'\(word.prefix(40))' is not a share of the image from 0 to 1; divide by its width and height"
        )
      }
      let box = isPolygon ? hull(numbers.dropFirst()) : Array(numbers.dropFirst())
      return Row(
        category: category,
        centerX: box[0],
        centerY: box[1],
        width: box[2],
        height: box[3],
        line: line,
        isPolygon: isPolygon
      )
    }

    /// Centre, width and height of the box around corners.
    private static func hull(_ corners: ArraySlice<Double>) -> [Double] {
      var (left, top, right, bottom) = (Double.infinity, Double.infinity, -1.0, -1.0)
      for (place, value) in corners.enumerated() {
        if place.isMultiple(of: 2) {
          (left, right) = (min(left, value), max(right, value))
        } else {
          (top, bottom) = (min(top, value), max(bottom, value))
        }
      }
      return [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top]
    }
  }
}
