package import Files

/// What a network costs, as far as a search asked for it.
package struct NetworkFigures: Sendable, Hashable {
  /// Multiply-adds at the run's input size.
  package var macs: Int
  package var parameters: Int
  /// Bytes of the ONNX file; nil where no constraint asks.
  package var bytes: Int?
  /// Milliseconds; nil where no constraint asks, or the table lacks a layer.
  package var latency: Double?

  package init(macs: Int, parameters: Int, bytes: Int? = nil, latency: Double? = nil) {
    self.macs = macs
    self.parameters = parameters
    self.bytes = bytes
    self.latency = latency
  }

  /// The value of a figure; nil where it was not asked for.
  package func value(of figure: SearchConstraint.Figure) -> Double? {
    switch figure {
    case .macs: Double(macs)
    case .parameters: Double(parameters)
    case .bytes: bytes.map(Double.init)
    case .latency: latency
    }
  }
}

extension NetworkFigures {
  /// The figures as JSON; those that were not asked for are left out.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("macs", .int(macs)), .init("parameters", .int(parameters)),
    ]
    if let bytes { members.append(.init("bytes", .int(bytes))) }
    if let latency { members.append(.init("latency", .double(latency))) }
    return .object(members)
  }

  /// Figures read from ``json``; nil for anything else.
  package init?(_ json: JSONValue) {
    guard let macs = json["macs"]?.whole, let parameters = json["parameters"]?.whole else {
      return nil
    }
    self.init(
      macs: macs,
      parameters: parameters,
      bytes: json["bytes"]?.whole,
      latency: json["latency"]?.number
    )
  }
}
