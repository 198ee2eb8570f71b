import Files
import Models

extension SensitivityResult {
  /// The result that a file's JSON holds.
  init(_ json: JSONValue) throws(ResultFields.Missing) {
    let fields = ResultFields(json, at: "the result")
    version = try fields.whole("version")
    model = try fields.text("model")
    modelHash = try fields.text("modelHash")
    imagesHash = try fields.text("imagesHash")
    metric = try fields.text("metric")
    images = try fields.whole("images")
    baseline = try fields.number("baseline")
    draws = try fields.whole("draws")
    seed = try fields.natural("seed")
    confidence = try fields.number("confidence")
    isApproximate = try fields.bool("isApproximate")
    leftOut = nil
    if let outputs = try fields.optionalList("leftOut") {
      leftOut = []
      for output in outputs {
        let (name, reason) = (try output.text("output"), try output.text("reason"))
        leftOut?.append(.init(output: name, reason: reason))
      }
    }
    points = []
    for point in try fields.list("points") { points.append(try Point(point)) }
  }
}

extension SensitivityResult.Point {
  fileprivate init(_ fields: ResultFields) throws(ResultFields.Missing) {
    group = try fields.text("group")
    ratio = try fields.number("ratio")
    channels = try fields.whole("channels")
    kept = try fields.whole("kept")
    cut = try fields.text("cut")
    images = try fields.whole("images")
    metric = try fields.number("metric")
    loss = try fields.number("loss")
    low = try fields.optionalNumber("low")
    high = try fields.optionalNumber("high")
  }
}

/// The members of a JSON object, by name and kind.
struct ResultFields {
  /// A member that is not there, or is something else.
  struct Missing: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String
  }

  private let json: JSONValue
  private let place: String

  init(_ json: JSONValue, at place: String) {
    self.json = json
    self.place = place
  }

  package func text(_ key: String) throws(Missing) -> String {
    try need(key, "text", json[key]?.string)
  }

  func bool(_ key: String) throws(Missing) -> Bool {
    try need(key, "true or false", json[key]?.bool)
  }

  func whole(_ key: String) throws(Missing) -> Int {
    try need(key, "whole number", json[key]?.whole)
  }

  /// A whole number from 0, also beyond those of 63 bits.
  func natural(_ key: String) throws(Missing) -> UInt64 {
    let value =
      if case .digits(let digits)? = json[key] { UInt64(digits) } else {
        json[key]?.whole.flatMap { UInt64(exactly: $0) }
      }
    return try need(key, "whole number from 0", value)
  }

  func number(_ key: String) throws(Missing) -> Double {
    try need(key, "number", json[key]?.number)
  }

  /// A number that may be absent or null.
  func optionalNumber(_ key: String) throws(Missing) -> Double? {
    switch json[key] {
    case nil, .null?: nil
    default: try number(key)
    }
  }

  func list(_ key: String) throws(Missing) -> [ResultFields] {
    try need(key, "list", json[key]?.items).enumerated().map {
      ResultFields($0.element, at: "\(key)[\($0.offset)]")
    }
  }

  /// A list that may be absent or null.
  func optionalList(_ key: String) throws(Missing) -> [ResultFields]? {
    switch json[key] {
    case nil, .null?: nil
    default: try list(key)
    }
  }

  private func need<Value>(
    _ key: String,
    _ kind: String,
    _ value: Value?
  ) throws(Missing) -> Value {
    guard let value else { throw Missing(description: "'\(key)' of \(place) is no \(kind)") }
    return value
  }
}
