import CEspalier

/// An ATen operator, found once; calling it costs no look-up.
public struct ATenOperator: Sendable {
  /// The name, as asked for.
  public let name: String
  /// The overload, empty for the plain one.
  public let overload: String
  /// The runtime's handle as a number; it is valid for ever.
  private let bits: UInt

  /// Finds an operator.
  ///
  /// - Parameters:
  ///   - name: `conv2d`, or with another namespace `mkldnn::_convolution_pointwise`.
  ///   - overload: `Tensor` in `add.Tensor`; empty for the plain one.
  /// - Throws: ``TensorError/unknownOperator(name:overload:reason:)`` with the overloads that there
  ///   are, or why the runtime does not load.
  public init(_ name: String, _ overload: String = "") throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    self.name = name
    self.overload = overload
    var name = name
    var overload = overload
    var found: OpaquePointer?
    do throws(TensorError) {
      unsafe try Runtime.check("find_operator") { error in
        name.withUTF8 { name in
          overload.withUTF8 { overload in
            unsafe ops.pointee.find_operator(
              Self.text(name),
              Self.text(overload),
              &found,
              error
            )
          }
        }
      }
    } catch .runtimeFailed(_, _, let message) {
      throw .unknownOperator(name: name, overload: overload, reason: message)
    }
    bits = UInt(bitPattern: found)
  }

  /// The schema as torch writes it: `aten::relu(Tensor self) -> Tensor`.
  public var schema: String {
    guard let ops = unsafe Runtime.loadedOps, let handle = unsafe OpaquePointer(bitPattern: bits)
    else { return "" }
    let count = unsafe Int(ops.pointee.operator_schema(handle, nil, 0))
    return unsafe String(unsafeUninitializedCapacity: count) { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
        unsafe min(
          count,
          Int(ops.pointee.operator_schema(handle, buffer.baseAddress, UInt64(buffer.count)))
        )
      }
    }
  }

  /// Calls the operator.
  ///
  /// - Parameter arguments: By position; missing trailing ones take the schema's defaults.
  /// - Returns: The results in order.
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the tensors' shapes and torch's words.
  public func callAsFunction(_ arguments: [ATenValue]) throws(TensorError) -> [ATenValue] {
    unsafe try invoke(arguments) { results in
      var values: [ATenValue] = []
      values.reserveCapacity(results.count)
      for index in results.indices { unsafe values.append(ATenValue(taking: &results[index])) }
      return values
    }
  }

  /// Calls an operator whose only result is a tensor.
  ///
  /// - Parameter arguments: By position; missing trailing ones take the schema's defaults.
  /// - Returns: The tensor.
  /// - Throws: ``TensorError/operatorFailed(_:)``, or ``TensorError/unexpectedResults(operator:expected:found:)``.
  public func one(_ arguments: [ATenValue]) throws(TensorError) -> Tensor {
    let outcome = unsafe try invoke(arguments) { results -> Result<Tensor, TensorError> in
      if results.count == 1, unsafe results[0].tag == ESP_VALUE_TENSOR,
        let handle = unsafe results[0].tensor
      {
        unsafe results[0].tag = ESP_VALUE_NONE
        return unsafe .success(Tensor(adopting: handle))
      }
      return unsafe .failure(unexpected(results, expected: "one tensor"))
    }
    return try outcome.get()
  }

  /// Calls an operator whose results are all tensors or lists of them.
  ///
  /// - Parameter arguments: By position; missing trailing ones take the schema's defaults.
  /// - Returns: The tensors in order, lists laid out flat.
  /// - Throws: ``TensorError/operatorFailed(_:)``, or ``TensorError/unexpectedResults(operator:expected:found:)``.
  public func many(_ arguments: [ATenValue]) throws(TensorError) -> [Tensor] {
    let outcome = unsafe try invoke(arguments) { results -> Result<[Tensor], TensorError> in
      var tensors: [Tensor] = []
      for index in results.indices {
        switch unsafe ATenValue(taking: &results[index]) {
        case .tensor(let tensor): tensors.append(tensor)
        case .tensors(let list): tensors += list
        default: return unsafe .failure(unexpected(results, expected: "tensors only"))
        }
      }
      return .success(tensors)
    }
    return try outcome.get()
  }

  private func unexpected(
    _ results: UnsafeMutableBufferPointer<esp_operand>,
    expected: String
  ) -> TensorError {
    .unexpectedResults(
      operator: overload.isEmpty ? name : "\(name).\(overload)",
      expected: expected,
      found: "results with the tags \(unsafe results.map { unsafe $0.tag })"
    )
  }

  /// Encodes, calls, lets `finish` take the results out, and frees what is left of them.
  @inline(__always)
  private func invoke<Result>(
    _ arguments: [ATenValue],
    _ finish: (UnsafeMutableBufferPointer<esp_operand>) -> Result
  ) throws(TensorError) -> Result {
    guard let ops = unsafe Runtime.loadedOps, let handle = unsafe OpaquePointer(bitPattern: bits)
    else { throw .unknownOperator(name: name, overload: overload, reason: "no runtime is loaded") }
    var result: Result?
    var status: esp_status = ESP_OK
    var message = ""
    var words = 1
    for argument in arguments { words += argument.listWords }
    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { words in
      unsafe withUnsafeTemporaryAllocation(
        of: esp_operand.self,
        capacity: arguments.count + Self.resultCapacity
      ) { values in
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { text in
          guard let base = values.baseAddress, let list = words.baseAddress else { return }
          var free = UnsafeMutableRawPointer(list)
          for index in arguments.indices {
            unsafe values.initializeElement(at: index, to: arguments[index].encoded(into: &free))
          }
          unsafe text[0] = 0
          var made: UInt64 = 0
          let results = unsafe base + arguments.count
          unsafe status = ops.pointee.call(
            handle,
            base,
            UInt64(arguments.count),
            results,
            UInt64(Self.resultCapacity),
            &made,
            esp_error_text(buffer: text.baseAddress, capacity: 1024)
          )
          extendLifetime(arguments)
          guard status == ESP_OK else {
            message = unsafe Runtime.firstLine(text)
            return
          }
          let handedOut = unsafe UnsafeMutableBufferPointer(start: results, count: Int(made))
          result = unsafe finish(handedOut)
          if unsafe handedOut.contains(where: { unsafe $0.tag != ESP_VALUE_NONE }) {
            unsafe ops.pointee.free_results(results, made)
          }
        }
      }
    }
    if let result { return result }
    throw .operatorFailed(
      OperatorFailure(
        name: name,
        overload: overload,
        arguments: arguments.map(\.description),
        status: status,
        message: message
      )
    )
  }

  /// More results than any operator of torch has (7 in 2.11).
  private static var resultCapacity: Int { 12 }

  @unsafe private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> esp_str {
    unsafe esp_str(
      ptr: UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
      len: UInt64(bytes.count)
    )
  }
}
