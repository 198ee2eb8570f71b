import Files
import Models
import Recipes
import Reports

/// The model that a recipe stands for where it is judged: what its run has exported, not the network that the run begins with.
struct RecipeSubject {
  let recipe: Recipe
  /// The folder that the recipe's relative paths start from.
  let base: String
  let model: Model
  /// The exported file; nil where the model is as the recipe begins.
  let file: String?
  /// What is judged, and what is odd about it.
  let remarks: [String]

  /// Which of a recipe's models is judged.
  enum Stage {
    /// What comes out of all steps.
    case result
    /// What goes into the first step; what comes out, where all steps only train.
    case start
  }

  /// Reads a recipe and finds its model.
  ///
  /// - Parameters:
  ///   - path: the recipe.
  ///   - run: the run's folder, where it is named.
  ///   - stage: which model.
  /// - Throws: `RecipeError`, `ModelFailure`, or ``Failure`` where the run has written none.
  init(_ path: String, run: String?, _ stage: Stage) throws {
    let text = try File.text(of: path)
    recipe = try Recipe.read(text, file: path)
    let folder = FilePath.folder(of: path)
    // A run keeps a copy of its recipe; its paths start where the recipe was.
    let isCopy = run == nil && File.exists("\(folder)/run.sqlite")
    base = isCopy ? try RunStore.base(of: folder) : folder
    let takesResult =
      switch stage {
      case .result: true
      case .start: recipe.steps.allSatisfy { type(of: $0).onlyTrains }
      }
    guard takesResult else {
      let begun = try Self.startingModel(recipe, base: base)
      model = begun.model
      file = nil
      remarks = begun.remarks
      return
    }
    let place = run ?? (isCopy ? folder : "runs/\(FilePath.stem(of: path))")
    let exported = "\(place)/\(recipe.export.onnx)"
    guard File.exists(exported) else {
      let isBegun = File.exists("\(place)/recipe.yml")
      throw Failure(
        .badInput,
        "\(path): its steps have written no \(exported), and the network as it begins is not what the recipe is for; "
          + (isBegun
            ? "end the run by `espalier compress --resume \(place)`"
            : "run `espalier compress \(path)`, or name the folder of its run by --run")
          + ", or give an ONNX file in the recipe's place"
      )
    }
    model = try Model.read(exported, inputSize: recipe.inputSize)
    file = exported
    let copy = try? File.text(of: "\(place)/recipe.yml")
    remarks =
      ["\(path): judged is \(exported), which its run has written"]
      + (copy == nil || copy == text
        ? []
        : ["warning: \(place) was made by another text of the recipe, see \(place)/recipe.yml"])
  }
}

extension RecipeSubject {
  /// The model that the first step gets, pretrained weights taken over.
  private static func startingModel(
    _ recipe: Recipe,
    base: String
  ) throws -> (model: Model, remarks: [String]) {
    var remarks: [String] = []
    let model = try RecipeRun.startingModel(of: recipe, base: base) { event in
      if let text = event.text { remarks.append(text) }
    }
    if case .architecture(let name, _, _) = recipe.model, recipe.pretrained == nil {
      remarks.append(
        "warning: the weights of \(name) are drawn, not trained; name some by 'pretrained', or give an ONNX file"
      )
    }
    return (model, remarks)
  }
}
