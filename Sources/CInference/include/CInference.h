// Runtimes of others that execute ONNX files, ONNX Runtime and OpenVINO, opened at run time by their plain C interfaces.
//
// Plain C; nothing throws across it. A network is made in five steps: new, add_input and add_output for each array, load,
// run; it belongs to one thread at a time. Every call that can fail returns a status and, where that is not ESPINF_OK, a
// sentence in the caller's buffer `text` (always terminated; a null buffer is allowed).
#ifndef ESPALIER_CINFERENCE_H
#define ESPALIER_CINFERENCE_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// What a call came to.
enum {
  ESPINF_OK = 0,
  /// The loader cannot open the file.
  ESPINF_NOT_LOADABLE = 1,
  /// The file is another library, or of a version without the functions that are needed.
  ESPINF_FOREIGN = 2,
  /// The runtime refused the model or an array; the sentence is its own.
  ESPINF_REFUSED = 3,
  ESPINF_MEMORY = 4,
  /// Something else failed.
  ESPINF_FAILED = 5
};

/// Which runtime a library is.
enum { ESPINF_ONNXRUNTIME = 0, ESPINF_OPENVINO = 1 };

/// An opened library; it stays open as long as the process.
typedef struct espinf_runtime espinf_runtime;
/// A network in a runtime, with its inputs.
typedef struct espinf_network espinf_network;

/// An array that a network made; the memory is the network's, until it runs again.
typedef struct {
  const void *bytes;
  size_t count;
  size_t rank;
  int64_t sizes[16];
} espinf_array;

/// Opens a library by path, or by name on the loader's path.
int32_t espinf_open(
  int32_t kind, const char *path, espinf_runtime **runtime, char *text, size_t capacity
);

/// The version that the library states of itself.
const char *espinf_version(const espinf_runtime *runtime);

/// The file that the loader took.
const char *espinf_file(const espinf_runtime *runtime);

/// An empty network; espinf_free ends it. Null where there is no memory.
espinf_network *espinf_new(const espinf_runtime *runtime);
void espinf_free(espinf_network *network);

/// Copies an array as the input of a name; `type` is ONNX's number of the element type, `rank` at most 16.
int32_t espinf_add_input(
  espinf_network *network, const char *name, int32_t type, const int64_t *sizes, size_t rank,
  const void *bytes, size_t count, char *text, size_t capacity
);

/// Gives an input of a loaded network, by its place among those added, other elements: as many bytes, of the same type and sizes.
int32_t espinf_set_input(
  espinf_network *network, size_t index, const void *bytes, size_t count, char *text,
  size_t capacity
);

/// Asks for an output by name.
int32_t espinf_add_output(
  espinf_network *network, const char *name, char *text, size_t capacity
);

/// Reads an ONNX file, whose inputs get the sizes of the arrays that were added, and makes it ready.
///
/// OpenVINO may compute float layers in a narrower type by itself; with `pins_float32` it does not.
int32_t espinf_load(
  espinf_network *network, const char *path, int32_t threads, int32_t pins_float32, char *text,
  size_t capacity
);

/// Executes the network once.
int32_t espinf_run(espinf_network *network, char *text, size_t capacity);

/// An output of the last run, by its place among those asked for.
int32_t espinf_output(
  espinf_network *network, size_t index, espinf_array *array, char *text, size_t capacity
);

#ifdef __cplusplus
}
#endif
#endif
