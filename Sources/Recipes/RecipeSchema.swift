import Datasets
import Detection
import Evaluation
package import Files
import Models
package import PluginHost
package import PluginKit
import Training

/// The JSON Schema of recipes, by which editors complete and check them.
package enum RecipeSchema {
  /// A strategy on offer, and what it does.
  package typealias Strategy = (
    interface: PluginInterface, description: StrategyDescription
  )

  /// The schema, with the parameters of the strategies given.
  package static func schema(strategies: [Strategy]) -> JSONValue {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "espalier.recipe/1",
      "title": "An Espalier recipe",
      "type": "object",
      "required": ["model"],
      "oneOf": [["required": ["steps"]], ["required": ["train"]]],
      "additionalProperties": false,
      "properties": [
        "model": model,
        "task": task,
        "data": data,
        "pretrained": [
          "type": "string", "description": "ONNX or safetensors weights to start from, by name.",
        ],
        "device": ["type": "string", "pattern": "^(auto|cpu|cuda(:[0-9]+)?)$", "default": "auto"],
        "input_size": inputSize,
        "seed": ["type": "integer", "minimum": 0, "default": 0],
        "steps": [
          "type": "array",
          "minItems": 1,
          "items": [
            "type": "object",
            "oneOf": .array(RecipeSteps.all.map { ["required": [.string($0.name)]] }),
            "additionalProperties": false,
            "properties": .object(
              RecipeSteps.all.map { .init($0.name, step($0, strategies)) }
            ),
          ],
        ],
        "train": train,
        "plugins": [
          "type": "array",
          "description": "Manifests of plugins, or folders that hold one, relative to the recipe.",
          "items": ["type": "string"],
        ],
        "export": export,
      ],
    ]
  }

  private static func step(
    _ kind: any RecipeStep.Type,
    _ strategies: [Strategy]
  ) -> JSONValue {
    let schema = withGate(kind.schema(strategies: strategies))
    return kind.hasStrategies
      ? withFailurePolicy(schema, fallback: kind.takesFallback) : schema
  }

  private static let model: JSONValue = [
    "description": .string(
      "An ONNX file, relative to the recipe, or one of \(Zoo.names.joined(separator: ", "))."
    ),
    "anyOf": [
      ["type": "string"],
      [
        "type": "object",
        "required": ["name"],
        "additionalProperties": false,
        "properties": .object(
          [.init("name", ["type": "string"])] + members(NetworkForm.Keys.specs)
        ),
      ],
    ],
  ]

  private static var task: JSONValue {
    let kinds = TaskKind.all.map { kind in
      object(
        [
          .init("type", ["const": .string(kind.name), "description": .string(kind.doc)]),
          .init("classes", ["type": "integer", "minimum": 1]),
        ] + members(kind.options),
        required: ["type"]
      )
    }
    return ["anyOf": .array(kinds)]
  }

  private static var data: JSONValue {
    let splits = DataSettings.Keys.splits.map { key, purpose in
      JSONValue.Member(key, split(purpose))
    }
    let alias = JSONValue.Member("evaluate", split("Another name of 'val'."))
    return object(
      members(DataSettings.Keys.specs) + splits
        + [alias, .init("normalize", normalization), .init("split", splitting)],
      required: ["format", "root"]
    )
  }

  private static var splitting: JSONValue {
    [
      "description": "How images that have no lists fall to train, val and test.",
      "type": "object",
      "additionalProperties": false,
      "properties": .object(members(DataSettings.Keys.splittingSpecs)),
    ]
  }

  private static var normalization: JSONValue {
    [
      "description": "How pixels become numbers; the task's own way by default.",
      "anyOf": [
        ["enum": JSONValue(Normalization.presets.map(\.name))],
        object(members(DataSettings.Keys.normalizationSpecs), required: []),
      ],
    ]
  }

  private static func split(_ purpose: String) -> JSONValue {
    [
      "description": .string(purpose),
      "anyOf": [
        ["type": "string"],
        [
          "type": "object",
          "required": ["list"],
          "additionalProperties": false,
          "properties": ["list": ["type": "string"], "images": ["type": "string"]],
        ],
      ],
    ]
  }

  static var train: JSONValue { object(training, required: []) }

  static var training: [JSONValue.Member] {
    let rates: JSONValue = [
      "type": "object",
      "description": "Factors on the learning rate, by name pattern; 0 leaves weights as they are.",
      "additionalProperties": ["type": "number", "minimum": 0],
    ]
    return members(TrainSettings.Keys.specs) + [JSONValue.Member("rates", rates)]
  }

  static func members(_ specs: [ParameterSpec]) -> [JSONValue.Member] {
    specs.flatMap { spec in
      let schema = ParameterSchema.schema(of: spec)
      return ([spec.name] + (spec.alias.map { [$0] } ?? [])).map { JSONValue.Member($0, schema) }
    }
  }

  static func object(_ members: [JSONValue.Member], required: [String]) -> JSONValue {
    [
      "type": "object",
      "required": JSONValue(required),
      "additionalProperties": false,
      "properties": .object(members),
    ]
  }

  private static let inputSize: JSONValue = [
    "description": "Sizes that the model leaves open, such as 416 or 3x416x416.",
    "anyOf": [
      ["type": "integer", "minimum": 1],
      ["type": "string", "pattern": "^[0-9]+(x[0-9]+){0,5}$"],
      ["type": "array", "items": ["type": "integer", "minimum": 1]],
    ],
  ]

  private static let export: JSONValue = [
    "type": "object",
    "additionalProperties": false,
    "properties": [
      "onnx": ["type": "string", "default": "model.onnx"],
      "opset": ["type": "integer", "minimum": 7, "maximum": 22],
    ],
  ]
}

extension [RecipeSchema.Strategy] {
  /// The strategies of one interface.
  func descriptions(of interface: PluginInterface) -> [StrategyDescription] {
    filter { $0.interface == interface }.map(\.description)
  }
}
