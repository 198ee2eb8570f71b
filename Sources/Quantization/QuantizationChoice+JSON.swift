package import Files

extension QuantizationChoice {
  /// For reports and the model's metadata.
  package var json: JSONValue {
    [
      "parameter": .string(parameter), "chosen": .string(chosen), "images": .int(images),
      "trials": .array(
        trials.map {
          ["value": .string($0.value), "decibels": .double(($0.decibels * 100).rounded() / 100)]
        }
      ),
    ]
  }
}
