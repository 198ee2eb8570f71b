// The plugins that are loaded, and which addresses are theirs.
#ifndef ESPALIER_PLUGINS_H
#define ESPALIER_PLUGINS_H
#include "trail.h"

namespace espalier {

/// Whose code an address is; null for nobody's. Async-signal-safe.
const esp_guarded *owner(const void *address);

/// Whose code the stack above an address leads back to: the first return address that is a plugin's. Async-signal-safe.
const esp_guarded *ownerOnStack(const void *stack);

/// Who calls a function of ours: the plugin whose call this thread is in, else the one whose code the return address is.
inline const esp_guarded *caller(const void *returnAddress) {
  if (Crumb *crumb = inside()) return crumb->plugin;
  return owner(returnAddress);
}

/// Whether an address is in the program itself.
bool isHosts(const void *address);

/// Whether any plugin of others is loaded, which are those whose crashes are remembered.
bool anyPlugin();

/// The ids of the plugins that were loaded last, for a message.
const char *loaded();

}  // namespace espalier
#endif
