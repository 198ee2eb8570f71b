/// Pixels being drawn, and whose each is.
struct Canvas {
  let size: PixelSize
  private var values: [Double]
  /// The object that a pixel shows, or -1.
  private var owners: [Int32]
  /// Pixels of each object before others hid them.
  private var areas: [Int: Int] = [:]

  init(size: PixelSize) {
    self.size = size
    values = [Double](repeating: 0, count: 3 * size.width * size.height)
    owners = [Int32](repeating: -1, count: size.width * size.height)
  }

  /// A gradient between four corner colours, with coarse noise over it.
  mutating func drawBackground(_ random: inout SampleRandom) {
    let corners = (0..<4).map { _ in (0..<3).map { _ in random.uniform(60...200) } }
    let cell = max(4, min(size.width, size.height) / 12)
    let columns = size.width / cell + 2
    let rows = size.height / cell + 2
    let strength = random.uniform(5...25)
    let noise = (0..<columns * rows).map { _ in random.uniform(-1...1) * strength }
    for y in 0..<size.height {
      let v = Double(y) / Double(size.height)
      let (row, down) = (y / cell, Double(y % cell) / Double(cell))
      for x in 0..<size.width {
        let u = Double(x) / Double(size.width)
        let (column, across) = (x / cell, Double(x % cell) / Double(cell))
        let at = row * columns + column
        let upper = noise[at] + (noise[at + 1] - noise[at]) * across
        let lower =
          noise[at + columns] + (noise[at + columns + 1] - noise[at + columns]) * across
        let rough = upper + (lower - upper) * down
        for c in 0..<3 {
          let top = corners[0][c] + (corners[1][c] - corners[0][c]) * u
          let bottom = corners[2][c] + (corners[3][c] - corners[2][c]) * u
          values[3 * (y * size.width + x) + c] = top + (bottom - top) * v + rough
        }
      }
    }
  }

  /// Whose the pixels of a shape become.
  enum Mark: Sendable, Hashable {
    /// An object's, by its number.
    case object(Int)
    /// Nobody's: it hides what is behind it.
    case clutter
    /// Still those of the object that it lies on.
    case detail
  }

  /// Draws a shape.
  mutating func draw(_ shape: Shape, as mark: Mark) {
    let (columns, rows) = shape.extent(in: size)
    for y in rows {
      for x in columns {
        let edge = shape.inside(Double(x), Double(y))
        guard edge > -0.5 else { continue }
        let cover = min(1, edge + 0.5) * shape.opacity
        let texture = shape.texture(Double(x), Double(y))
        let place = y * size.width + x
        for c in 0..<3 {
          let color = shape.color[c] + (shape.second[c] - shape.color[c]) * texture
          values[3 * place + c] += (color - values[3 * place + c]) * cover
        }
        guard edge >= 0, shape.opacity > 0.4 else { continue }
        switch mark {
        case .object(let owner):
          owners[place] = Int32(owner)
          areas[owner, default: 0] += 1
        case .clutter: owners[place] = -1
        case .detail: break
        }
      }
    }
  }

  /// Changes the light: every value times a factor, red, green and blue each by its own.
  mutating func light(_ factors: [Double]) {
    for place in values.indices { values[place] *= factors[place % 3] }
  }

  /// Replaces every pixel by the mean of its neighbourhood of 3×3, as far as there is one.
  mutating func blur() {
    let (width, height) = (size.width, size.height)
    var rows = values
    for y in 0..<height {
      for x in 0..<width {
        let (left, right) = (max(0, x - 1), min(width - 1, x + 1))
        for c in 0..<3 {
          let sum = (left...right).reduce(0.0) { $0 + values[3 * (y * width + $1) + c] }
          rows[3 * (y * width + x) + c] = sum / Double(right - left + 1)
        }
      }
    }
    for y in 0..<height {
      let (top, bottom) = (max(0, y - 1), min(height - 1, y + 1))
      for x in 0..<3 * width {
        let sum = (top...bottom).reduce(0.0) { $0 + rows[$1 * 3 * width + x] }
        values[y * 3 * width + x] = sum / Double(bottom - top + 1)
      }
    }
  }

  /// Adds grain.
  mutating func addNoise(_ deviation: Double, _ random: inout SampleRandom) {
    for place in values.indices {
      // The sum of four uniforms is near enough to a normal, and faster.
      let bits = random.next()
      let sum = (0..<4).reduce(0.0) { $0 + Double((bits >> (UInt64($1) * 16)) & 0xFFFF) / 65536 }
      values[place] += (sum - 2) * 1.732 * deviation
    }
  }

  /// How many pixels of each object nothing hides.
  func visiblePixels(count: Int) -> [Int] {
    var visible = [Int](repeating: 0, count: count)
    for owner in owners where owner >= 0 { visible[Int(owner)] += 1 }
    return visible
  }

  /// The box of what is seen of each object, and its share of the whole.
  func seen(count: Int) -> [(box: Sample.Object, share: Double)?] {
    var boxes = [Sample.Object?](repeating: nil, count: count)
    var visible = [Int](repeating: 0, count: count)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let owner = Int(owners[y * size.width + x])
        guard owner >= 0 else { continue }
        visible[owner] += 1
        let (column, row) = (Double(x), Double(y))
        var box =
          boxes[owner]
          ?? Sample.Object(left: column, top: row, right: column, bottom: row, category: 0)
        box.left = min(box.left, column)
        box.right = max(box.right, column)
        box.bottom = row
        boxes[owner] = box
      }
    }
    return (0..<count).map { index in
      boxes[index].map { ($0, Double(visible[index]) / Double(max(1, areas[index] ?? 1))) }
    }
  }

  var picture: Picture {
    var picture = Picture(size: size, color: .black)
    for place in values.indices {
      picture.bytes[place] = UInt8(min(255, max(0, values[place].rounded())))
    }
    return picture
  }
}
