import PluginKit

extension PruningMember: Packed {
  func pack(into packer: inout Packer) {
    packer.add(index)
    packer.add(name)
    packer.add(op)
    packer.add(Int(kind.rawValue))
    for number in [axis, rank, first, count, at, block] { packer.add(number) }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let index = try unpacker.int()
    let (name, op) = (try unpacker.text(), try unpacker.text())
    guard let kind = Kind(rawValue: UInt32(clamping: try unpacker.int())) else {
      throw PluginError.garbled
    }
    self.init(
      index: index,
      name: name,
      op: op,
      kind: kind,
      axis: try unpacker.int(),
      rank: try unpacker.int(),
      first: try unpacker.int(),
      count: try unpacker.int(),
      at: try unpacker.int(),
      block: try unpacker.int()
    )
  }
}

extension PruningGroup: Packed {
  func pack(into packer: inout Packer) {
    packer.add(index)
    packer.add(name)
    packer.add(op)
    packer.add(channels)
    packer.add(Int(roles.rawValue))
    packer.add(stride)
    packer.add(macs)
    packer.add(parameters)
    packer.add(members)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(
      index: try unpacker.int(),
      name: try unpacker.text(),
      op: try unpacker.text(),
      channels: try unpacker.int(),
      roles: Roles(rawValue: UInt32(clamping: try unpacker.int())),
      stride: try unpacker.optional(),
      macs: try unpacker.int(),
      parameters: try unpacker.int(),
      members: try unpacker.values()
    )
  }
}

extension PruningPlan: Packed {
  func pack(into packer: inout Packer) {
    packer.add(score)
    packer.add(cuts.count)
    for (name, cut) in cuts {
      packer.add(name)
      switch cut {
      case .ratio(let ratio):
        packer.add(true)
        packer.add(ratio)
      case .channels(let channels):
        packer.add(false)
        packer.add(channels)
      }
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(score: try unpacker.optional())
    for _ in 0..<max(0, try unpacker.int()) {
      let name = try unpacker.text()
      cuts[name] =
        try unpacker.bool() ? .ratio(try unpacker.double()) : .channels(try unpacker.values())
    }
  }
}

extension PruningCost: Packed {
  func pack(into packer: inout Packer) {
    packer.add(macs)
    packer.add(parameters)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(macs: try unpacker.int(), parameters: try unpacker.int())
  }
}

extension WeightView {
  func pack(into packer: inout Packer) {
    packer.add(shape)
    withValues { values in
      packer.add(unsafe values.withUnsafeBufferPointer { unsafe Array($0) })
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let shape: [Int] = try unpacker.values()
    let values = try unpacker.floats()
    guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, &*) == values.count else {
      throw PluginError.garbled
    }
    self.init(values, shape: shape)
  }
}
