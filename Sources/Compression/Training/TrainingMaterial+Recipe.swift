extension TrainingMaterial {
  /// What a step of a recipe trains with: its task, its images, and the images that it is judged by.
  package init(
    _ recipe: Recipe,
    _ settings: TrainSettings,
    _ model: Model,
    base: String
  ) throws {
    throw TrainingError.unusable("no task")
  }
}
