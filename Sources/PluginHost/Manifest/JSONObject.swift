import Files
import Graphs

/// An object of a manifest with typed access to its keys.
struct JSONObject {
  private let members: [String: JSONValue]
  private let keys: [String]
  /// How messages name it.
  let place: String
  private let path: String

  init(_ json: JSONValue, at place: String, path: String) throws(Refusal) {
    guard let members = json.members else {
      throw Refusal(.manifestField, path, "\(place) is not an object")
    }
    keys = members.map(\.key)
    self.members = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    self.place = place
    self.path = path
  }

  subscript(key: String) -> JSONValue? { members[key] }

  /// Refuses any other key, with the nearest that is known; what begins with `x-` is the author's own.
  func allow(_ known: [String]) throws(Refusal) {
    for key in keys where !known.contains(key) && !(key.hasPrefix("x-") && key.count > 2) {
      let hint = nearest(to: key, in: known).map { "; did you mean \"\($0)\"?" } ?? ""
      throw Refusal(.manifestUnknownKey, path, "\(place) has the unknown key \"\(key)\"\(hint)")
    }
  }

  func string(_ key: String) throws(Refusal) -> String {
    guard let value = try optionalString(key), !value.isEmpty else { throw lacks(key) }
    return value
  }

  /// What is said where a key is missing.
  func lacks(_ key: String) -> Refusal {
    Refusal(.manifestField, path, "\(place) lacks \"\(key)\"")
  }

  func optionalString(_ key: String) throws(Refusal) -> String? {
    switch members[key] {
    case nil: return nil
    case .string(let value)?
    where value.unicodeScalars.contains { $0.properties.generalCategory == .control }:
      throw Refusal(.manifestField, path, "\"\(key)\" of \(place) has a control character")
    case .string(let value)? where value.utf8.count <= 4096: return value
    default:
      throw Refusal(
        .manifestField,
        path,
        "\"\(key)\" of \(place) is not a text (of at most 4096 bytes)"
      )
    }
  }

  func optionalBool(_ key: String) throws(Refusal) -> Bool? {
    switch members[key] {
    case nil: return nil
    case .bool(let value)?: return value
    default: throw Refusal(.manifestField, path, "\"\(key)\" of \(place) is not true or false")
    }
  }

  func integer(_ key: String) throws(Refusal) -> Int {
    guard case .int(let value)? = members[key] else {
      throw Refusal(.manifestField, path, "\"\(key)\" of \(place) is not a whole number")
    }
    return value
  }

  func objects(_ key: String, limit: Int) throws(Refusal) -> [JSONObject] {
    guard case .array(let values)? = members[key], !values.isEmpty, values.count <= limit else {
      throw Refusal(
        .manifestField,
        path,
        "\"\(key)\" of \(place) is not a list of 1 to \(limit) objects"
      )
    }
    var objects: [JSONObject] = []
    for (index, value) in values.enumerated() {
      objects.append(try JSONObject(value, at: "\(key)[\(index)]", path: path))
    }
    return objects
  }

  func object(_ key: String) throws(Refusal) -> JSONObject? {
    guard let value = members[key] else { return nil }
    return try JSONObject(value, at: "\"\(key)\" of \(place)", path: path)
  }
}
