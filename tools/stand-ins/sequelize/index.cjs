// Stands in for sequelize: Azurite keeps nothing in SQL here, but derives classes from Model when it is loaded.
// It must hold nothing else, so that whoever does use SQL fails at once.
exports.Model = class Model {};
