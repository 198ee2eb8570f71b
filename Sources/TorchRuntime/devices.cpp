// Streams, events, memory figures, seeds and threads. CUDA is reached through c10's interfaces, so nothing here links it.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <optional>

#include "guard.h"
#include "parallel.h"

struct esp_stream {
  c10::Stream stream;
  std::optional<c10::Stream> before;
};

/// On the CPU work is done when the call returns: an event is a time.
struct esp_event {
  c10::Device device;
  std::optional<c10::Event> event;
  std::optional<std::chrono::steady_clock::time_point> time;
};

namespace espalier {
namespace {

c10::Device present(int32_t type, int32_t index) {
  c10::Device where = device(type, index);
  if (where.is_cpu()) return where;
  if (!c10::impl::hasDeviceGuardImpl(where.type()))
    throw Failure{
        ESP_E_UNIMPLEMENTED, "device " + where.str() + ": CUDA is not loaded in this process"};
  // The allocator's figures and the pool of streams exist from then on; the first tensor would do it otherwise.
  at::globalContext().lazyInitDevice(where.type());
  return where;
}

c10::Stream current(c10::Device where) {
  return c10::impl::VirtualGuardImpl(where.type()).getStream(where);
}

esp_status current_stream(int32_t type, int32_t index, void **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    c10::Device where = present(type, index);
    if (!where.is_cpu()) *out = current(where).native_handle();
  });
}

esp_status synchronize(int32_t type, int32_t index, esp_error_text error) {
  return guarded(error, [&] {
    c10::Device where = present(type, index);
    if (!where.is_cpu()) current(where).synchronize();
  });
}

esp_status create_event(
    int32_t type, int32_t index, esp_flags flags, esp_event **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    auto made = std::make_unique<esp_event>(esp_event{present(type, index), {}, {}});
    if (!made->device.is_cpu())
      made->event.emplace(
          made->device.type(), flags & ESP_EVENT_TIMING ? c10::EventFlag::BACKEND_DEFAULT
                                                        : c10::EventFlag::PYTORCH_DEFAULT);
    *out = made.release();
  });
}

void destroy_event(esp_event *event) {
  try {
    delete event;
  } catch (...) {
  }
}

esp_status record_event(esp_event *event, esp_error_text error) {
  return guarded(error, [&] {
    if (event->event.has_value())
      event->event->record(current(event->device));
    else
      event->time = std::chrono::steady_clock::now();
  });
}

esp_status wait_event(esp_event *event, esp_error_text error) {
  return guarded(error, [&] {
    if (event->event.has_value()) event->event->block(current(event->device));
  });
}

esp_status synchronize_event(esp_event *event, esp_error_text error) {
  return guarded(error, [&] {
    if (event->event.has_value()) event->event->synchronize();
  });
}

esp_status elapsed(esp_event *from, esp_event *to, double *milliseconds, esp_error_text error) {
  *milliseconds = 0;
  return guarded(error, [&] {
    if (from->event.has_value() && to->event.has_value()) {
      *milliseconds = from->event->elapsedTime(*to->event);
    } else if (from->time.has_value() && to->time.has_value()) {
      *milliseconds = std::chrono::duration<double, std::milli>(*to->time - *from->time).count();
    } else {
      throw Failure{ESP_E_INVALID_ARGUMENT, "both events must be recorded, on one kind of device"};
    }
  });
}

esp_status open_stream(int32_t type, int32_t index, esp_stream **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    c10::Device where = present(type, index);
    if (where.is_cpu()) return;
    c10::impl::VirtualGuardImpl guard(where.type());
    *out = new esp_stream{guard.getStreamFromGlobalPool(where), {}};
  });
}

void close_stream(esp_stream *stream) { delete stream; }

/// Makes `later` wait for what `earlier` holds now.
void chain(c10::Stream earlier, c10::Stream later) {
  c10::Event mark(earlier.device_type());
  mark.record(earlier);
  mark.block(later);
}

esp_status enter_stream(esp_stream *stream, esp_error_text error) {
  return guarded(error, [&] {
    if (stream->before.has_value())
      throw Failure{ESP_E_INVALID_ARGUMENT, "the stream is the current one already"};
    c10::Stream before = current(stream->stream.device());
    chain(before, stream->stream);
    c10::impl::VirtualGuardImpl(stream->stream.device_type()).exchangeStream(stream->stream);
    stream->before = before;
  });
}

esp_status leave_stream(esp_stream *stream, esp_error_text error) {
  return guarded(error, [&] {
    if (!stream->before.has_value()) return;
    c10::impl::VirtualGuardImpl(stream->stream.device_type()).exchangeStream(*stream->before);
    stream->before.reset();
  });
}

esp_status join_stream(esp_stream *stream, esp_error_text error) {
  return guarded(error, [&] { chain(stream->stream, current(stream->stream.device())); });
}

/// A figure of /proc in bytes ("VmHWM:  123 kB"); 0 where it is not told.
uint64_t proc_bytes(const char *file, const char *key) {
  std::FILE *in = std::fopen(file, "re");
  if (in == nullptr) return 0;
  char line[256];
  unsigned long long kilobytes = 0;
  size_t length = std::strlen(key);
  while (std::fgets(line, sizeof line, in) != nullptr)
    if (std::strncmp(line, key, length) == 0) {
      std::sscanf(line + length, " %llu", &kilobytes);
      break;
    }
  std::fclose(in);
  return kilobytes * 1024;
}

esp_status memory_stats(
    int32_t type, int32_t index, esp_memory_stats *out, esp_error_text error) {
  return guarded(error, [&] {
    c10::Device where = present(type, index);
    esp_memory_stats all{};
    all.struct_size = out->struct_size;
    if (where.is_cpu()) {
      struct mallinfo2 heap = mallinfo2();
      all.allocated = heap.uordblks + heap.hblkhd;
      all.held = proc_bytes("/proc/self/status", "VmRSS:");
      all.held_peak = proc_bytes("/proc/self/status", "VmHWM:");
      all.available = proc_bytes("/proc/meminfo", "MemAvailable:");
      all.total = proc_bytes("/proc/meminfo", "MemTotal:");
    } else {
      auto *allocator = c10::getDeviceAllocator(where.type());
      auto stats = allocator->getDeviceStats(where.index());
      all.allocated = static_cast<uint64_t>(stats.allocated_bytes[0].current);
      all.allocated_peak = static_cast<uint64_t>(stats.allocated_bytes[0].peak);
      all.held = static_cast<uint64_t>(stats.reserved_bytes[0].current);
      all.held_peak = static_cast<uint64_t>(stats.reserved_bytes[0].peak);
      std::tie(all.available, all.total) = allocator->getMemoryInfo(where.index());
    }
    std::memcpy(out, &all, std::min<size_t>(out->struct_size, sizeof all));
  });
}

esp_status reset_memory_peak(int32_t type, int32_t index, esp_error_text error) {
  return guarded(error, [&] {
    c10::Device where = present(type, index);
    if (!where.is_cpu()) {
      c10::getDeviceAllocator(where.type())->resetPeakStats(where.index());
      return;
    }
    // "5" resets the peak resident size (proc(5)); where /proc is read-only the peak stays.
    std::FILE *out = std::fopen("/proc/self/clear_refs", "we");
    if (out == nullptr) throw Failure{ESP_E_UNIMPLEMENTED, "/proc/self/clear_refs is not writable"};
    std::fputs("5", out);
    std::fclose(out);
  });
}

esp_status empty_cache(int32_t type, esp_error_text error) {
  return guarded(error, [&] {
    c10::Device where = present(type, 0);
    if (where.is_cpu())
      malloc_trim(0);
    else
      c10::getDeviceAllocator(where.type())->emptyCache();
  });
}

esp_status seed(uint64_t seed, esp_error_text error) {
  return guarded(error, [&] { at::manual_seed(seed); });
}

int32_t threads(void) { return at::get_num_threads(); }

esp_status set_threads(int32_t count, esp_error_text error) {
  return guarded(error, [&] { at::set_num_threads(count); });
}

int32_t interop_threads(void) { return static_cast<int32_t>(at::get_num_interop_threads()); }

esp_status set_interop_threads(int32_t count, esp_error_text error) {
  return guarded(error, [&] { at::set_num_interop_threads(count); });
}

esp_status spread(int64_t count, void (*work)(void *, int64_t), void *context, esp_error_text error) {
  return guarded(error, [&] {
    share(count, [&](int64_t first, int64_t last) {
      for (int64_t index = first; index < last; ++index) work(context, index);
    });
  });
}

}  // namespace

void fill_streams(esp_runtime_table &runtime) {
  runtime.open_stream = open_stream;
  runtime.close_stream = close_stream;
  runtime.enter_stream = enter_stream;
  runtime.leave_stream = leave_stream;
  runtime.join_stream = join_stream;
  runtime.spread = spread;
}

void fill_devices(esp_ops_v1 &ops) {
  ops.current_stream = current_stream;
  ops.synchronize = synchronize;
  ops.create_event = create_event;
  ops.destroy_event = destroy_event;
  ops.record_event = record_event;
  ops.wait_event = wait_event;
  ops.synchronize_event = synchronize_event;
  ops.elapsed = elapsed;
  ops.memory_stats = memory_stats;
  ops.reset_memory_peak = reset_memory_peak;
  ops.empty_cache = empty_cache;
  ops.seed = seed;
  ops.threads = threads;
  ops.set_threads = set_threads;
  ops.interop_threads = interop_threads;
  ops.set_interop_threads = set_interop_threads;
}

}  // namespace espalier
