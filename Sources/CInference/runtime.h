// What a runtime offers to the calls of CInference.h, and the library that it lives in.
#ifndef ESPALIER_CINFERENCE_RUNTIME_H
#define ESPALIER_CINFERENCE_RUNTIME_H
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "CInference.h"

namespace espinf {

/// A status with its sentence, on the way to the caller.
struct Failure : std::runtime_error {
  int32_t status;
  Failure(int32_t status, const std::string &text) : std::runtime_error(text), status(status) {}
};

/// An array that a network takes.
struct Input {
  std::string name;
  int32_t type;
  std::vector<int64_t> sizes;
  std::vector<char> bytes;
};

/// What is to be executed, and how.
struct Request {
  std::vector<Input> inputs;
  std::vector<std::string> outputs;
  int32_t threads = 1;
  bool pins_float32 = true;
};

/// A network that is ready to run.
struct Loaded {
  virtual ~Loaded() = default;
  virtual void run() = 0;
  /// Takes up that an input of the request has other elements.
  virtual void refresh(const Input &input) = 0;
  virtual espinf_array output(size_t index) = 0;
};

/// A shared library; never unmapped, as its threads may outlive every caller.
class Library {
 public:
  explicit Library(const char *path);
  /// A function by name; throws where the library has none and it is needed.
  void *symbol(const char *name, bool is_needed = true) const;
  /// The file that holds an address of the library.
  std::string file(const void *address) const;

 private:
  void *handle;
  std::string path;
};

}  // namespace espinf

struct espinf_runtime {
  std::string version;
  std::string file;
  virtual ~espinf_runtime() = default;
  /// The request must stay as it is while the network lives.
  virtual std::unique_ptr<espinf::Loaded> load(
    const std::string &path, espinf::Request &request
  ) const = 0;
};

namespace espinf {
espinf_runtime *open_onnxruntime(const char *path);
espinf_runtime *open_openvino(const char *path);
}  // namespace espinf
#endif
