import CGuard
import PluginKit

/// A call of a search space: what it hands over, and the run's network, which it asks about as a pruner does.
@safe
final class SpaceCall: PruningCall {
  /// What the space may hand over during the call.
  enum Answer: Sendable {
    case nothing, dimensions, network
  }

  /// What the host offers during the call, whose caller keeps it alive; `nil` between calls.
  private unowned(unsafe) var search: (any SearchContext)?
  private var takes = Answer.nothing
  private(set) var dimensions: [SearchDimension] = []
  private var bytes: [UInt8]?
  private let functions: UnsafeMutablePointer<esp_space_host>

  required init() {
    unsafe functions = .allocate(capacity: 1)
    unsafe functions.initialize(
      to: esp_space_host(
        struct_size: UInt32(MemoryLayout<esp_space_host>.size),
        reserved: 0,
        seed: 0,
        input_height: 0,
        input_width: 0,
        classes: 0,
        network: nil,
        add_dimension: { call, dimension in
          unsafe CallRecord.answer(call, "add_dimension") {
            (record: SpaceCall) throws(PluginError) in unsafe try record.add(dimension)
          }
        },
        set_model: { call, bytes, count in
          unsafe CallRecord.answer(call, "set_model") {
            (record: SpaceCall) throws(PluginError) in unsafe try record.setModel(bytes, count)
          }
        }
      )
    )
    super.init()
  }

  deinit { unsafe functions.deallocate() }

  /// What the space asks with.
  @unsafe var host: UnsafePointer<esp_space_host> { unsafe UnsafePointer(functions) }

  /// Begins a call.
  ///
  /// - Safety: The caller keeps the context alive until it ends the call.
  @unsafe
  func open(_ search: any SearchContext, takes: Answer) throws(PluginError) {
    dimensions = []
    bytes = nil
    self.takes = takes
    let size = search.inputSize
    unsafe functions.pointee.seed = search.seed
    unsafe functions.pointee.input_height = Int64(size?.height ?? 0)
    unsafe functions.pointee.input_width = Int64(size?.width ?? 0)
    unsafe functions.pointee.classes = Int64(search.classes ?? 0)
    unsafe functions.pointee.network = search.network == nil ? nil : table
    if let network = search.network {
      unsafe try open(context: network, takesPlan: takes == .network)
    }
    unsafe self.search = search
  }

  override func close() {
    unsafe search = nil
    dimensions = []
    bytes = nil
    super.close()
  }

  override var isUnwanted: Bool { unsafe search?.shouldStop ?? false }

  /// The network that was handed over; without one the run's own, uncut.
  func network() throws(PluginError) -> SearchedNetwork {
    let plan = plan
    if let bytes {
      guard plan.cuts.isEmpty else {
        throw PluginError(.invalidArgument, "it handed over a model and cuts of the run's network")
      }
      return .model(bytes)
    }
    guard unsafe functions.pointee.network != nil else {
      throw PluginError(.invalidArgument, "it handed over no network: call set_model")
    }
    return .cuts(plan)
  }

  /// Takes a dimension over, or keeps why it cannot be.
  @unsafe
  private func add(_ address: UnsafePointer<esp_dimension>) throws(PluginError) {
    do throws(PluginError) {
      guard takes == .dimensions else {
        throw PluginError(.invalidArgument, "dimensions are taken during \"dimensions\" only")
      }
      dimensions.append(try unsafe dimension(widened(address)))
    } catch {
      _ = reject(error)
      throw error
    }
  }

  @unsafe
  private func dimension(_ raw: esp_dimension) throws(PluginError) -> SearchDimension {
    func wrong(_ text: String) -> PluginError {
      PluginError(.invalidArgument, "dimension \(dimensions.count) \(text)")
    }
    guard dimensions.count < SpaceLimits.dimensions else {
      throw wrong("is too many: a space has at most \(SpaceLimits.dimensions)")
    }
    let name = unsafe String(shown: raw.name)
    guard !name.isEmpty else { throw wrong("has no name") }
    guard !dimensions.contains(where: { $0.name == name }) else {
      throw wrong("has the name \"\(name)\" of another")
    }
    let (low, high) = unsafe (Int(raw.low), Int(raw.high))
    guard low <= high else { throw wrong("(\"\(name)\") goes from \(low) to \(high)") }
    let (width, overflows) = high.subtractingReportingOverflow(low)
    let count = unsafe Int(raw.n_labels)
    guard !overflows, width < SpaceLimits.tokens else {
      throw wrong("(\"\(name)\") has more than \(SpaceLimits.tokens) numbers")
    }
    guard unsafe count == 0 || count == width + 1 && raw.labels != nil else {
      throw wrong("(\"\(name)\") has \(count) labels for \(width + 1) numbers")
    }
    let labels = unsafe UnsafeBufferPointer(start: raw.labels, count: count)
    return SearchDimension(
      name,
      low...high,
      isOrdered: unsafe raw.flags & ESP_DIMENSION_ORDERED != 0,
      labels: unsafe labels.map { unsafe String(shown: $0) }
    )
  }

  /// Takes a model over, or keeps why it cannot be.
  @unsafe
  private func setModel(_ bytes: UnsafePointer<UInt8>?, _ count: UInt64) throws(PluginError) {
    do throws(PluginError) {
      guard takes == .network else {
        throw PluginError(.invalidArgument, "a model is taken during \"decode\" only")
      }
      guard let bytes = unsafe bytes, count > 0, count <= SpaceLimits.bytes else {
        throw PluginError(.invalidArgument, "a model of \(count) bytes")
      }
      guard self.bytes == nil else {
        throw PluginError(.invalidArgument, "the model is set twice")
      }
      self.bytes = unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    } catch {
      _ = reject(error)
      throw error
    }
  }
}

/// Caps on what a space may claim.
enum SpaceLimits {
  static let dimensions = 4096
  static let tokens = 1 << 20
  /// ONNX's own limit.
  static let bytes: UInt64 = 1 << 31
}
