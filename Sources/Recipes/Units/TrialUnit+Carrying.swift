import Evaluation
import Files
package import Search
import Tensors

extension TrialUnit {
  /// The unit in a file.
  ///
  /// - Throws: `FileError`; `SearchError` for anything else in the file.
  package static func read(_ path: String) throws -> TrialUnit {
    let json: JSONValue
    do { json = try JSONReader.read(Array(File.text(of: path).utf8)) } catch let error as JSONFault
    {
      throw SearchError.unusable("\(path) is no unit of work: \(error)")
    }
    guard let unit = TrialUnit(json) else {
      throw SearchError.unusable(
        "\(path) is no unit of work: wanted is a JSON line on the schema \(schema) with its digest, "
          + "as the folder search/step-N/units of a run has them"
      )
    }
    return unit
  }

  /// The manifests of the plugins that the unit's recipe brings.
  ///
  /// - Throws: ``RecipeError``.
  package func plugins() throws(RecipeError) -> [String] {
    try Recipe.read(recipe, file: "\(folder)/recipe.yml").plugins(from: base)
  }

  /// Carries the unit out.
  ///
  /// - Parameter environment: plugins, and who is told; its folders and its resuming are the unit's own.
  /// - Returns: what the network is worth, or why it failed.
  /// - Throws: what is no fault of the network: a recipe, data, a disk.
  package func carryOut(_ environment: RunEnvironment) throws -> TrialResult {
    let recipe = try Recipe.read(recipe, file: "\(folder)/recipe.yml")
    guard recipe.steps.count == 1, let settings = recipe.steps[0] as? SearchSettings else {
      throw SearchError.unusable("the unit's recipe is not of one step 'search'")
    }
    var environment = environment
    environment.base = base
    let place = try SearchPlace(
      settings,
      of: recipe,
      step: step,
      run: folder,
      original: nil,
      device: Device.named(recipe.device),
      environment
    )
    guard place.network == network else {
      throw SearchError.unusable(
        "\(place.folder)/network.onnx is not the network that the unit is of: begin the search anew"
      )
    }
    return try place.work.carryOut(self)
  }
}
