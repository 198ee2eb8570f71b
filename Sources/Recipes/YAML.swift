// The values of recipes are YAML's; whoever reads a recipe's parts needs both.
@_exported public import YAML
