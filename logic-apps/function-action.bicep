// A Consumption workflow that presses keys with the Azure Functions action and asks for the outcome in a loop.
// The definition is the one to paste, with the id of the function app put in: function-action.json, or function-action-identity.json.

@description('Name of the workflow.')
param workflowName string = 'press-keys-function-action'

@description('Region of the workflow.')
param location string = resourceGroup().location

@description('Name of the function app of the tones app, in the same subscription.')
param functionAppName string

@description('Resource group of the function app.')
param functionAppResourceGroup string = resourceGroup().name

@description('Audience of the App Service Authentication of the tones app: the workflow then calls with its own managed identity. Empty: Logic Apps uses a function key that it fetches itself.')
param tonesAudience string = ''

var placeholder = '/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Web/sites/<app>'
var usesKey = empty(tonesAudience)
var text = usesKey ? loadTextContent('function-action.json') : loadTextContent('function-action-identity.json')

resource functionApp 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
  scope: resourceGroup(functionAppResourceGroup)
}

resource workflow 'Microsoft.Logic/workflows@2019-05-01' = {
  name: workflowName
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: json(replace(text, placeholder, functionApp.id)).definition
    parameters: usesKey ? {} : { tonesAudience: { value: tonesAudience } }
  }
}

@description('Allow this object id in the App Service Authentication of the tones app.')
output principalId string = workflow.identity.principalId
