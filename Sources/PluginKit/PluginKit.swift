// What a plugin author gets with `import PluginKit`: this module, and the C header for the export line.
@_exported public import CEspalier
