// Stands in for mysql2, which Azurite names for databases that nobody uses here.
// It must hold nothing, so that whoever does use it fails at once.
module.exports = {};
