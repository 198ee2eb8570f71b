package import PluginKit

/// The JSON Schema of recipes, by which editors complete and check them.
package enum RecipeSchema {
  /// The schema, with the parameters of the strategies given.
  package static func schema(strategies: [StrategyDescription]) -> JSONValue {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "espalier.recipe/1",
      "title": "An Espalier recipe",
      "type": "object",
      "required": ["model", "steps"],
      "additionalProperties": false,
      "properties": [
        "model": [
          "type": "string",
          "description": .string(
            "An ONNX file, relative to the recipe, or one of \(Zoo.names.joined(separator: ", "))."
          ),
        ],
        "task": task,
        "device": ["type": "string", "pattern": "^(auto|cpu|cuda(:[0-9]+)?)$", "default": "auto"],
        "input_size": inputSize,
        "seed": ["type": "integer", "minimum": 0, "default": 0],
        "steps": [
          "type": "array",
          "minItems": 1,
          "items": [
            "type": "object",
            "required": ["prune"],
            "additionalProperties": false,
            "properties": ["prune": prune(strategies)],
          ],
        ],
        "export": export,
      ],
    ]
  }

  private static let task: JSONValue = [
    "type": "object",
    "required": ["type"],
    "additionalProperties": false,
    "properties": [
      "type": ["const": "yolov3"],
      "classes": ["type": "integer", "minimum": 1, "default": 80],
    ],
  ]

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

  private static let align: JSONValue.Member = .init(
    "align",
    ["type": "integer", "minimum": 1, "maximum": 1024, "default": 1]
  )

  private static func prune(_ strategies: [StrategyDescription]) -> JSONValue {
    let branches = strategies.map { strategy -> JSONValue in
      let own = strategy.parameters.map {
        JSONValue.Member($0.name, ParameterSchema.schema(of: $0))
      }
      let required = strategy.parameters.filter(\.isRequired).map(\.name)
      // The benchmark's lists name their strategy by themselves.
      let needed = strategy.id == "list" ? required : ["strategy"] + required
      return [
        "type": "object",
        "description": .string(strategy.doc),
        "required": JSONValue(needed),
        "additionalProperties": false,
        "properties": .object(
          [.init("strategy", ["const": .string(strategy.id)]), align] + own
        ),
      ]
    }
    return ["anyOf": .array(branches)]
  }
}
