import PluginKit

extension PluginError {
  func pack(into packer: inout Packer) {
    packer.add(Int(code.rawValue))
    let fault = cause as? PluginFault
    let other = fault == nil ? cause.map { " (\($0))" } : nil
    packer.add(message + (other ?? ""))
    packer.add(fault?.code.rawValue ?? "")
    packer.add(origin != nil)
    if let origin {
      packer.add(origin.plugin)
      packer.add(origin.function)
      packer.add(origin.layer)
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let code = Code(rawValue: Int32(clamping: try unpacker.int()))
    let message = try unpacker.text()
    let fault = PluginFault.Code(rawValue: try unpacker.text())
    var origin: Origin?
    if try unpacker.bool() {
      origin = Origin(
        plugin: try unpacker.text(),
        function: try unpacker.text(),
        layer: try unpacker.optional()
      )
    }
    self.init(code, message, cause: fault.map { PluginFault($0) }, origin: origin)
  }
}

extension ParameterValue: Packed {
  func pack(into packer: inout Packer) {
    switch self {
    case .bool(let value):
      packer.add(1)
      packer.add(value)
    case .int(let value):
      packer.add(2)
      packer.add(value)
    case .double(let value):
      packer.add(3)
      packer.add(value)
    case .string(let value):
      packer.add(4)
      packer.add(value)
    case .ints(let values):
      packer.add(5)
      packer.add(values)
    case .doubles(let values):
      packer.add(6)
      packer.add(values)
    case .strings(let values):
      packer.add(7)
      packer.add(values)
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    switch try unpacker.int() {
    case 1: self = .bool(try unpacker.bool())
    case 2: self = .int(try unpacker.int())
    case 3: self = .double(try unpacker.double())
    case 4: self = .string(try unpacker.text())
    case 5: self = .ints(try unpacker.values())
    case 6: self = .doubles(try unpacker.values())
    case 7: self = .strings(try unpacker.values())
    default: throw PluginError.garbled
    }
  }
}

extension ParameterSpec: Packed {
  func pack(into packer: inout Packer) {
    packer.add(name)
    packer.add(kind.rawValue)
    packer.add(doc)
    packer.add(defaultValue)
    packer.add(minimum)
    packer.add(maximum)
    packer.add(choices)
    for flag in [isRequired, isTunable, isLogarithmic] { packer.add(flag) }
    packer.add(alias)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let name = try unpacker.text()
    guard let kind = Kind(rawValue: try unpacker.text()) else { throw PluginError.garbled }
    self.init(
      name: name,
      kind: kind,
      doc: try unpacker.text(),
      defaultValue: try unpacker.optional(),
      minimum: try unpacker.optional(),
      maximum: try unpacker.optional(),
      choices: try unpacker.values(),
      isRequired: try unpacker.bool(),
      isTunable: try unpacker.bool(),
      isLogarithmic: try unpacker.bool(),
      alias: try unpacker.optional()
    )
  }
}

extension StrategyDescription: Packed {
  func pack(into packer: inout Packer) {
    for text in [id, name, version, doc] { packer.add(text) }
    packer.add(parameters)
    packer.add(isReentrant)
    packer.add(isDeterministic)
    packer.add(devices.rawValue)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(
      id: try unpacker.text(),
      name: try unpacker.text(),
      version: try unpacker.text(),
      doc: try unpacker.text(),
      parameters: try unpacker.values(),
      isReentrant: try unpacker.bool(),
      isDeterministic: try unpacker.bool(),
      devices: StrategyDevices(rawValue: try unpacker.uint())
    )
  }
}

extension Settings: Packed {
  func pack(into packer: inout Packer) {
    packer.add(values.count)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      packer.add(name)
      packer.add(value)
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init()
    for _ in 0..<max(0, try unpacker.int()) {
      let name = try unpacker.text()
      values[name] = try unpacker.value()
    }
  }
}

extension SearchDimension: Packed {
  func pack(into packer: inout Packer) {
    packer.add(name)
    packer.add(range.lowerBound)
    packer.add(range.upperBound)
    packer.add(isOrdered)
    packer.add(labels)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let name = try unpacker.text()
    let (low, high) = (try unpacker.int(), try unpacker.int())
    guard low <= high else { throw PluginError.garbled }
    self.init(name, low...high, isOrdered: try unpacker.bool(), labels: try unpacker.values())
  }
}

extension DistillTap: Packed {
  func pack(into packer: inout Packer) {
    switch self {
    case .outputs: packer.add(1)
    case .features: packer.add(2)
    case .named(let student, let teacher):
      packer.add(3)
      packer.add(student)
      packer.add(teacher)
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    switch try unpacker.int() {
    case 1: self = .outputs
    case 2: self = .features
    case 3: self = .named(student: try unpacker.text(), teacher: try unpacker.text())
    default: throw PluginError.garbled
    }
  }
}

extension DistillTarget: Packed {
  func pack(into packer: inout Packer) {
    packer.add(image)
    packer.add(category)
    packer.add([centerX, centerY, width, height, weight])
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let (image, category) = (try unpacker.int(), try unpacker.int())
    let numbers = try unpacker.floats()
    guard numbers.count == 5 else { throw PluginError.garbled }
    self.init(
      image: image,
      category: category,
      centerX: numbers[0],
      centerY: numbers[1],
      width: numbers[2],
      height: numbers[3],
      weight: numbers[4]
    )
  }
}
