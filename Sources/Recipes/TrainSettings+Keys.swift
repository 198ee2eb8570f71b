import Datasets
import PluginKit
import Training

extension TrainSettings {
  /// The keys that recipes may have.
  enum Keys {
    static let iterations = Parameter<Int>(
      "iterations",
      default: 0,
      in: 0...1_000_000_000,
      doc: "Steps to train; or give 'epochs'."
    )
    static let epochs = Parameter<Int>(
      "epochs",
      default: 0,
      in: 0...1_000_000,
      doc: "Passes over the data, in place of 'iterations'."
    )
    static let batch = Parameter<Int>(
      "batch",
      default: 8,
      in: 1...65_536,
      doc: "Images of a step."
    )
    static let optimiser = Parameter<Optimiser>(
      "optimiser",
      default: .sgd,
      alias: "optimizer",
      doc: "How weights move by their gradients."
    )
    static let learningRate = Parameter<Double>(
      "learning_rate",
      default: 0.001,
      in: 0...1000,
      doc: "The rate after the warm-up."
    )
    static let momentum = Parameter<Double>(
      "momentum",
      default: 0.9,
      in: 0...0.999999,
      doc: "Of sgd and rmsprop (which has 0 by itself)."
    )
    static let nesterov = Parameter<Bool>(
      "nesterov",
      default: false,
      doc: "Nesterov's momentum, for sgd."
    )
    static let betas = Parameter<[Double]>(
      "betas",
      default: [0.9, 0.999],
      elementsIn: 0...0.9999999,
      doc: "What adam keeps of its means, of gradients and of squares."
    )
    static let rho = Parameter<Double>(
      "rho",
      default: 0.95,
      in: 0...0.9999999,
      doc: "What rmsprop keeps of its mean of squares."
    )
    static let epsilon = Parameter<Double>(
      "epsilon",
      default: 0,
      in: 0...1,
      doc:
        "Added under or beside the root; 0 takes the optimiser's own: 1e-6 for rmsprop, 1e-8 for adam."
    )
    static let warmup = Parameter<Int>(
      "warmup",
      default: 0,
      in: 0...1_000_000_000,
      alias: "warm_up",
      doc: "Steps over which the learning rate rises from 0."
    )
    static let schedule = Parameter<Schedule>(
      "schedule",
      default: .steps,
      doc: "How the learning rate goes on after the warm-up."
    )
    static let milestones = Parameter<[Int]>(
      "milestones",
      default: [],
      elementsIn: 1...1_000_000_000,
      doc: "Steps from which the learning rate is multiplied by 'decay' once more."
    )
    static let decay = Parameter<Double>(
      "decay",
      default: 0.1,
      in: 0...1,
      doc: "The factor at each milestone."
    )
    static let weightDecay = Parameter<Double>(
      "weight_decay",
      default: 0.0005,
      in: 0...1,
      doc: "L2 on the gradient of weights; batch norm and biases have none."
    )
    static let ema = Parameter<Double>(
      "ema",
      default: 0,
      in: 0...0.9999999,
      doc: "What smoothed weights keep of their old value at each step; 0 smooths nothing."
    )
    static let clip = Parameter<Double>(
      "clip",
      default: 0,
      in: 0...1_000_000,
      doc: "The greatest norm of all gradients together; 0 for any."
    )
    static let autocast = Parameter<Autocast>(
      "autocast",
      default: .none,
      doc: "The type in which convolutions compute."
    )
    static let sizes = Parameter<[Int]>(
      "sizes",
      default: [],
      elementsIn: 8...8192,
      doc: "Sides of the input that steps draw from; none trains at 'input_size'."
    )
    static let augment = Parameter<String>(
      "augment",
      default: "none",
      choices: Augmentation.presets.map(\.name),
      doc: "How training images are varied."
    )
    static let checkpointEvery = Parameter<Int>(
      "checkpoint_every",
      default: 500,
      in: 0...1_000_000_000,
      doc: "Steps between checkpoints; 0 writes one only at the end."
    )
    static let checkpointMinutes = Parameter<Double>(
      "checkpoint_minutes",
      default: 10,
      in: 0...100_000,
      doc:
        "Minutes without a checkpoint after which one is written at the next step's end; 0 for none."
    )
    static let keep = Parameter<Int>(
      "keep",
      default: 3,
      in: 1...1000,
      doc: "Checkpoints to keep beside the best."
    )
    static let evaluateEvery = Parameter<Int>(
      "evaluate_every",
      default: 0,
      in: 0...1_000_000_000,
      doc: "Steps between evaluations on the data's 'val' list; 0 for none."
    )
    static let take = Parameter<Take>(
      "take",
      default: .last,
      doc: "Which model is the result: the last, or the best that was evaluated."
    )
    static let patience = Parameter<Int>(
      "patience",
      default: 0,
      in: 0...1_000_000,
      doc: "Evaluations without a better one after which training ends; 0 trains to the end."
    )
    static let logEvery = Parameter<Int>(
      "log_every",
      default: 10,
      in: 1...1_000_000,
      doc: "Steps between rows of the log."
    )
    static let seed = Parameter<Int>(
      "seed",
      default: -1,
      in: -1...Int.max,
      doc: "For the order and variation of images; -1 takes the recipe's."
    )
    static let threads = Parameter<Int>(
      "threads",
      default: 0,
      in: 0...1024,
      doc: "Threads of one operator; 0 takes one for each core."
    )
    static let channelsLast = Parameter<Bool>(
      "channels_last",
      default: true,
      doc: "Whether images lie in memory with their channels last."
    )

    /// Every declared key, for the JSON Schema.
    static let specs: [ParameterSpec] = [
      iterations.spec, epochs.spec, batch.spec, optimiser.spec, learningRate.spec, momentum.spec,
      nesterov.spec, betas.spec, rho.spec, epsilon.spec, warmup.spec, schedule.spec,
      milestones.spec,
      decay.spec, weightDecay.spec, ema.spec, clip.spec, autocast.spec, sizes.spec, augment.spec,
      checkpointEvery.spec, checkpointMinutes.spec, keep.spec, evaluateEvery.spec, take.spec,
      patience.spec,
      logEvery.spec, seed.spec,
      threads.spec, channelsLast.spec,
    ]
  }
}
