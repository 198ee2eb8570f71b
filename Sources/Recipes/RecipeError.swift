package import PluginHost

/// Why a recipe was refused, and at which place of which file.
package struct RecipeError: Error, Sendable, Hashable {
  package enum Problem: Sendable, Hashable {
    case yaml(YAMLError)
    case unreadable(String)
    case unknownKey(String, of: String, nearest: String?, known: [String])
    case missingKey(String, of: String)
    /// A key that another makes necessary.
    case neededKey(String, of: String, because: String)
    case wrongKind(key: String, found: String, wanted: String)
    case badValue(key: String, found: String, wanted: String)
    /// A place that a list does not have.
    case noItem(String, of: String, count: Int)
    case notYet(String, cure: String)
    case noSteps
    /// A step that the verb `train` does not do.
    case notTraining(String)
    case unequalLists(params: Int, ratios: Int)
    case repeatedParam(String)
    case conflict(String, with: String)
    /// A strategy that is not to be had, or not with these parameters, in the plugin host's words.
    case strategy(String, refusal: Refusal? = nil)
    /// Something that a step asks for and its model cannot do.
    case unusable(String)
  }

  package let problem: Problem
  package let file: String
  package let mark: YAMLMark?

  package init(_ problem: Problem, file: String, mark: YAMLMark? = nil) {
    self.problem = problem
    self.file = file
    self.mark = mark
  }
}

extension RecipeError {
  /// What the plugin host refuses, at its place in the recipe.
  package init(_ error: PluginHostError, file: String, mark: YAMLMark?) {
    self.init(.strategy("\(error)", refusal: error.refusal), file: file, mark: mark)
  }

  /// A strategy's failure at the place where the recipe's step names it.
  package init(_ failure: StrategyFailure, inStep index: Int, of recipe: Recipe) {
    let mark = recipe.source.mark(ofStep: index, refusing: failure.error, of: failure.strategy)
    self.init(failure.error, file: recipe.source.file, mark: mark)
  }
}

extension RecipeError: CustomStringConvertible {
  /// The file, the place, what was found and what is accepted.
  package var description: String {
    let place = mark.map { $0.option == nil ? "\($0):" : " \($0):" } ?? ""
    return "\(file):\(place) \(problem)"
  }
}

extension RecipeError.Problem: CustomStringConvertible {
  /// What was found and what is accepted.
  package var description: String {
    switch self {
    case .yaml(let error): "\(error)"
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .unknownKey(let key, let owner, let nearest, let known):
      "\(owner) has no key '\(key)'; "
        + (nearest.map { "did you mean '\($0)'?" }
          ?? "the keys are \(known.joined(separator: ", "))")
    case .missingKey(let key, let owner): "\(owner) needs the key '\(key)'"
    case .neededKey(let key, let owner, let reason):
      "\(owner) needs the key '\(key)': \(reason)"
    case .wrongKind(let key, let found, let wanted): "'\(key)' must be \(wanted), not \(found)"
    case .badValue(let key, let found, let wanted): "'\(key)' is \(found), but must be \(wanted)"
    case .noItem(let place, let list, let count):
      "'\(list)' has no item '\(place)'; "
        + (count == 0 ? "the list is empty" : "items are counted from 0 to \(count - 1)")
    case .notYet(let what, let cure): "\(what) is not in this version; \(cure)"
    case .noSteps: "'steps' is empty: name at least one, such as '- prune: {strategy: r578}'"
    case .notTraining(let step):
      "the step '\(step)' does not train; `espalier compress` carries out recipes of all steps"
    case .unequalLists(let params, let ratios):
      "'pruned_params' names \(params) weights and 'pruned_ratios' gives \(ratios) ratios; "
        + "each weight needs one"
    case .repeatedParam(let name): "'pruned_params' names '\(name)' twice"
    case .conflict(let key, let other): "'\(key)' cannot stand beside '\(other)'"
    case .strategy(let reason, _), .unusable(let reason): reason
    }
  }
}
