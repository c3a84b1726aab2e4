// The function app on Flex Consumption (Node 22) with its settings; no value of them is a secret.
// A module of main.bicep. azd finds the app by the tag azd-service-name and uploads the package into the deployment container.
import { alwaysReadyGroup } from '../settings.bicep'

param name string
param planName string
param location string
param tags { *: string }
param identityName string
param storageAccountName string
param deploymentContainer string
param applicationInsightsName string
param workspaceName string
param platformLogs bool
param graphClientId string
param graphTenantId string
param keyVaultName string
param keyVaultEntryName string
param signingKeyVaultName string
param signingKeyVaultEntryName string
@description('Defaults and overrides, by name.')
param settings { *: string }
param alwaysReady alwaysReadyGroup[]
param maximumInstanceCount int
param instanceMemoryMB int
param httpPerInstanceConcurrency int

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

// At most one credential may be set: the identity itself, or what Key Vault holds.
var credential = empty(keyVaultName)
  ? { GRAPH_FEDERATED_IDENTITY_CLIENT_ID: identity.properties.clientId }
  : { GRAPH_CLIENT_SECRET: '@Microsoft.KeyVault(SecretUri=https://${keyVaultName}${environment().suffixes.keyvaultDns}/secrets/${keyVaultEntryName})' }

// Without it callbacks are not signed.
var signing = empty(signingKeyVaultName)
  ? {}
  : { CALLBACK_SIGNING_SECRET: '@Microsoft.KeyVault(SecretUri=https://${signingKeyVaultName}${environment().suffixes.keyvaultDns}/secrets/${signingKeyVaultEntryName})' }

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'tones' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientCertEnabled: false
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '22' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        triggers: httpPerInstanceConcurrency == 0 ? null : { http: { perInstanceConcurrency: httpPerInstanceConcurrency } }
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, credential, signing, {
      AzureWebJobsStorage__accountName: account.name
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      GRAPH_CLIENT_ID: graphClientId
      GRAPH_TENANT_ID: graphTenantId
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identity.properties.clientId}'
      // The host's own: newer ones record five traces a second by default, and drop the log lines of all others.
      OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
      OTEL_TRACES_SAMPLER_ARG: '1'
    })
  }

  // Uploads are authorised by Entra ID; user name and password are good for nothing.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (platformLogs) {
  name: 'platform-logs'
  scope: app
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
  }
}

output callbackUrl string = 'https://${app.properties.defaultHostName}/api/callNotifications'
