// Everything that the app needs in Azure: one resource group with identity, storage, telemetry, the function app, alerts and a workbook.
// `azd up` deploys it (azure.yaml); parameters are explained in infra/README.md.
targetScope = 'subscription'

import { alwaysReadyGroup, settingDefaults, settingOverrides } from 'settings.bicep'

@description('Name of the azd environment: part of the resource group\'s name, and a tag.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources; Flex Consumption must be offered there.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Application (client) id of the app registration that owns the calls: the bot.')
@minLength(36)
@maxLength(36)
param graphClientId string

@description('Tenant that issues the token for Graph.')
param graphTenantId string = tenant().tenantId

@description('Key Vault that holds a client secret of the app registration. Empty: the identity is a federated credential of it, and there is no secret.')
param keyVaultName string = ''

@description('Resource group of this vault, in the same subscription; empty: the app\'s own.')
param keyVaultResourceGroup string = ''

@description('Name of the entry in this vault.')
param keyVaultEntryName string = 'graph-client-secret'

@description('Key Vault that holds the secret that signs callbacks; may be the same one. Empty: callbacks are not signed.')
param signingKeyVaultName string = ''

@description('Resource group of this vault, in the same subscription; empty: the app\'s own.')
param signingKeyVaultResourceGroup string = ''

@description('Name of the entry in this vault.')
param signingKeyVaultEntryName string = 'callback-signing-secret'

@description('App settings that differ from their defaults, by name.')
param settings settingOverrides = {}

@description('Instances that are always running, by group or function.')
param alwaysReady alwaysReadyGroup[] = []

@description('Most instances of a group or function.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most HTTP requests at a time in one instance; 0: the platform decides by memory.')
@minValue(0)
@maxValue(1000)
param httpPerInstanceConcurrency int = 0

@description('Redundancy of the storage account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Where alerts are mailed to; empty: nowhere.')
param alertEmail string = ''

@description('Resource ids of existing action groups that alerts call besides.')
param alertActionGroupIds string[] = []

@description('Alert when more messages than this were given up within 15 minutes.')
@minValue(0)
param alertGivenUpMessages int = 0

@description('Alert when more outcomes than this became unknown within 15 minutes.')
@minValue(0)
param alertUnknownOutcomes int = 0

@description('Alert when more notifications than this were refused (401) within 15 minutes. The endpoint is public: strangers try it.')
@minValue(0)
param alertRefusedNotifications int = 5

@description('Alert when a request has been open for longer than this, in seconds.')
@minValue(1)
param alertOldestOpenRequestSeconds int = 300

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most log data a day in GB; -1: no limit.')
@minValue(-1)
param logDailyCapGb int = -1

@description('Send the platform\'s own log of the function app to Log Analytics, too.')
param platformLogs bool = false

var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var names = {
  group: 'rg-${environmentName}'
  identity: 'id-tones-${token}'
  storage: 'sttones${token}'
  workspace: 'log-tones-${token}'
  applicationInsights: 'appi-tones-${token}'
  functionApp: 'func-tones-${token}'
}
var deploymentContainer = 'app-package'
var effectiveSettings = union(settingDefaults, settings)
var queues = [effectiveSettings.TONE_REQUESTS_QUEUE, effectiveSettings.TONE_CALLBACKS_QUEUE]
var table = effectiveSettings.TONE_OUTCOMES_TABLE

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: names.group
  location: location
  tags: tags
}

// Modules get names, not the outputs of each other: so `what-if` can tell beforehand what a deployment would do.
module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: names.identity, location: location, tags: tags }
}

module storage 'modules/storage.bicep' = {
  scope: group
  dependsOn: [identity]
  params: {
    name: names.storage
    location: location
    tags: tags
    sku: storageSku
    identityName: names.identity
    deploymentContainer: deploymentContainer
    queues: flatten(map(queues, queue => [queue, '${queue}-poison']))
    tables: [table, '${table}Index']
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  dependsOn: [identity]
  params: {
    workspaceName: names.workspace
    applicationInsightsName: names.applicationInsights
    location: location
    tags: tags
    identityName: names.identity
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
  }
}

module keyVaultAccess 'modules/key-vault-access.bicep' = if (!empty(keyVaultName)) {
  scope: resourceGroup(empty(keyVaultResourceGroup) ? names.group : keyVaultResourceGroup)
  dependsOn: [identity]
  params: { keyVaultName: keyVaultName, identityName: names.identity, identityGroup: names.group }
}

// One vault for both has the role once.
module signingKeyVaultAccess 'modules/key-vault-access.bicep' = if (!empty(signingKeyVaultName) && signingKeyVaultName !~ keyVaultName) {
  scope: resourceGroup(empty(signingKeyVaultResourceGroup) ? names.group : signingKeyVaultResourceGroup)
  dependsOn: [identity]
  params: { keyVaultName: signingKeyVaultName, identityName: names.identity, identityGroup: names.group }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  dependsOn: [storage, monitoring, keyVaultAccess, signingKeyVaultAccess]
  params: {
    name: names.functionApp
    planName: 'plan-tones-${token}'
    location: location
    tags: tags
    identityName: names.identity
    storageAccountName: names.storage
    deploymentContainer: deploymentContainer
    applicationInsightsName: names.applicationInsights
    workspaceName: names.workspace
    platformLogs: platformLogs
    graphClientId: graphClientId
    graphTenantId: graphTenantId
    keyVaultName: keyVaultName
    keyVaultEntryName: keyVaultEntryName
    signingKeyVaultName: signingKeyVaultName
    signingKeyVaultEntryName: signingKeyVaultEntryName
    settings: effectiveSettings
    alwaysReady: alwaysReady
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    httpPerInstanceConcurrency: httpPerInstanceConcurrency
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  dependsOn: [monitoring]
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
    email: alertEmail
    actionGroupIds: alertActionGroupIds
    givenUpMessages: alertGivenUpMessages
    unknownOutcomes: alertUnknownOutcomes
    refusedNotifications: alertRefusedNotifications
    oldestOpenRequestSeconds: alertOldestOpenRequestSeconds
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  dependsOn: [monitoring]
  params: { location: location, tags: tags, workspaceName: names.workspace }
}

// azd keeps outputs in its environment; infra/connect-bot.sh takes them from there.
output AZURE_TENANT_ID string = tenant().tenantId
output GRAPH_CLIENT_ID string = graphClientId
output TONES_RESOURCE_GROUP string = names.group
output TONES_FUNCTION_APP string = names.functionApp
output TONES_CALLBACK_URL string = functionApp.outputs.callbackUrl
output TONES_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output TONES_STORAGE_ACCOUNT string = names.storage
