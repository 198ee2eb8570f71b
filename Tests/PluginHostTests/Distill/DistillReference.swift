import Foundation
import PluginKit
import Tensors

/// A map of numbers, images × channels × rows × columns, in row-major order.
struct Map: Sendable {
  var shape: [Int]
  var values: [Double]

  /// Numbers between -2 and 2, drawn from a seed.
  init(_ shape: [Int], seed: UInt64) {
    self.shape = shape
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    values = (0..<shape.reduce(1, *)).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 40) / Double(1 << 24) * 4 - 2
    }
  }

  subscript(_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Double {
    values[((n * shape[1] + c) * shape[2] + y) * shape[3] + x]
  }

  func tensor() throws -> Tensor { try Tensor(values.map(Float.init), shape: shape) }
}

/// The losses as their formulas stand in papers, written plainly in double precision.
enum DistillReference {
  typealias Loss = @Sendable (_ student: [Map], _ teacher: [Map]) -> Double

  /// Σ over maps of the mean of (s - t)².
  static let l2: Loss = { student, teacher in
    zip(student, teacher).map { s, t in
      zip(s.values, t.values).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(s.values.count)
    }.reduce(0, +)
  }

  /// The benchmark's split loss for maps of `anchors` · (5 + classes) channels.
  static func split(anchors: Int, threshold: Double = 0) -> Loss {
    { student, teacher in
      var total = 0.0
      for (s, t) in zip(student, teacher) {
        let numbers = s.shape[1] / anchors
        let classes = numbers - 5
        let cells = Double(s.shape[0] * anchors * s.shape[2] * s.shape[3])
        var (boxes, kinds, objects) = (0.0, 0.0, 0.0)
        for n in 0..<s.shape[0] {
          for a in 0..<anchors {
            for y in 0..<s.shape[2] {
              for x in 0..<s.shape[3] {
                func own(_ k: Int) -> Double { s[n, a * numbers + k, y, x] }
                func other(_ k: Int) -> Double { t[n, a * numbers + k, y, x] }
                let seen = sigmoid(other(4))
                let box =
                  entropy(own(0), sigmoid(other(0))) + entropy(own(1), sigmoid(other(1)))
                  + abs(own(2) - other(2)) + abs(own(3) - other(3))
                boxes += box * seen
                for c in 0..<classes { kinds += entropy(own(5 + c), sigmoid(other(5 + c))) * seen }
                objects += entropy(own(4), other(4) > threshold ? 1 : 0)
              }
            }
          }
        }
        total += boxes / cells + kinds / (cells * Double(classes)) + objects / cells
      }
      return total
    }
  }

  /// Mean over pixels of the cross entropy over channels.
  static func softLabel(student own: Double, teacher other: Double) -> Loss {
    { student, teacher in
      zip(student, teacher).map { s, t in
        var sum = 0.0
        for n in 0..<s.shape[0] {
          for y in 0..<s.shape[2] {
            for x in 0..<s.shape[3] {
              let p = softmax((0..<s.shape[1]).map { s[n, $0, y, x] / own })
              let q = softmax((0..<s.shape[1]).map { t[n, $0, y, x] / other })
              sum -= zip(q, p).map { $0 * log($1) }.reduce(0, +)
            }
          }
        }
        return sum / Double(s.shape[0] * s.shape[2] * s.shape[3])
      }.reduce(0, +)
    }
  }

  /// T² / (images · channels) · Σ KL of the teacher's pixels to the student's.
  static func cwd(temperature: Double) -> Loss {
    { student, teacher in
      zip(student, teacher).map { s, t in
        var sum = 0.0
        for n in 0..<s.shape[0] {
          for c in 0..<s.shape[1] {
            var (own, other): ([Double], [Double]) = ([], [])
            for y in 0..<s.shape[2] {
              for x in 0..<s.shape[3] {
                own.append(s[n, c, y, x] / temperature)
                other.append(t[n, c, y, x] / temperature)
              }
            }
            let (p, q) = (softmax(own), softmax(other))
            sum += zip(q, p).map { $0 * (log($0) - log($1)) }.reduce(0, +)
          }
        }
        return temperature * temperature * sum / Double(s.shape[0] * s.shape[1])
      }.reduce(0, +)
    }
  }

  /// The mean squared difference of the pixels' directions.
  static let directedMimic: Loss = { student, teacher in
    l2(student.map(directed), teacher.map(directed))
  }

  /// The mean of (F_s - F_t)² over neighbouring maps of one size.
  static let fsp: Loss = { student, teacher in
    var total = 0.0
    for k in 0..<student.count - 1 {
      let own = flow(student[k], student[k + 1])
      let other = flow(teacher[k], teacher[k + 1])
      total += zip(own, other).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(own.count)
    }
    return total
  }

  /// The derivatives of a loss by the students' numbers, by central differences.
  static func gradients(
    of loss: Loss,
    _ student: [Map],
    _ teacher: [Map]
  ) -> [[Double]] {
    student.indices.map { map in
      student[map].values.indices.map { index in
        var (more, less) = (student, student)
        more[map].values[index] += 1e-5
        less[map].values[index] -= 1e-5
        return (loss(more, teacher) - loss(less, teacher)) / 2e-5
      }
    }
  }

  private static func flow(_ a: Map, _ b: Map) -> [Double] {
    var result: [Double] = []
    for n in 0..<a.shape[0] {
      for i in 0..<a.shape[1] {
        for j in 0..<b.shape[1] {
          var sum = 0.0
          for y in 0..<a.shape[2] {
            for x in 0..<a.shape[3] { sum += a[n, i, y, x] * b[n, j, y, x] }
          }
          result.append(sum / Double(a.shape[2] * a.shape[3]))
        }
      }
    }
    return result
  }

  private static func directed(_ map: Map) -> Map {
    var result = map
    let plane = map.shape[2] * map.shape[3]
    for n in 0..<map.shape[0] {
      for pixel in 0..<plane {
        let places = (0..<map.shape[1]).map { (n * map.shape[1] + $0) * plane + pixel }
        let length = places.map { map.values[$0] * map.values[$0] }.reduce(0, +).squareRoot()
        for place in places { result.values[place] /= length }
      }
    }
    return result
  }

  private static func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  /// The binary cross entropy of a logit.
  private static func entropy(_ z: Double, _ p: Double) -> Double {
    -p * log(sigmoid(z)) - (1 - p) * log(1 - sigmoid(z))
  }

  private static func softmax(_ values: [Double]) -> [Double] {
    let powers = values.map { exp($0) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

/// What a loss asks of its surroundings in a test.
final class StillMoment: DistillContext {
  let step = 3
  let steps = 10
  let inputHeight = 64
  let inputWidth = 96
  let seed: UInt64 = 7

  func targets() throws(PluginError) -> [DistillTarget] {
    [
      DistillTarget(image: 1, category: 2, centerX: 0.5, centerY: 0.25, width: 0.1, height: 0.2),
      DistillTarget(image: 0, category: 1, centerX: 0.75, centerY: 1, width: 1, height: 0.5),
    ]
  }
}

@available(*, unavailable) extension StillMoment: Sendable {}
