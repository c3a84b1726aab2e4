// Stands in for applicationinsights, which Azurite loads and, with --disableTelemetry, never uses.
// It must hold nothing, so that whoever does use it fails at once.
module.exports = {};
