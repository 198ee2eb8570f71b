# Espalier's commands. `make help` lists them; each is safe to repeat and quick when nothing is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: latency-target help check-opsets setup build test unit demo bccd conformance bench bench-loader bench-metrics bench-sensitivity bench-training bench-distill distill-bccd quantize-bccd repair-bccd search-faces search-bccd search-quick bench-aware bench-quantization check-long check-exports fuzz tables format lint precheck clean criteria-bccd modern-bccd install uninstall check-sdk bench-boundary

BIN := .build/release
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT_SOURCES := Package.swift Sources Plugins Tests $(wildcard Examples/*/*.swift Examples/*/Sources)

help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

setup: ## Install what is missing: Debian packages and libtorch
	@scripts/setup.sh

build: setup ## Build the program, the runtime and the built-in plugins
	@swift build -c release
	@scripts/pin-plugins.sh $(BIN)

test: setup ## Build and run everything that must hold: lint, tests, conformance, zoo, examples
	@scripts/run-tests.sh

unit: build ## Only the Swift tests; FILTER=… picks some
	@swift build -c release --build-tests
	@scripts/pin-plugins.sh $(BIN)
	@swift test -c release --disable-xctest --skip-build $(if $(FILTER),--filter '$(FILTER)')

demo: build ## Train a small detector on a drawn data set, cut it in two ways, train it again: the table, in minutes
	@scripts/demo.sh $(BIN)

bccd: build ## The same at full length on photographs of blood cells; DATA=… their folder, SEED=…, AUTOCAST=bfloat16
	@scripts/bccd.sh $(BIN)

conformance: build ## ONNX's own node tests, with a table by operator
	@scripts/conformance.sh

bench: build ## Time Espalier beside what one would otherwise use (needs a network the first time)
	@scripts/bench.sh

bench-loader: build ## Time the preparing of training batches beside PyTorch's DataLoader; DATA=… a VOC folder
	@scripts/bench-loader.sh $(DATA)

bench-metrics: build ## Time the scoring of 500,000 detections beside pycocotools and faster-coco-eval
	@scripts/bench-metrics.sh

bench-sensitivity: build ## Time a sensitivity analysis beside PaddleSlim and a plain PyTorch loop (needs a network the first time)
	@scripts/bench-sensitivity.sh

bench-training: build ## Time a training step beside plain PyTorch's; DATA=… a VOC folder
	@scripts/bench-training.sh $(DATA)

bench-distill: build ## Time a step of distillation beside the same in PyTorch, with peak memory; STEPS=…
	@scripts/bench-distill.sh

distill-bccd: build ## The detector of `make bccd` cut by r578 and trained again: alone, by split and by l2; SEEDS="0 1 2"
	@scripts/distill-bccd.sh $(BIN)

repair-bccd: build ## The detector of `make bccd` cut by several strategies, before and after repair without labels, and without training
	@scripts/repair-bccd.sh $(BIN)

quantize-bccd: build ## The detector of `make bccd` in 8 bits by every algorithm, beside ONNX Runtime's tool and NNCF (needs a network the first time)
	@scripts/quantize-bccd.sh $(BIN)

search-faces: build ## Annealing and evolution beside random search on drawn faces, over seeds: the table, in ten minutes; SEEDS=… TRIALS=…
	@scripts/search-faces.sh $(BIN)

search-bccd: build ## The detector of `make bccd` at half its multiply-adds, by a search of widths, one ratio, or sensitivity; SEEDS=… TRIALS=… EPOCHS=…
	@scripts/search-bccd.sh $(BIN)

criteria-bccd: build ## The detector of `make bccd` at half its multiply-adds by the L1 norm and four criteria, before and after training; SEEDS=… EPOCHS=…
	@scripts/criteria-bccd.sh $(BIN)

modern-bccd: build ## A YOLO11n on blood cells cut in three ways, brought back without and with labels, in INT8: the table; SEEDS=… SHARES=… EPOCHS=…
	@scripts/modern-bccd.sh $(BIN)

latency-target: build ## YOLO11n cut to 0.8, 0.65 and 0.5 of its milliseconds on ONNX Runtime and OpenVINO, beside one ratio at as many: the table; MODEL=… THREADS=…
	@scripts/latency-target.sh $(BIN)

search-quick: build ## Kendall's tau between the rewards of twenty networks after a tenth of their training and after all of it
	@scripts/search-quick.sh $(BIN)

bench-boundary: build ## Time one call into a plugin: in Swift, by a C table, of a plain C function; ROUNDS=…
	@scripts/bench-boundary.sh

bench-aware: build ## Time a step of training with rounded values beside NNCF on PyTorch (needs a network the first time)
	@scripts/bench-aware.sh

bench-quantization: build ## Time calibration beside ONNX Runtime's tool and NNCF, with peak memory, and 8 bits beside float32
	@scripts/bench-quantization.sh $(BIN)

check-opsets: build ## Every operator in opsets 7 to 22 and eight element types, held against onnx.checker and ONNX Runtime
	@scripts/check-opsets.sh

check-long: build ## Fuzzing for minutes, sanitizers where no torch is, all of conformance
	@scripts/check-long.sh

check-exports: build ## Take detectors of your own through prune, quantize, distill and sensitivity, each result checked; EXPORTS=folder
	@scripts/check-exports.sh $(or $(EXPORTS),$(error EXPORTS=folder names the ONNX files to check))

fuzz: ## Fuzz the ONNX reader and writer; SECONDS_EACH=… (default 60), or RUNS=… of forged graphs that onnx.checker judges
	@$(if $(RUNS),scripts/fuzz-graphs.sh $(RUNS),scripts/fuzz-onnx.sh $(or $(SECONDS_EACH),60))

tables: build ## Write the tables of strategies in docs/ from what the strategies say of themselves
	@scripts/strategy-tables.sh $(BIN)

install: build ## Install the program, and the kit for authors of plugins; PREFIX=/usr/local, DESTDIR=… a root to install below
	@scripts/install.sh $(BIN) $(PREFIX) $(DESTDIR)

uninstall: ## Remove what `make install` put there
	@scripts/uninstall.sh $(PREFIX) $(DESTDIR)

check-sdk: build ## From an installation alone: plugins of every language and kind made, built, packed, installed, run
	@scripts/check-sdk.sh $(BIN)

format: ## Write every Swift file in the house's format
	@swift format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

lint: ## Check format, documentation of what is public, and the files' own rules
	@swift format lint --strict --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)
	@scripts/check-documentation.sh

precheck: lint unit ## What should hold before a commit

clean: ## Remove what was built; the torch that setup unpacked stays
	@rm -rf .build out
