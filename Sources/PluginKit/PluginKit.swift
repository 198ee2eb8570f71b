// What a plugin author gets with `import PluginKit`: this module, tensors, and the C header for the export line.
@_exported public import CEspalier
@_exported public import Tensors
