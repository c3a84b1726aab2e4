// The one identity of the app: it reaches storage, telemetry and Key Vault, and is a federated credential of the bot's app registration.
// A module of main.bicep.
param name string
param location string
param tags { *: string }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output principalId string = identity.properties.principalId
