import Files
import Models
import PluginHost
import PluginKit
import Training

extension RecipeSchema {
  /// The step `distill`, for the losses that are on offer.
  static func distill(_ strategies: [StrategyDescription]) -> JSONValue {
    let losses = strategies.map { strategy in
      object(
        loss(strategy),
        required: ["strategy"] + strategy.parameters.filter(\.isRequired).map(\.name)
      )
    }
    let step = members(DistillSettings.Keys.specs) + [.init("teacher", teacher)] + training
    let list: JSONValue = ["type": "array", "minItems": 1, "items": ["anyOf": .array(losses)]]
    let several = object(step + [.init("losses", list)], required: [])
    let single = strategies.map { strategy in
      object(
        step + loss(strategy),
        required: ["strategy"] + strategy.parameters.filter(\.isRequired).map(\.name)
      )
    }
    return ["anyOf": .array([several] + single)]
  }

  private static func loss(_ strategy: StrategyDescription) -> [JSONValue.Member] {
    let own = strategy.parameters.filter { $0.name != "weight" }.map {
      JSONValue.Member($0.name, ParameterSchema.schema(of: $0))
    }
    return [
      .init("strategy", ["const": .string(strategy.id)]), .init("weight", weight(strategy)),
      .init("schedule", schedule), .init("taps", taps),
    ] + own
  }

  private static func weight(_ strategy: StrategyDescription) -> JSONValue {
    let spec = strategy.parameters.first { $0.name == "weight" }
    return [
      "type": "number", "minimum": 0, "description": "What the loss is multiplied by.",
      "default": spec?.defaultValue.map { JSONValue($0) } ?? 1,
    ]
  }

  private static let schedule: JSONValue = [
    "type": "object",
    "description": "Factors on the weight by step, in a straight line between them.",
    "additionalProperties": ["type": "number", "minimum": 0],
  ]

  private static let taps: JSONValue = [
    "description": "What is compared: outputs, features, or values of both networks by name.",
    "anyOf": [
      ["enum": ["outputs", "features"]],
      [
        "type": "array",
        "items": [
          "anyOf": [
            ["type": "string"],
            [
              "type": "object", "required": ["student", "teacher"], "additionalProperties": false,
              "properties": ["student": ["type": "string"], "teacher": ["type": "string"]],
            ],
          ]
        ],
      ],
    ],
  ]

  private static let teacher: JSONValue = [
    "description": "An ONNX file, a network that is built with its weights, or 'original'.",
    "anyOf": [
      ["type": "string"],
      [
        "type": "object", "required": ["model"], "additionalProperties": false,
        "properties": .object(
          [
            .init("model", ["type": "string"]),
            .init("classes", ["type": "integer", "minimum": 1]),
            .init("weights", ["type": "string"]),
          ] + members(NetworkForm.Keys.specs)
        ),
      ],
    ],
  ]
}
