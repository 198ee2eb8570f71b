package import Graphs
package import Operators
package import Tensors

/// One execution of a model on arrays given by name.
package struct ModelRun: Sendable {
  /// The outputs, by name, in the order of the graph.
  package let outputs: [(name: String, array: Constant)]
  /// How long the execution took, loading of the runtime left out.
  package let duration: Duration
  /// What it executed.
  package let statistics: Session.Statistics
  package let device: Device

  /// Executes a model.
  ///
  /// - Throws: ``RunFailure`` for inputs that do not fit, and for what the runtime refuses.
  package init(
    _ model: Model,
    inputs: [String: Constant],
    device: Device = .cpu,
    mode: Session.Mode = .fast
  ) throws(RunFailure) {
    let inputs = try ModelInputs(model).checked(inputs)
    do {
      var tensors: [String: Tensor] = [:]
      for (name, array) in inputs { tensors[name] = try array.tensor(on: device) }
      let session = Session(model.graph, operators: model.operators, device: device, mode: mode)
      let start = ContinuousClock.now
      let results = try session.run(tensors, keeping: false)
      var outputs: [(name: String, array: Constant)] = []
      for output in model.graph.outputs {
        guard let tensor = results[output.name] else { throw RunFailure.noOutput(output.name) }
        outputs.append((output.name, try tensor.moved(to: .cpu).constant()))
      }
      duration = ContinuousClock.now - start
      self.outputs = outputs
      statistics = session.statistics
      self.device = device
    } catch let error as RunFailure { throw error } catch let error as TensorError {
      throw .runtime(error)
    } catch let error as OperatorError { throw .operation(model.name, error) } catch {
      throw .other("\(error)")
    }
  }
}

/// Why a model was not executed.
package enum RunFailure: Error, Sendable {
  case missingInputs([String])
  case unknownInput(String, nearest: String?, known: [String])
  case wrongType(String, found: ElementType, wanted: ElementType)
  case wrongShape(String, found: [Int], wanted: String)
  case notDrawable(String, String)
  case noOutput(String)
  case runtime(TensorError)
  case operation(String, OperatorError)
  case other(String)
}

extension RunFailure: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .missingInputs(let lines):
      "inputs are missing: \(lines.joined(separator: "; ")); give --input NAME=FILE.npy for each, "
        + "or --random SEED"
    case .unknownInput(let name, let nearest, let known):
      "the model has no input '\(name)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "it has \(known.joined(separator: ", "))")
    case .wrongType(let name, let found, let wanted):
      "input '\(name)' holds \(found), the model wants \(wanted); convert with numpy's astype"
    case .wrongShape(let name, let found, let wanted):
      "input '\(name)' has the shape \(Shape(found)), the model wants \(wanted)"
    case .notDrawable(let name, let reason): "input '\(name)' cannot be drawn: \(reason)"
    case .noOutput(let name): "the model did not make its output '\(name)'"
    case .runtime(let error): "\(error)"
    case .operation(let model, let error): "\(model): \(error)"
    case .other(let text): text
    }
  }
}
