// A Consumption workflow that enters a conference id and then a PIN, with pauses between them, in one request of the HTTP action.
// The definition is the one to paste: enter-pin.json, or enter-pin-identity.json where an audience is given.

@description('Name of the workflow.')
param workflowName string = 'enter-pin'

@description('Region of the workflow.')
param location string = resourceGroup().location

@description('Start of the URLs of the tones app, without a slash at its end.')
param tonesBaseUrl string

@description('Function key of the tones app. Leave it empty where tonesAudience is given.')
@secure()
param tonesFunctionKey string = ''

@description('Audience of the App Service Authentication of the tones app: the workflow then calls with its own managed identity, and needs no key.')
param tonesAudience string = ''

var usesKey = empty(tonesAudience)
var byKey = loadJsonContent('enter-pin.json', 'definition')
var byIdentity = loadJsonContent('enter-pin-identity.json', 'definition')

resource workflow 'Microsoft.Logic/workflows@2019-05-01' = {
  name: workflowName
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: usesKey ? byKey : byIdentity
    parameters: union(
      { tonesBaseUrl: { value: tonesBaseUrl } },
      usesKey ? { tonesFunctionKey: { value: tonesFunctionKey } } : { tonesAudience: { value: tonesAudience } }
    )
  }
}

@description('Allow this object id in the App Service Authentication of the tones app.')
output principalId string = workflow.identity.principalId
